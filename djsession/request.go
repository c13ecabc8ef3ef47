package djsession

import (
	"context"
	"errors"
	"net/http"
)

// ErrNoManager says that a request did not come through a [Manager.Handler].
var ErrNoManager = errors.New("djsession: the request did not pass through Manager.Handler: serve sessions.Handler(router), not the router alone")

// FromRequest returns the request's session and loads it at the first call. The
// error is the store's, and the next call tries again, or [ErrNoManager]. An
// unknown, expired or unreadable session becomes an empty session. Call it
// before the first byte of the response, so that the response can say Vary:
// Cookie.
// Django: request.session.
func FromRequest(r *http.Request) (*Session, error) {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, ErrNoManager
	}
	return x.load(r.Context())
}

// FromRequest returns the session that this manager has for the request, if
// several managers serve it.
func (m *Manager) FromRequest(r *http.Request) (*Session, error) {
	x, ok := r.Context().Value(m).(*exchange)
	if !ok {
		return nil, ErrNoManager
	}
	return x.load(r.Context())
}

func (x *exchange) load(ctx context.Context) (*Session, error) {
	s := &x.session
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	if s.data == nil && s.key != "" {
		if _, ok := ctx.Deadline(); !ok {
			bounded, cancel := context.WithTimeout(ctx, x.manager.opts.LoadTimeout)
			defer cancel()
			ctx = bounded
		}
	}
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// RequestOf returns the request whose session a store is asked to keep, or nil
// outside of HTTP. It is for stores that keep something of the request with the
// session, such as the client's address. They must not call [FromRequest] with
// it: that deadlocks, because the session is locked while it is saved.
func RequestOf(ctx context.Context) *http.Request {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x.request
	}
	return nil
}
