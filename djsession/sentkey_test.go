package djsession_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

func TestKeyFromCookie(t *testing.T) {
	m := djsession.NewManager(memstore.New(nil), nil)
	const a, b = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	for _, c := range []struct {
		reason string
		lines  []string
		want   string
	}{
		{"none", nil, ""},
		{"one", []string{"sessionid=" + a}, a},
		{"among others", []string{"x=1; sessionid=" + a + "; y=2"}, a},
		{"the last of two counts", []string{"sessionid=" + a + "; sessionid=" + b}, b},
		{"the last header counts", []string{"sessionid=" + a, "sessionid=" + b}, b},
		{"quotes are taken off", []string{`sessionid="` + a + `"`}, a},
		{"an octal escape", []string{`sessionid="\141` + a[1:] + `"`}, a},
		{"another name", []string{"Sessionid=" + a}, ""},
		{"too short for Django", []string{"sessionid=abc"}, ""},
		{"two readings", []string{"sessionid=\xa0" + a}, ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			if got := m.KeyFromCookie(c.lines...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestKeyHeader: a client that names its session in a header gets neither
// another session by a cookie nor a cookie.
func TestKeyHeader(t *testing.T) {
	m := djsession.NewManager(memstore.New(nil), &djsession.Options{KeyHeader: "x-session-token"})
	stored := func(name string) string {
		s := m.New()
		s.Set("who", name)
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s.Key()
	}
	app, browser := stored("app"), stored("browser")
	for _, c := range []struct {
		reason, cookie string
		header         []string
		want           string
		setsCookie     bool
	}{
		{"only the cookie", browser, nil, "browser true", true},
		{"only the header", "", []string{app}, "app false", false},
		{"the header counts before the cookie", browser, []string{app}, "app false", false},
		{"a key that is unknown is not made up for by the cookie", browser, []string{djsession.NewKey()}, " false", false},
		{"an empty header is not either", browser, []string{""}, " false", false},
		{"two headers", browser, []string{app, app}, " false", false},
		{"neither", "", nil, " true", true},
	} {
		t.Run(c.reason, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			if c.cookie != "" {
				r.AddCookie(&http.Cookie{Name: "sessionid", Value: c.cookie})
			}
			r.Header["X-Session-Token"] = c.header
			w := httptest.NewRecorder()
			m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s, err := djsession.FromRequest(r)
				if err != nil {
					t.Fatal(err)
				}
				who, _, _ := djsession.Get[string](s, "who")
				s.Set("seen", true)
				fmt.Fprint(w, who, " ", s.ByCookie())
			})).ServeHTTP(w, r)
			if got := w.Body.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := w.Header().Get("Set-Cookie"); (got != "") != c.setsCookie {
				t.Errorf("got Set-Cookie %q, want one: %t", got, c.setsCookie)
			}
			if got := strings.Join(w.Header()["Vary"], ", "); got != "Cookie, x-session-token" {
				t.Errorf("got Vary %q", got)
			}
		})
	}
}

// TestKeyHeaderLogout deletes what is stored, and the client's cookie of
// another session is left alone.
func TestKeyHeaderLogout(t *testing.T) {
	store := memstore.New(nil)
	m := djsession.NewManager(store, &djsession.Options{KeyHeader: "X-Session-Token"})
	s := m.New()
	s.Set("who", "app")
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("X-Session-Token", s.Key())
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: djsession.NewKey()})
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err == nil {
			err = s.Flush(r.Context())
		}
		if err != nil {
			t.Error(err)
		}
	})).ServeHTTP(w, r)
	if _, err := store.Load(t.Context(), s.Key()); err != djsession.ErrNotFound {
		t.Errorf("afterwards: got %v, want %v", err, djsession.ErrNotFound)
	}
	if got := w.Header().Get("Set-Cookie"); got != "" {
		t.Errorf("got Set-Cookie %q", got)
	}
}

// TestErrorInJSON: a program that asks for JSON gets problem details.
func TestErrorInJSON(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		reason string
	}{
		{djsession.ErrUnavailable, 503, "unavailable"},
		{djsession.ErrInterrupted, 400, "interrupted"},
		{djsession.ErrReadOnly, 500, "error"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", "application/json")
		w := httptest.NewRecorder()
		djsession.ServeError(w, r, c.err)
		if w.Code != c.status || !strings.Contains(w.Body.String(), `"reason":"`+c.reason+`"`) ||
			w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%v: got %d %s %s", c.err, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
}
