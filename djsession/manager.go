package djsession

import (
	"context"
	"errors"
	"net/http"
)

// A Manager finds the session of a request, saves its changes and sends its
// cookie. A program may have several, for several sites. It is safe for
// concurrent use.
type Manager struct {
	store  Store
	opts   Options
	cookie cookie

	stateless bool          // the store is a [Stateless]
	orphans   chan struct{} // holds one token for each save whose client has gone away
}

// NewManager returns a manager of the sessions in a store. If the store is a
// [Sharer] that was told other things of the site, that is logged as an error.
func NewManager(store Store, opts *Options) *Manager {
	m := &Manager{store: store, orphans: make(chan struct{}, maxOrphans)}
	if opts != nil {
		m.opts = *opts
	}
	if s, ok := store.(Stateless); ok {
		m.stateless = s.Stateless()
	}
	if m.stateless && m.opts.ValidKey == nil {
		m.opts.ValidKey = func(string) bool { return true } // only the store can tell
	}
	m.opts.fillIn()
	m.cookie = newCookie(&m.opts)
	m.agree()
	return m
}

// Handler gives the requests that next serves a session. Nothing is read before
// next asks for it by [FromRequest]. Before the first byte of the response
// leaves, a changed session is saved and the cookie set, by Django's rules.
// Django: django.contrib.sessions.middleware.SessionMiddleware.
func (m *Manager) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := newExchange(m, w, r)
		defer x.end(r)
		x.serve(next)
		x.response.finish()
	})
}

// Open returns the live session with this key, for use outside HTTP; save it
// with [Session.Save]. It returns [ErrInvalidKey] or [ErrNotFound] if there is
// none. One that cannot be read is empty, as in a request.
func (m *Manager) Open(ctx context.Context, key string) (*Session, error) {
	if !m.opts.ValidKey(key) {
		return nil, ErrInvalidKey
	}
	s := &Session{mgr: m, key: key}
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	if s.key == "" || s.refused {
		return nil, ErrNotFound
	}
	return s, nil
}

// ReadOnly returns a manager of the same sessions, with the same settings, that
// never writes: see Options.ReadOnly.
func (m *Manager) ReadOnly() *Manager {
	other := *m
	other.opts.ReadOnly = true
	return &other
}

// Exists reports whether there is a live session with this key, readable or
// not.
// Django: SessionBase.exists.
func (m *Manager) Exists(ctx context.Context, key string) (bool, error) {
	if !m.opts.ValidKey(key) {
		return false, nil
	}
	err := m.observe(ctx, "load", func(ctx context.Context) error {
		_, err := m.store.Load(ctx, key)
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrInvalidKey): // first: the error of a forged cookie matches ErrCorrupt too
		return false, nil
	case err == nil, errors.Is(err, ErrCorrupt), errors.Is(err, ErrTooLarge):
		return true, nil
	}
	return false, err
}

// Delete ends the session with this key. A request that is using it fails with
// [ErrInterrupted] when it saves. It is no error if there is none.
// Django: SessionBase.delete.
func (m *Manager) Delete(ctx context.Context, key string) error {
	switch {
	case m.opts.ReadOnly:
		return ErrReadOnly
	case !m.opts.ValidKey(key):
		return nil
	}
	return m.observe(ctx, "delete", func(ctx context.Context) error { return m.store.Delete(ctx, key) })
}

// New returns an empty session that is not stored yet, for use outside HTTP.
func (m *Manager) New() *Session { return &Session{mgr: m, data: new(Data)} }

// Cookie returns the Set-Cookie header for a session that was saved outside of
// [Manager.Handler]. For one without a key, such as after [Session.Flush], it
// is the header that deletes the cookie.
func (m *Manager) Cookie(s *Session) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == "" {
		return m.cookie.delete(), nil
	}
	l, err := s.lifetime()
	if err != nil {
		return "", err
	}
	return m.cookie.set(s.key, l), nil
}
