package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// tokens is a scheme whose token is a user's id.
type tokens struct{ asked *int }

func (tokens) Challenge() string { return `Test realm="api"` }

func (s tokens) User(r *http.Request, a *auth.Auth) (*auth.User, error) {
	*s.asked++
	token, err := auth.Credentials(r, func(word string) bool { return word == "Test" })
	if err != nil {
		return nil, err
	}
	return a.UserByID(r.Context(), token)
}

func TestSchemes(t *testing.T) {
	asked := 0
	byToken := tokens{&asked}
	refuse := func(*http.Request) error { return errors.New("no CSRF token") }
	const alice, bob, dave = "1", "2", "3" // dave is inactive
	for _, c := range []struct {
		reason        string
		schemes       []auth.Scheme
		session       string // a user's id, or JSON
		authorization []string
		csrf          func(*http.Request) error
		status        int
		body          string // the user's name, or the problem's reason
	}{
		{"a session", []auth.Scheme{auth.BySession, byToken}, alice, nil, nil, 200, "alice"},
		{"a token", []auth.Scheme{auth.BySession, byToken}, "", []string{"Test 2"}, nil, 200, "bob"},
		{"both: the first scheme counts", []auth.Scheme{auth.BySession, byToken}, alice, []string{"Test 2"}, nil, 200, "alice"},
		{"both, the token first", []auth.Scheme{byToken, auth.BySession}, alice, []string{"Test 2"}, nil, 200, "bob"},
		{"a token in vain: the session is not asked", []auth.Scheme{byToken, auth.BySession}, alice, []string{"Test 99"}, nil, 401, "no_such_user"},
		{"a session in vain: the token is asked", []auth.Scheme{auth.BySession, byToken}, dave, []string{"Test 2"}, nil, 200, "bob"},
		{"a session in vain, and no token", []auth.Scheme{auth.BySession, byToken}, dave, nil, nil, 401, "inactive"},
		{"a token of an inactive user", []auth.Scheme{auth.BySession, byToken}, "", []string{"Test 3"}, nil, 401, "inactive"},
		{"a token that is no id", []auth.Scheme{auth.BySession, byToken}, "", []string{"Test x"}, nil, 401, "bad_id"},
		{"another scheme's token", []auth.Scheme{auth.BySession, byToken}, "", []string{"Basic eA=="}, nil, 401, "no_login"},
		{"a token with a space", []auth.Scheme{auth.BySession, byToken}, "", []string{"Test 1 2"}, nil, 401, "bad_header"},
		{"a keyword alone", []auth.Scheme{auth.BySession, byToken}, "", []string{"Test "}, nil, 401, "bad_header"},
		{"two headers", []auth.Scheme{auth.BySession, byToken}, "", []string{"Test 1", "Test 2"}, nil, 401, "bad_header"},
		{"a header of a megabyte", []auth.Scheme{byToken}, "", []string{"Test " + strings.Repeat("1", 1<<20)}, nil, 401, "bad_header"},
		{"nothing", []auth.Scheme{auth.BySession, byToken}, "", nil, nil, 401, "no_login"},
		{"no schemes", []auth.Scheme{}, alice, nil, nil, 401, "no_login"},
		{"tokens only: a session is not asked", []auth.Scheme{byToken}, alice, nil, nil, 401, "no_login"},
		{"CSRF, and a session", []auth.Scheme{auth.BySession, byToken}, alice, nil, refuse, 403, "csrf"},
		{"CSRF, and a token", []auth.Scheme{auth.BySession, byToken}, "", []string{"Test 2"}, refuse, 200, "bob"},
		{"CSRF: a token after a session is not asked", []auth.Scheme{auth.BySession, byToken}, alice, []string{"Test 2"}, refuse, 403, "csrf"},
		{"CSRF, and nobody", []auth.Scheme{auth.BySession, byToken}, "", nil, refuse, 401, "no_login"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			checks := 0
			var observed []string
			opts := &auth.Options{Schemes: c.schemes, Observe: func(_ context.Context, result string) { observed = append(observed, result) }}
			if c.csrf != nil {
				opts.CSRF = func(r *http.Request) error { checks++; return c.csrf(r) }
			}
			s := newSite(someUsers(), opts)
			r := httptest.NewRequest("POST", "/", nil)
			r.Header.Set("Accept", "application/json")
			if c.authorization != nil {
				r.Header["Authorization"] = c.authorization
			}
			if c.session != "" {
				r.AddCookie(&http.Cookie{Name: "sessionid", Value: s.session(t, s.login(c.session)).Key()})
			}
			w := httptest.NewRecorder()
			asked = 0
			s.sessions.Handler(s.auth.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				u, err := auth.FromRequest(r)
				again, errAgain := auth.FromRequest(r)
				if again != u || fmt.Sprint(err) != fmt.Sprint(errAgain) {
					t.Errorf("asked again: got %v, %v; first %v, %v", again, errAgain, u, err)
				}
				if u != auth.UserFromContext(r.Context()) {
					t.Errorf("UserFromContext: got %v, want %v", auth.UserFromContext(r.Context()), u)
				}
				if err != nil {
					auth.Error(w, r, err)
					return
				}
				fmt.Fprint(w, u.Username)
			}))).ServeHTTP(w, r)
			got := w.Body.String()
			if w.Code != 200 {
				var problem struct{ Title, Detail, Reason string }
				if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || problem.Detail == "" || problem.Title != http.StatusText(w.Code) {
					t.Errorf("got %s, %v", w.Body, err)
				}
				got = problem.Reason
			}
			if w.Code != c.status || got != c.body {
				t.Errorf("got %d %s, want %d %s", w.Code, got, c.status, c.body)
			}
			challenge := w.Header().Get("WWW-Authenticate")
			want := ""
			if c.status == 401 {
				want = `Test realm="api"`
				if len(c.schemes) == 0 {
					want = "Cookie"
				}
			}
			if challenge != want {
				t.Errorf("got WWW-Authenticate %q, want %q", challenge, want)
			}
			if want := c.body; len(observed) != 1 || c.status != 200 && observed[0] != want || c.status == 200 && observed[0] != "ok" {
				t.Errorf("observed %q", observed)
			}
			if checks > 1 {
				t.Errorf("CSRF was checked %d times", checks)
			}
		})
	}
}

