package djsession_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// Writers of routers that tell whether the header is out, each in its way: gin
// and negroni, chi, echo.
type (
	writtenWriter struct {
		*httptest.ResponseRecorder
		written bool
	}
	statusWriter struct {
		*httptest.ResponseRecorder
		status int
	}
	Response struct { // named as echo's
		*httptest.ResponseRecorder
		Committed bool
	}
	aroundWriter struct{ http.ResponseWriter }
)

func (w *writtenWriter) Written() bool              { return w.written }
func (w *statusWriter) Status() int                 { return w.status }
func (w *statusWriter) BytesWritten() int           { return w.Body.Len() }
func (w *aroundWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w *writtenWriter) WriteHeader(status int) {
	w.written = true
	w.ResponseRecorder.WriteHeader(status)
}
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseRecorder.WriteHeader(status)
}
func (w *Response) WriteHeader(status int) {
	w.Committed = true
	w.ResponseRecorder.WriteHeader(status)
}
func around(w http.ResponseWriter) http.ResponseWriter   { return &aroundWriter{w} }
func directly(w http.ResponseWriter) http.ResponseWriter { return w }

// A response that went out past Manager.Handler is one error in the log, and an
// existing session is saved all the same.
func TestBypassedResponseIsReported(t *testing.T) {
	writers := map[string]func() http.ResponseWriter{
		"Written":   func() http.ResponseWriter { return &writtenWriter{ResponseRecorder: httptest.NewRecorder()} },
		"Status":    func() http.ResponseWriter { return &statusWriter{ResponseRecorder: httptest.NewRecorder()} },
		"Committed": func() http.ResponseWriter { return &Response{ResponseRecorder: httptest.NewRecorder()} },
	}
	for name, writer := range writers {
		for _, wrap := range []func(http.ResponseWriter) http.ResponseWriter{directly, around} {
			for _, past := range []bool{false, true} {
				s := newSite(t)
				key := s.stored(time.Hour, "a", 1)
				inner := writer()
				r := httptest.NewRequest("GET", "/", nil)
				r.Header.Set("Cookie", "sessionid="+key)
				djsession.NewManager(s.store, &s.opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					set("a", 2)(w, r)
					if past {
						w = inner
					}
					w.WriteHeader(200)
				})).ServeHTTP(wrap(inner), r)
				if s.json(key) != `{"a":2}` {
					t.Errorf("%s, past %v: stored %s", name, past, s.json(key))
				}
				switch cookie := inner.Header().Get("Set-Cookie"); {
				case past:
					wantLine(t, name, s.log.String(), "ERROR", "around the whole router", key)
				case cookie == "" || s.log.Len() > 0:
					t.Errorf("%s: cookie %q, logged %q", name, cookie, s.log.String())
				}
			}
		}
	}
}

// A session that would need a cookie is not stored then, nor one that a store
// refuses, and the one line says so.
func TestBypassedResponseWithoutACookie(t *testing.T) {
	for _, row := range []struct {
		reason string
		fails  error
		cookie bool
		text   string
	}{
		{"a new session", nil, false, "no cookie can be sent"},
		{"the store is down", djsession.ErrUnavailable, true, "unavailable"},
		{"a logout meanwhile", djsession.ErrNotFound, true, "deleted before the request completed"},
	} {
		s := newSite(t)
		s.store.failWrite = row.fails
		r := httptest.NewRequest("GET", "/", nil)
		if row.cookie {
			r.Header.Set("Cookie", "sessionid="+s.stored(time.Hour, "a", 1))
		}
		w := &writtenWriter{ResponseRecorder: httptest.NewRecorder()}
		djsession.NewManager(s.store, &s.opts).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			set("a", 2)(w, r)
			w.WriteHeader(200)
		})).ServeHTTP(w, r)
		if log := s.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "nothing was saved") || !strings.Contains(log, row.text) {
			t.Errorf("%s: logged %q", row.reason, log)
		}
		if w.Code != 200 || w.Body.Len() > 0 {
			t.Errorf("%s: answered %d %q", row.reason, w.Code, w.Body)
		}
	}
}

// Only one manager of two has seen the response, if the handler writes to the
// writer of the outer one.
func TestBypassedInnerManager(t *testing.T) {
	s := newSite(t)
	s.opts.CookieName = "outer"
	outer := djsession.NewManager(s.store, &s.opts)
	opts := s.opts
	opts.CookieName = "inner"
	inner := djsession.NewManager(s.store, &opts)
	w := httptest.NewRecorder()
	outer.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			set("a", 1)(w, r)
			w.WriteHeader(200)
		})).ServeHTTP(w, r)
	})).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	wantLine(t, "two managers", s.log.String(), "ERROR", "around the whole router")
	if w.Header().Get("Set-Cookie") != "" {
		t.Errorf("Set-Cookie %q", w.Header().Get("Set-Cookie"))
	}
}
