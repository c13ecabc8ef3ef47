package djsession

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/djsession/djsession-go/djsession/internal/guest"
)

// An exchange is a request and its response, with the session they share. It is
// the context of the request too, which makes serving a request that never asks
// for its session nearly free.
type exchange struct {
	context.Context
	manager  *Manager
	request  *http.Request
	response response
	session  Session
	guests   guest.List // who also serve the request
	before   beforeResponse
	cookies  int                    // how many of the name the browser sent
	reported atomic.Pointer[string] // the error that was logged last
}

type exchangeKey struct{}

func newExchange(m *Manager, w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{Context: r.Context(), manager: m}
	x.session.mgr = m
	x.session.key, x.cookies, x.session.byCookie = m.sent(r.Header)
	x.response.ResponseWriter = w
	x.response.exchange = x
	if h := w.Header(); len(h) > 0 {
		x.response.before = h.Clone()
	}
	x.request = r.WithContext(x)
	return x
}

// serve calls next. A handler whose Write is refused may end by
// http.ErrAbortHandler, as httputil.ReverseProxy does. The request has an
// answer by then, that of the error handler, which the server would throw away.
func (x *exchange) serve(next http.Handler) {
	defer func() {
		if x.response.failed == nil {
			return
		}
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			panic(p)
		}
	}()
	next.ServeHTTP(&x.response, x.request)
}

// end is the last of a request, also of one whose handler panics.
func (x *exchange) end(r *http.Request) {
	r.MultipartForm = x.request.MultipartForm // whose files the server removes
	x.before.close()                          // after a panic too
	x.session.close(x, false)
}

// Value finds the exchange itself: the innermost by exchangeKey, that of a
// manager by the manager.
func (x *exchange) Value(key any) any {
	switch key {
	case exchangeKey{}, x.manager, guest.HostKey{}:
		return x
	}
	if v := x.guests.Value(key); v != nil {
		return v
	}
	return x.Context.Value(key)
}

// Invite is for package guest.
func (x *exchange) Invite(n *guest.Node) { x.guests.Add(n) }

// commit does what must be done before the response begins: it saves the
// session and sets headers. An error means that the response must not be sent.
// Django: SessionMiddleware.process_response.
func (x *exchange) commit(status int, h http.Header) error {
	s := &x.session
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.modified, s.sent = false, true }() // what comes now comes too late
	if s.accessed {
		x.vary(h)
		if s.data == nil {
			return nil // the store failed, and the handler has been told
		}
	}
	theirs, hasTheirs := x.manager.cookie.setIn(h)
	switch {
	case x.manager.opts.ReadOnly:
		if s.modified {
			return ErrReadOnly
		}
	case hasTheirs:
		x.leaveTo(theirs, status)
	case x.cookies > 0 && s.empty():
		x.send(h, x.manager.cookie.delete())
	case status < 500 && !s.empty() && (s.stored || s.mayBeDue()):
		return x.save(h)
	}
	return nil
}

// save stores a session that is due and sends its cookie, whose lifetime counts
// from before, as in Django.
func (x *exchange) save(h http.Header) error {
	ctx, cancel := x.saveContext()
	defer cancel()
	s := &x.session
	due, err := s.due(ctx)
	if err != nil || !due && !s.stored {
		return err
	}
	l, err := s.lifetime()
	if err != nil {
		return err
	}
	if due {
		err = s.save(ctx)
	} else {
		err = s.stillThere(ctx)
	}
	if err != nil && errors.Is(context.Cause(ctx), errTooManyOrphans) {
		return fmt.Errorf("%w: %w: %w", ErrUnavailable, errTooManyOrphans, err)
	}
	if err != nil {
		return err
	}
	x.send(h, x.manager.cookie.set(s.key, l))
	return nil
}