// TestCSRFOnlyForTheCookie: a session that a header names needs no CSRF check.
func TestCSRFOnlyForTheCookie(t *testing.T) {
	s := newSite(someUsers(), &auth.Options{CSRF: func(*http.Request) error { return errors.New("no CSRF token") }})
	m := djsession.NewManager(s.store, &djsession.Options{KeyHeader: "X-Session-Token"})
	for header, want := range map[string]int{"X-Session-Token": 200, "Cookie": 403} {
		key := s.session(t, s.login("1")).Key()
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set(header, key)
		if header == "Cookie" {
			r.Header.Set(header, "sessionid="+key)
		}
		w := httptest.NewRecorder()
		m.Handler(s.auth.RequireUser(whoPage)).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("by %s: got %d %s, want %d", header, w.Code, w.Body, want)
		}
	}
}

// TestCSRFPanic: a check that panics has not passed, also where a handler
// recovers and asks again.
func TestCSRFPanic(t *testing.T) {
	s := newSite(someUsers(), &auth.Options{CSRF: func(*http.Request) error { panic("in the CSRF check") }})
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Cookie", "sessionid="+s.session(t, s.login("1")).Key())
	s.sessions.Handler(s.auth.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		func() {
			defer func() { recover() }()
			auth.FromRequest(r)
		}()
		if u, err := auth.FromRequest(r); !errors.Is(err, auth.ErrForbidden) {
			t.Errorf("got user %v and error %v, want %v", u, err, auth.ErrForbidden)
		}
		if u := auth.UserFromContext(r.Context()); u != nil {
			t.Errorf("got user %v from the context", u)
		}
	}))).ServeHTTP(httptest.NewRecorder(), r)
}

