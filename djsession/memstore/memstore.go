// Package memstore keeps sessions in memory, for tests and programs that run
// alone. They end with the process, and Django cannot see them.
package memstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// Options of a [Store]. Nil and the zero value are the defaults.
type Options struct {
	Serializer djsession.Serializer // what values must bear; default: [djsession.JSON]
	Now        func() time.Time     // default: time.Now
}

// A Store keeps sessions in a map, serialized, so that they behave like those
// of any other store. It is safe for concurrent use. Expired sessions stay
// until [Store.ClearExpired].
type Store struct {
	serializer djsession.Serializer
	now        func() time.Time

	mu       sync.RWMutex
	sessions map[string]session
}

type session struct {
	payload string
	expires time.Time
}

var (
	_ djsession.Store          = (*Store)(nil)
	_ djsession.Modifier       = (*Store)(nil)
	_ djsession.Rekeyer        = (*Store)(nil)
	_ djsession.ExpiredClearer = (*Store)(nil)
	_ djsession.Lister         = (*Store)(nil)
)

// New returns an empty store.
func New(opts *Options) *Store {
	s := &Store{serializer: djsession.JSON, now: time.Now, sessions: make(map[string]session)}
	if opts != nil && opts.Serializer != nil {
		s.serializer = opts.Serializer
	}
	if opts != nil && opts.Now != nil {
		s.now = opts.Now
	}
	return s
}

// Format hides keys and sessions from every verb of package fmt.
func (s *Store) Format(f fmt.State, _ rune) { io.WriteString(f, "memstore.Store") }

// Load implements [djsession.Store].
func (s *Store) Load(ctx context.Context, key string) (*djsession.Record, error) {
	held, err := s.get(ctx, key)
	if err != nil {
		return nil, err
	}
	if !held.expires.After(s.now()) {
		return nil, djsession.ErrNotFound
	}
	return s.record(key, held)
}

// Create implements [djsession.Store].
func (s *Store) Create(ctx context.Context, rec *djsession.Record) error {
	return s.put(ctx, rec, func(_ session, taken bool) error {
		if taken {
			return djsession.ErrKeyExists
		}
		return nil
	})
}

// Update implements [djsession.Store].
func (s *Store) Update(ctx context.Context, rec *djsession.Record) error {
	return s.put(ctx, rec, func(_ session, found bool) error {
		if !found {
			return djsession.ErrNotFound
		}
		return nil
	})
}

// Rekey implements [djsession.Rekeyer].
func (s *Store) Rekey(ctx context.Context, old string, rec *djsession.Record) error {
	return s.put(ctx, rec, func(_ session, taken bool) error {
		if _, found := s.sessions[old]; !found {
			return djsession.ErrNotFound
		}
		if taken {
			return djsession.ErrKeyExists
		}
		delete(s.sessions, old)
		return nil
	})
}

// Delete implements [djsession.Store].
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := alive(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, key)
	return nil
}

var errChanged = errors.New("changed meanwhile")

// Modify implements [djsession.Modifier] by compare-and-swap.
func (s *Store) Modify(ctx context.Context, key string, change func(rec *djsession.Record) error) error {
	for range maxRaces {
		old, err := s.get(ctx, key)
		if err != nil {
			return err
		}
		rec, err := s.record(key, old)
		if err != nil && !errors.Is(err, djsession.ErrCorrupt) {
			return err
		}
		if err := change(rec); err != nil {
			return err
		}
		err = s.put(ctx, rec, func(now session, found bool) error {
			if found && now != old {
				return errChanged
			}
			if !found {
				return djsession.ErrNotFound
			}
			return nil
		})
		if err != errChanged {
			return err
		}
	}
	return djsession.ErrRaces
}

// maxRaces is how often a race may be lost before something else must be wrong.
const maxRaces = 1000

// ClearExpired implements [djsession.ExpiredClearer]. It is over at once, so
// there is one batch.
func (s *Store) ClearExpired(ctx context.Context, opts *djsession.ClearOptions) (deleted int64, err error) {
	if err := alive(ctx); err != nil {
		return 0, err
	}
	if opts == nil {
		opts = new(djsession.ClearOptions)
	}
	s.mu.Lock()
	now := s.now()
	for key, held := range s.sessions {
		if held.expires.Before(now) && (opts.Max <= 0 || deleted < opts.Max) {
			delete(s.sessions, key)
			deleted++
		}
	}
	s.mu.Unlock()
	if opts.Progress != nil {
		opts.Progress(deleted)
	}
	return deleted, nil
}

// List implements [djsession.Lister]. It yields what was there when it was
// called.
func (s *Store) List(ctx context.Context, opts *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	var o djsession.ListOptions
	if opts != nil {
		o = *opts
	}
	return func(yield func(*djsession.Record, error) bool) {
		for i, found := range s.matching(&o) {
			if o.Limit > 0 && i == o.Limit {
				return
			}
			if err := alive(ctx); err != nil {
				yield(nil, err)
				return
			}
			if !yield(s.record(found.key, found.session)) {
				return
			}
		}
	}
}

type match struct {
	key string
	session
}

func (s *Store) matching(o *djsession.ListOptions) []match {
	order := func(a, b match) int {
		if o.Order == djsession.OrderByKey {
			return cmp.Compare(a.key, b.key)
		}
		c := cmp.Or(a.expires.Compare(b.expires), cmp.Compare(a.key, b.key))
		if o.Order == djsession.OrderByExpiryDescending {
			return -c
		}
		return c
	}
	now := s.now()
	var found []match
	s.mu.RLock()
	for key, held := range s.sessions {
		m := match{key, held}
		live := held.expires.After(now)
		switch {
		case o.State == djsession.StateLive && !live, o.State == djsession.StateExpired && live:
		case !o.From.IsZero() && held.expires.Before(o.From), !o.To.IsZero() && !held.expires.Before(o.To):
		case o.After != nil && order(m, match{o.After.Key, session{expires: o.After.Expires}}) <= 0:
		default:
			found = append(found, m)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(found, order)
	return found
}

func (s *Store) get(ctx context.Context, key string) (session, error) {
	if err := alive(ctx); err != nil {
		return session{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	held, ok := s.sessions[key]
	if !ok {
		return held, djsession.ErrNotFound
	}
	return held, nil
}

// put stores a record if allow, which is called under the lock, does not mind
// what is there.
func (s *Store) put(ctx context.Context, rec *djsession.Record, allow func(held session, found bool) error) error {
	if err := alive(ctx); err != nil {
		return err
	}
	payload, err := s.serializer.Dumps(nil, rec.Data)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	held, found := s.sessions[rec.Key]
	if err := allow(held, found); err != nil {
		return err
	}
	s.sessions[rec.Key] = session{string(payload), rec.Expires}
	return nil
}

func (s *Store) record(key string, held session) (*djsession.Record, error) {
	data, err := s.serializer.Loads(held.payload)
	if err != nil {
		data, err = new(djsession.Data), djsession.Unreadable(err)
	}
	return &djsession.Record{Key: key, Data: data, Expires: held.expires}, err
}

func alive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", djsession.ErrUnavailable, err)
	}
	return nil
}
