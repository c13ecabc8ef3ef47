package djsession

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// A Session is what a Django view knows as request.session. Get one from
// [FromRequest], or outside HTTP from [Manager.Open] and [Manager.New]. It is
// safe for concurrent use.
// Django: django.contrib.sessions.backends.base.SessionBase.
type Session struct {
	mgr *Manager

	mu       sync.Mutex
	key      string // empty: not stored yet, or no longer
	data     *Data  // nil until loaded
	saved    time.Time
	accessed bool
	modified bool
	refused  bool                // the key was content that the store does not take
	changes  map[string]struct{} // names set or deleted since it was loaded, for Merge
	cleared  bool                // everything was deleted before those

	byCookie   bool // the session of a request that sent no Options.KeyHeader
	unreadable bool // what is stored is corrupt, or another site's
	stored     bool // changes were, by this request itself, so that the cookie is due though nothing is left to save
	sent       bool // the response has begun: no cookie can follow
	closed     bool // the handler has returned: only Save saves what comes now
	reported   bool // a change that came too late was logged
}

// Key returns the session's key, or "" if it is not stored yet. A client with
// the key has the session: never show or log it; see [Fingerprint].
// Django: SessionBase.session_key.
func (s *Session) Key() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.key
}

// ByCookie reports whether the session is that of a request which could name it
// only by the cookie. Browsers send cookies by themselves, so such a request
// needs a CSRF check before it may change anything for its user. It is false
// for Options.KeyHeader, [Manager.Open] and [Manager.New].
func (s *Session) ByCookie() bool { return s.byCookie }

// IsEmpty reports whether there is neither a key nor anything in the session.
// Django: SessionBase.is_empty.
func (s *Session) IsEmpty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.empty()
}

func (s *Session) empty() bool { return s.key == "" && (s.data == nil || s.data.Len() == 0) }

// Modified reports whether the session will be saved.
// Django: SessionBase.modified.
func (s *Session) Modified() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.modified
}

// ResponseStarted reports whether the response has begun, so that the cookie of
// a new key can no longer be sent: what needs one is an [ErrResponseStarted].
func (s *Session) ResponseStarted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

// MarkModified has the session saved though nothing was set.
// Django: SessionBase.modified = True.
func (s *Session) MarkModified() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.markModified()
}

// load reads the session unless that is done. An unknown or expired key is
// dropped, and a session that cannot be read is empty but keeps its key, both
// as in Django.
func (s *Session) load(ctx context.Context) error {
	if s.data != nil {
		return nil
	}
	if s.key == "" || !s.mgr.opts.ValidKey(s.key) { // no store is asked for what it cannot hold
		s.key, s.data = "", new(Data)
		return nil
	}
	var rec *Record
	err := s.mgr.observe(ctx, "load", func(ctx context.Context) (err error) {
		rec, err = s.mgr.store.Load(ctx, s.key)
		return err
	})
	if s.mgr.stateless && errors.Is(err, ErrNotFound) {
		// The key stays until it becomes that of an empty session, which the
		// browser is sent.
		s.data, s.refused, s.modified = new(Data), true, !s.mgr.opts.ReadOnly
		return nil
	}
	switch {
	case err == nil:
		s.adopt(rec)
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrInvalidKey):
		s.key, s.data = "", new(Data)
	case errors.Is(err, ErrCorrupt):
		s.data, s.unreadable = new(Data), true
		s.mgr.opts.logger().LogAttrs(ctx, slog.LevelWarn, "session data corrupted",
			slog.String("session", mark(s.key)), slog.Any("error", err))
	default:
		return err
	}
	return nil
}

// adopt takes over what the store holds.
func (s *Session) adopt(rec *Record) {
	s.data = rec.Data
	s.changes, s.cleared = nil, false
	switch {
	case s.mgr.opts.TouchInterval <= 0:
	case s.mgr.stateless:
		s.saved = rec.Encoding.SignedAt
	default:
		if age, _, err := s.end(rec.Expires); err == nil {
			s.saved = rec.Expires.Add(-age)
		}
	}
}

// Save stores the session now: a new one under a new key, an existing one only
// if it is still there, else it is an [ErrInterrupted]. The middleware saves by
// itself; call Save outside HTTP, or after the response has begun: then a
// session that has no key yet is an [ErrResponseStarted].
// Django: SessionBase.save.
func (s *Session) Save(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.save(ctx)
}

func (s *Session) save(ctx context.Context) error {
	if s.mgr.opts.ReadOnly {
		return ErrReadOnly
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	if s.key == "" {
		return s.create(ctx)
	}
	var err error
	if modifier, ok := s.mgr.store.(Modifier); ok && (s.mgr.opts.Merge || !s.modified) {
		err = s.merge(ctx, modifier)
	} else if s.mgr.opts.Merge {
		return ErrNoMerge
	} else {
		err = s.update(ctx)
	}
	if errors.Is(err, ErrNotFound) {
		return ErrInterrupted
	}
	if err == nil {
		s.stored = s.stored || s.modified || s.mgr.stateless
		s.modified, s.unreadable, s.saved = false, false, s.mgr.opts.Now()
	}
	return err
}

// update replaces all of the stored session.
func (s *Session) update(ctx context.Context) error {
	rec, err := s.record(s.key)
	if err != nil {
		return err
	}
	err = s.mgr.observe(ctx, "update", func(ctx context.Context) error { return s.mgr.store.Update(ctx, rec) })
	switch {
	case err != nil || rec.Key == s.key:
		return err
	case s.sent:
		return ErrResponseStarted
	}
	s.key = rec.Key // of a store whose key is its content
	return nil
}

// Create stores the session under a new key, whether or not it had one. The
// session under the old key stays: to change keys, use [Session.CycleKey].
// Django: SessionBase.create, save(must_create=True).
func (s *Session) Create(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(ctx); err != nil {
		return err
	}
	s.accessed = true
	return s.create(ctx)
}

func (s *Session) create(ctx context.Context) error {
	return s.storeNew(ctx, "create", s.mgr.store.Create)
}

// stillThere returns ErrInterrupted if a session that this request stored was
// deleted since. Django finds that out by saving it again.
func (s *Session) stillThere(ctx context.Context) error {
	now := s.mgr.opts.Now()
	_, expires, err := s.end(now)
	if err != nil || s.mgr.stateless || !expires.After(now) {
		return err
	}
	err = s.mgr.observe(ctx, "load", func(ctx context.Context) error {
		_, err := s.mgr.store.Load(ctx, s.key)
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return ErrInterrupted
	case errors.Is(err, ErrCorrupt), errors.Is(err, ErrTooLarge): // it is there, and another's
		return nil
	}
	return err
}

func (s *Session) record(key string) (*Record, error) {
	_, expires, err := s.end(s.mgr.opts.Now())
	return &Record{Key: key, Data: s.data, Expires: expires}, err
}

// Flush empties the session, deletes what is stored of it, and has the cookie
// deleted: a logout.
// Django: SessionBase.flush.
func (s *Session) Flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mgr.opts.ReadOnly {
		return ErrReadOnly
	}
	if s.key != "" {
		if err := s.delete(ctx, s.key); err != nil {
			return err
		}
	}
	s.key, s.data = "", new(Data)
	s.accessed, s.modified = true, true
	s.changes, s.cleared = nil, false
	s.unreadable, s.stored = false, false
	return nil
}

func (s *Session) delete(ctx context.Context, key string) error {
	return s.mgr.observe(ctx, "delete", func(ctx context.Context) error { return s.mgr.store.Delete(ctx, key) })
}