// TestDenyBrowsers: a page is sent to the login, and a browser's script, or
// what carries a token, is told in JSON.
func TestDenyBrowsers(t *testing.T) {
	asked := 0
	s := newSite(someUsers(), &auth.Options{Schemes: []auth.Scheme{tokens{&asked}, auth.BySession}})
	for _, c := range []struct {
		reason, accept, authorization string
		status                        int
	}{
		{"a page", browser, "", 302},
		{"a script", "*/*", "", 401},
		{"JSON preferred", "application/json, text/html;q=0.9", "", 401},
		{"a token that is not good, and HTML", browser, "Test 99", 401},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", c.accept)
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		w := httptest.NewRecorder()
		s.sessions.Handler(s.auth.RequireUser(whoPage)).ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: got %d, want %d", c.reason, w.Code, c.status)
		}
	}
}

// TestBackendError names the backend to the log and not to the client.
func TestBackendError(t *testing.T) {
	s := newSite(someUsers(), nil)
	login := strings.Replace(s.login("1"), auth.ModelBackend, auth.AllauthBackend, 1)
	_, err := s.auth.User(t.Context(), s.session(t, login))
	var named *auth.BackendError
	var reason auth.Reason
	if !errors.As(err, &named) || named.Backend != auth.AllauthBackend || !errors.As(err, &reason) || reason != auth.ReasonBackendNotAllowed ||
		!strings.Contains(err.Error(), `"`+auth.AllauthBackend+`"`) {
		t.Errorf("got %v", err)
	}
	w := s.get(t, s.auth.RequireUser(whoPage), "/", "application/json", login)
	if body := w.Body.String(); w.Code != 401 || strings.Contains(body, "allauth") || !strings.Contains(body, `"backend_not_allowed"`) {
		t.Errorf("got %d %s", w.Code, body)
	}
	long := strings.Replace(s.login("1"), auth.ModelBackend, strings.Repeat("x", 1e6), 1)
	if _, err := s.auth.User(t.Context(), s.session(t, long)); len(err.Error()) > 500 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
	allowed := newSite(someUsers(), &auth.Options{Backends: []string{auth.ModelBackend, auth.AllauthBackend}})
	if u, err := allowed.auth.User(t.Context(), allowed.session(t, login)); err != nil || u.Backend != auth.AllauthBackend {
		t.Errorf("allowed: got %v, %v", u, err)
	}
}

func TestReasonNames(t *testing.T) {
	seen := map[string]bool{}
	for r := auth.ReasonNoLogin; r <= auth.ReasonUserChanged; r++ {
		if r.Name() == "" || r.Name() == "nobody" || seen[r.Name()] || r.Error() == "auth: " || !errors.Is(r, auth.ErrNotLoggedIn) {
			t.Errorf("reason %d: %q, %q", r, r.Name(), r)
		}
		seen[r.Name()] = true
	}
	if beyond := auth.ReasonUserChanged + 1; beyond.Name() != "nobody" || beyond.Error() != auth.ErrNotLoggedIn.Error() {
		t.Errorf("there is a reason that this test does not know: %v", beyond)
	}
}

// TestTokensProveNoMore: what a session would have to say, a token does not.
func TestTokensProveNoMore(t *testing.T) {
	asked := 0
	s := newSite(someUsers(), &auth.Options{Schemes: []auth.Scheme{tokens{&asked}}})
	for name, h := range map[string]http.Handler{
		"not_verified": s.auth.RequireVerified(whoPage),
		"not_recent":   s.auth.RequireRecentLogin(whoPage, time.Hour),
		"":             s.auth.RequireStaff(whoPage),
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "Test 1")
		w := httptest.NewRecorder()
		s.sessions.Handler(h).ServeHTTP(w, r)
		if want := map[bool]int{true: 200, false: 403}[name == ""]; w.Code != want || !strings.Contains(w.Body.String(), name) {
			t.Errorf("%s: got %d %s, want %d", name, w.Code, w.Body, want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Test 2")
	s.sessions.Handler(s.auth.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if a, err := auth.ActorFromRequest(r); err != nil || a.User.Username != "bob" || a.Real != a.User || a.Pretends {
			t.Errorf("got %v, %v", a, err)
		}
	}))).ServeHTTP(httptest.NewRecorder(), r)
}
