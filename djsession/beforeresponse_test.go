package djsession_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// serveWith serves a request whose handler gets the manager too.
func (s *site) serveWith(cookie string, handler func(m *djsession.Manager, w http.ResponseWriter, r *http.Request)) *httptest.ResponseRecorder {
	m := djsession.NewManager(s.store, &s.opts)
	r := httptest.NewRequest("GET", "/", nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(m, w, r) })).ServeHTTP(w, r)
	return w
}

func TestBeforeResponse(t *testing.T) {
	s := newSite(t)
	var calls []string
	w := s.serveWith("", func(m *djsession.Manager, w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"a", "b"} {
			err := m.BeforeResponse(r, func(h http.Header) error {
				calls = append(calls, name)
				h.Add("X-Hook", name)
				session, err := m.FromRequest(r)
				if err != nil {
					return err
				}
				session.Set(name, 1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		w.WriteHeader(http.StatusEarlyHints)
		if len(calls) != 0 {
			t.Errorf("%q ran before an informational response", calls)
		}
		w.Write([]byte("hello"))
		if err := m.BeforeResponse(r, func(http.Header) error { return nil }); !errors.Is(err, djsession.ErrResponseStarted) {
			t.Errorf("after the first byte: got error %v", err)
		}
		w.Write([]byte(" world"))
	})
	if got := strings.Join(calls, ""); got != "ab" || s.json(keyOf(t, w)) != `{"a":1,"b":1}` || w.Body.String() != "hello world" {
		t.Errorf("calls %q, stored %s, body %q", got, s.json(keyOf(t, w)), w.Body)
	}
	if got := w.Header()["X-Hook"]; len(got) != 2 {
		t.Errorf("headers %q", got)
	}
}

func TestBeforeResponseErrors(t *testing.T) {
	failing := errors.New("failing")
	for _, row := range []struct {
		reason string
		hook   error
		opts   djsession.Options
		add    error
		status int
	}{
		{"a hook that fails", failing, djsession.Options{}, nil, 500},
		{"a store that is down", djsession.ErrUnavailable, djsession.Options{}, nil, 503},
		{"read-only mode", nil, djsession.Options{ReadOnly: true}, djsession.ErrReadOnly, 200},
	} {
		s := newSite(t)
		s.opts.ReadOnly = row.opts.ReadOnly
		w := s.serveWith("", func(m *djsession.Manager, w http.ResponseWriter, r *http.Request) {
			err := m.BeforeResponse(r, func(h http.Header) error {
				h.Set("X-Hook", "set")
				return row.hook
			})
			if !errors.Is(err, row.add) || row.add == nil && err != nil {
				t.Errorf("%s: got error %v", row.reason, err)
			}
			if _, err := w.Write([]byte("hello")); row.hook != nil && !errors.Is(err, row.hook) {
				t.Errorf("%s: Write returns %v", row.reason, err)
			}
		})
		if w.Code != row.status || row.hook != nil && (w.Header().Get("X-Hook") != "" || strings.Contains(w.Body.String(), "hello")) {
			t.Errorf("%s: %d %v %q", row.reason, w.Code, w.Header(), w.Body)
		}
		if row.hook != nil && !strings.Contains(s.log.String(), row.hook.Error()) {
			t.Errorf("%s: logged %q", row.reason, s.log.String())
		}
	}
	m := djsession.NewManager(newSite(t).store, nil)
	if err := m.BeforeResponse(httptest.NewRequest("GET", "/", nil), nil); !errors.Is(err, djsession.ErrNoManager) {
		t.Errorf("without the middleware: got error %v", err)
	}
}

// A handler that panics has no response, and what comes after it is too late.
func TestBeforeResponseAfterPanic(t *testing.T) {
	s := newSite(t)
	ran := false
	var add func() error
	func() {
		defer func() { recover() }()
		s.serveWith("", func(m *djsession.Manager, _ http.ResponseWriter, r *http.Request) {
			add = func() error {
				return m.BeforeResponse(r, func(http.Header) error { ran = true; return nil })
			}
			if err := add(); err != nil {
				t.Error(err)
			}
			panic("no response")
		})
	}()
	if err := add(); ran || !errors.Is(err, djsession.ErrResponseStarted) {
		t.Errorf("ran %v, error %v", ran, err)
	}
}

func TestSiteCookies(t *testing.T) {
	for _, row := range []struct {
		reason       string
		opts         djsession.Options
		value        string
		set, deleted string
	}{
		{"as Django sets messages", djsession.Options{}, "W1siX:1r31eq:z8L-_",
			"messages=W1siX:1r31eq:z8L-_; HttpOnly; Path=/; SameSite=Lax",
			`messages=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax`},
		{"the session's attributes, but for name, path and age",
			djsession.Options{CookieName: "sid", CookieAge: time.Hour, CookieDomain: ".example.com", CookiePath: "/app", CookieSecure: true, CookieAllowJS: true, CookieSameSite: http.SameSiteNoneMode},
			"v", "messages=v; Domain=.example.com; Path=/; SameSite=None; Secure",
			`messages=""; Domain=.example.com; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=None; Secure`},
		{"a prefixed session cookie says nothing of it", djsession.Options{CookieName: "__Host-sid"}, "v",
			"messages=v; HttpOnly; Path=/; SameSite=Lax",
			`messages=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax`},
		{"quoted as Python does", djsession.Options{}, "a,b;c\"d\\e f\x7fé€",
			`messages="a\054b\073c\"d\\e f\177\351€"; HttpOnly; Path=/; SameSite=Lax`,
			`messages=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax`},
	} {
		m := djsession.NewManager(newSite(t).store, &row.opts)
		h := make(http.Header)
		if !m.SetSiteCookie(h, "messages", row.value) || h.Get("Set-Cookie") != row.set {
			t.Errorf("%s:\ngot  %q\nwant %q", row.reason, h.Get("Set-Cookie"), row.set)
		}
		sent, _, _ := strings.Cut(h.Get("Set-Cookie"), "; ")
		if got, ok := djsession.CookieValue(http.Header{"Cookie": {sent}}, "messages"); !ok || got != row.value {
			t.Errorf("%s: comes back as %q, %v", row.reason, got, ok)
		}
		if m.DeleteSiteCookie(h, "messages") || m.SetSiteCookie(h, "messages", "x") || len(h["Set-Cookie"]) != 1 {
			t.Errorf("%s: a cookie that was set is set again", row.reason)
		}
		h = make(http.Header)
		if !m.DeleteSiteCookie(h, "messages") || h.Get("Set-Cookie") != row.deleted {
			t.Errorf("%s: deleted by\ngot  %q\nwant %q", row.reason, h.Get("Set-Cookie"), row.deleted)
		}
	}
}

// What a hook changes in a session that has its cookie is saved though the
// response went out past the middleware, and that no cookie was set is said.
func TestBeforeResponseBypassed(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	w := &writtenWriter{ResponseRecorder: httptest.NewRecorder()}
	m := djsession.NewManager(s.store, &s.opts)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "sessionid="+key)
	m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		err := m.BeforeResponse(r, func(h http.Header) error {
			h.Set("X-Hook", "set")
			set("a", 2)(w, r)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(200)
	})).ServeHTTP(w, r)
	if log := s.log.String(); s.json(key) != `{"a":2}` || !strings.Contains(log, "could set no cookie") {
		t.Errorf("stored %s, logged %q", s.json(key), log)
	}
}
