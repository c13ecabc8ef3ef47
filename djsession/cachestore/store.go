package cachestore

import (
	"context"
	"errors"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// New returns the store of sessions in a cache alone. It is a
// djsession.Modifier if the cache is a [Modifier], and a djsession.Lister if
// the cache is a [Walker].
//
// Listing is for maintenance: it looks at all keys of the cache, not only at
// those of sessions. In djsession.OrderAny one page is in memory at a time, and
// a session may come twice if the cache grows or shrinks during the walk. A
// cache has no other order of its own: for OrderByKey and those by expiry the
// keys of all sessions that match are held while the list runs, some 100 bytes
// each. Expiry is known to the millisecond or so, from what is left of it by
// the cache's clock: two lists may order sessions differently that expire
// together. A session that never expires comes before all others. If
// Options.KeyFunc does not put the session's key last, listing is an error.
//
// Django: django.contrib.sessions.backends.cache.
func New(cache Cache, opts *Options) djsession.Store {
	s := newStore(cache, opts, "django.contrib.sessions.cache")
	modifier, modifies := cache.(Modifier)
	walker, walks := cache.(Walker)
	switch {
	case modifies && walks:
		return &struct {
			*modifyingStore
			*lister
		}{&modifyingStore{s, modifier}, &lister{s, walker}}
	case modifies:
		return &modifyingStore{s, modifier}
	case walks:
		return &struct {
			*store
			*lister
		}{s, &lister{s, walker}}
	}
	return s
}

// A store keeps sessions in a cache.
type store struct {
	cache Cache
	ttls  TTLGetter // the cache too, if it is one and is to be asked
	opts  Options
}

func newStore(cache Cache, opts *Options, storePrefix string) *store {
	s := &store{cache: cache}
	if opts != nil {
		s.opts = *opts
	}
	if !s.opts.NoExpires {
		s.ttls, _ = cache.(TTLGetter)
	}
	s.opts.fillIn(storePrefix)
	return s
}

// Load implements [djsession.Store].
func (s *store) Load(ctx context.Context, key string) (*djsession.Record, error) {
	if !s.opts.ValidKey(key) {
		return nil, djsession.ErrInvalidKey
	}
	value, ttl, err := s.get(ctx, s.opts.cacheKey(key))
	if err != nil && !errors.Is(err, djsession.ErrCorrupt) {
		return nil, err
	}
	if err != nil {
		return s.corrupt(key, ttl), err
	}
	return s.record(key, value, ttl)
}

func (s *store) get(ctx context.Context, key string) ([]byte, time.Duration, error) {
	if s.ttls != nil {
		return s.ttls.GetTTL(ctx, key)
	}
	value, err := s.cache.Get(ctx, key)
	return value, 0, err
}

// Create implements [djsession.Store].
func (s *store) Create(ctx context.Context, rec *djsession.Record) error {
	return s.save(ctx, rec, s.cache.Add)
}

// Update implements [djsession.Store].
func (s *store) Update(ctx context.Context, rec *djsession.Record) error {
	return s.save(ctx, rec, s.cache.Replace)
}

// set stores the record, whatever was there.
func (s *store) set(ctx context.Context, rec *djsession.Record) error {
	return s.save(ctx, rec, s.cache.Set)
}

func (s *store) save(ctx context.Context, rec *djsession.Record, write func(context.Context, string, []byte, time.Duration) error) error {
	if !s.opts.ValidKey(rec.Key) {
		return djsession.ErrInvalidKey
	}
	value, err := s.opts.Serializer.Dumps(nil, rec.Data)
	if err != nil {
		return err
	}
	if len(value) > s.opts.MaxSize {
		return djsession.ErrTooLarge
	}
	ttl, err := s.opts.life(rec)
	if err != nil {
		return err
	}
	return write(ctx, s.opts.cacheKey(rec.Key), value, ttl)
}

// Delete implements [djsession.Store].
func (s *store) Delete(ctx context.Context, key string) error {
	if !s.opts.ValidKey(key) {
		return djsession.ErrInvalidKey
	}
	return s.cache.Delete(ctx, s.opts.cacheKey(key))
}

// An inspector is a serializer that can say how a value was encoded, such as
// the one of package redisstore.
type inspector interface {
	Inspect(text string) (*djsession.Data, djsession.Encoding, error)
}

// record makes a record of a value; one that cannot be read comes without data
// and with the reason.
func (s *store) record(key string, value []byte, ttl time.Duration) (*djsession.Record, error) {
	encoding := djsession.Encoding{Serializer: s.opts.Serializer.Name(), Size: len(value)}
	var data *djsession.Data
	var err error
	if len(value) > s.opts.MaxSize {
		err = djsession.ErrTooLarge
	} else if i, ok := s.opts.Serializer.(inspector); ok {
		data, encoding, err = i.Inspect(string(value))
	} else {
		data, err = s.opts.Serializer.Loads(string(value))
	}
	if err != nil {
		rec := s.corrupt(key, ttl)
		rec.Encoding = encoding
		return rec, djsession.Unreadable(err)
	}
	rec := &djsession.Record{Key: key, Data: data, Encoding: encoding}
	if ttl > 0 {
		rec.Expires = s.opts.Now().Add(ttl)
	} else if e, err := data.Expiry(s.opts.Local); err == nil {
		rec.Expires, _ = e.At()
	}
	return rec, nil
}

func (s *store) corrupt(key string, ttl time.Duration) *djsession.Record {
	rec := &djsession.Record{Key: key, Data: new(djsession.Data)}
	if ttl > 0 {
		rec.Expires = s.opts.Now().Add(ttl)
	}
	return rec
}
