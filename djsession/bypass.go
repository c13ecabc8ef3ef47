package djsession

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
)

var (
	errBypassed = errors.New("djsession: the response went out past Manager.Handler, which could set no cookie and no Vary header: " +
		"put Manager.Handler around the whole router, as examples/routers does, not into its middleware")

	errLateStatus = errors.New("djsession: the status 5xx came after Manager.Handler had ended, so that the session was saved although the " +
		"request failed: put Manager.Handler around the whole router, as examples/routers does, not into its middleware")
)

// commitBypassed is commit for a response that went out without us. It saves
// what needs no cookie.
func (x *exchange) commitBypassed(status int) {
	err := errBypassed
	if hookErr := x.before.run(make(http.Header)); hookErr != nil { // for what it keeps in the session
		err = fmt.Errorf("%w; %w", err, hookErr)
	}
	s := &x.session
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = true
	if s.modified && status < 500 && !s.empty() {
		ctx, cancel := x.saveContext()
		defer cancel()
		if saveErr := s.save(ctx); saveErr != nil {
			err = fmt.Errorf("%w; nothing was saved: %w", err, saveErr)
		}
	}
	s.modified = false
	x.reportOf(s.key, err)
}

// concerned reports whether the response has something to do with the session.
func (x *exchange) concerned() bool {
	s := &x.session
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accessed || s.stored || s.mayBeDue() || x.cookies > 0 && s.empty()
}

// wasStored reports whether this request has saved changes.
func (s *Session) wasStored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stored
}

// bypassed reports whether the header was sent through a writer below ours that
// a router gave to its handlers. net/http does not show what it has sent; the
// writers of gin, echo, chi and negroni do.
func bypassed(w http.ResponseWriter) bool {
	for w != nil {
		switch v := w.(type) {
		case *response:
			if v.began {
				return true
			}
		case interface{ Written() bool }: // gin, negroni
			if v.Written() {
				return true
			}
		case interface{ BytesWritten() int }: // chi, whose status is 0 before
			if s, ok := w.(interface{ Status() int }); ok && s.Status() != 0 {
				return true
			}
		default:
			if committed(w) {
				return true
			}
		}
		w = unwrap(w)
	}
	return false
}

// committed reports whether an echo.Response has been sent, which only a field
// of it says.
func committed(w http.ResponseWriter) bool {
	v := reflect.ValueOf(w)
	if v.Kind() != reflect.Pointer || v.Type().Elem().Name() != "Response" || v.Elem().Kind() != reflect.Struct {
		return false
	}
	f := v.Elem().FieldByName("Committed")
	return f.IsValid() && f.Kind() == reflect.Bool && f.Bool()
}

// statusBelow is the status that a router's writer will send for a handler that
// wrote nothing, or 200: gin keeps it until the end.
func statusBelow(w http.ResponseWriter) int {
	for ; w != nil; w = unwrap(w) {
		if s, ok := w.(interface{ Status() int }); ok && s.Status() != 0 {
			return s.Status()
		}
	}
	return http.StatusOK
}

func unwrap(w http.ResponseWriter) http.ResponseWriter {
	if u, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		return u.Unwrap()
	}
	return nil
}
