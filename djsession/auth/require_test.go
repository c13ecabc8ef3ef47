package auth_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/memstore"
)

const browser = "text/html,application/xhtml+xml,*/*;q=0.8"

func (s *site) get(t *testing.T, h http.Handler, target, accept, session string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: s.session(t, session).Key()})
	}
	w := httptest.NewRecorder()
	s.sessions.Handler(h).ServeHTTP(w, r)
	return w
}

var whoPage = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, auth.UserFromContext(r.Context()).Username)
})

func TestRequire(t *testing.T) {
	for _, c := range []struct {
		reason      string
		permissions []string
		session     string // a user's id, or JSON
		accept      string
		status      int
		location    string
	}{
		{"a user", nil, "2", browser, 200, ""},
		{"nobody, in a browser", nil, "", browser, 302, "/accounts/login/?next=/a/%3Fq%3D1%26r%3D%25C3%25A9"},
		{"nobody, in a program", nil, "", "application/json", 401, ""},
		{"nobody, in a program that takes anything", nil, "", "*/*", 401, ""},
		{"nobody, and no wishes", nil, "", "", 401, ""},
		{"an anonymous session", nil, `{"cart":1}`, browser, 302, "/accounts/login/?next=/a/%3Fq%3D1%26r%3D%25C3%25A9"},
		{"a forged session", nil, `{"_auth_user_id":"1","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"0"}`, "", 401, ""},
		{"an inactive user", nil, "3", "", 401, ""},
		{"the permission", []string{"shop.view_cart"}, "2", browser, 200, ""},
		{"all of them", []string{"shop.view_cart", "blog.add_post"}, "2", browser, 200, ""},
		{"one of them", []string{"shop.view_cart", "blog.x"}, "2", browser, 403, ""},
		{"a superuser", []string{"no.such"}, "1", "", 200, ""},
		{"nobody has no permission", []string{"shop.view_cart"}, "", browser, 302, "/accounts/login/?next=/a/%3Fq%3D1%26r%3D%25C3%25A9"},
	} {
		s := newSite(someUsers(), nil)
		if len(c.session) == 1 {
			c.session = s.login(c.session)
		}
		served := false
		h := s.auth.RequirePermission(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			served = true
			whoPage(w, r)
		}), c.permissions...)
		w := s.get(t, h, "/a/?q=1&r=%C3%A9", c.accept, c.session)
		if w.Code != c.status || w.Header().Get("Location") != c.location || served != (c.status == 200) {
			t.Errorf("%s: status %d, location %q", c.reason, w.Code, w.Header().Get("Location"))
		}
		if !strings.Contains(strings.Join(w.Header()["Vary"], ","), "Cookie") {
			t.Errorf("%s: Vary %v", c.reason, w.Header()["Vary"])
		}
		if (w.Header().Get("WWW-Authenticate") != "") != (c.status == 401) {
			t.Errorf("%s: WWW-Authenticate %q", c.reason, w.Header().Get("WWW-Authenticate"))
		}
	}
}

// TestRequireWithoutAnswer: what cannot be found out is a 503, and a mistake in
// the program a 500; never "log in".
func TestRequireWithoutAnswer(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	login := s.login("2")
	users.fail = fmt.Errorf("down: %w", djsession.ErrUnavailable)
	if w := s.get(t, s.auth.RequireUser(whoPage), "/", browser, login); w.Code != 503 {
		t.Errorf("users: status %d", w.Code)
	}
	w := httptest.NewRecorder()
	s.auth.RequireUser(whoPage).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 {
		t.Errorf("no manager: status %d", w.Code)
	}
	if _, err := auth.FromRequest(httptest.NewRequest("GET", "/", nil)); err != auth.ErrNoAuth {
		t.Errorf("no auth: got %v", err)
	}
	if u := auth.UserFromContext(t.Context()); u != nil {
		t.Errorf("no auth: got %v", u)
	}
}

func TestDeny(t *testing.T) {
	var got error
	s := newSite(someUsers(), &auth.Options{Deny: func(w http.ResponseWriter, _ *http.Request, err error) {
		got = err
		w.WriteHeader(http.StatusTeapot)
	}})
	for session, want := range map[string]error{"": auth.ReasonNoLogin, s.login("3"): auth.ReasonInactive, s.login("2"): auth.ErrForbidden} {
		w := s.get(t, s.auth.RequirePermission(whoPage, "a.b"), "/", browser, session)
		if w.Code != http.StatusTeapot || !errors.Is(got, want) {
			t.Errorf("got %v, status %d; want %v", got, w.Code, want)
		}
	}
}

// TestOneQueryPerRequest however often somebody asks, and in whichever way.
func TestOneQueryPerRequest(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	asks := func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			u, err := auth.FromRequest(r)
			u2, err2 := s.auth.User(r.Context(), session)
			if err != nil || err2 != nil || u != u2 || u != auth.UserFromContext(r.Context()) {
				t.Errorf("got %v, %v; %v, %v", u, err, u2, err2)
			}
		}
	}
	s.get(t, s.auth.Handler(s.auth.RequireUser(s.auth.RequirePermission(http.HandlerFunc(asks)))), "/", "", s.login("2"))
	if users.finds != 1 {
		t.Errorf("%d queries", users.finds)
	}
	users.finds = 0
	s.get(t, s.auth.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var wait sync.WaitGroup
		for range 8 { // as by the parts of a page
			wait.Go(func() {
				if u, err := auth.FromRequest(r); err != nil || u.ID != "2" {
					t.Errorf("at once: got %v, %v", u, err)
				}
			})
		}
		wait.Wait()
	})), "/", "", s.login("2"))
	if users.finds != 1 {
		t.Errorf("%d queries at once", users.finds)
	}
	users.finds = 0
	s.get(t, s.auth.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), "/", "", s.login("2"))
	if users.finds != 0 {
		t.Errorf("%d queries though nobody asked", users.finds)
	}
	s.get(t, s.auth.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 3 {
			if _, err := auth.FromRequest(r); err != auth.ReasonNoSuchUser {
				t.Errorf("got %v", err)
			}
		}
	})), "/", "", strings.Replace(s.login("2"), `"2"`, `"99"`, 1))
	if users.finds != 1 {
		t.Errorf("%d queries for nobody", users.finds)
	}
}

// TestOutageIsNotRemembered: who asks again in the same request gets the
// answer.
func TestOutageIsNotRemembered(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	s.get(t, s.auth.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		users.fail = djsession.ErrUnavailable
		if u, err := auth.FromRequest(r); u != nil || !errors.Is(err, djsession.ErrUnavailable) || auth.UserFromContext(r.Context()) != nil {
			t.Errorf("got %v, %v", u, err)
		}
		users.fail = nil
		if u, err := auth.FromRequest(r); err != nil || u.ID != "2" {
			t.Errorf("afterwards: got %v, %v", u, err)
		}
	})), "/", "", s.login("2"))
}

// TestLoginWithinARequest is known at once, as is a logout; another session's
// user is not mixed in.
func TestLoginWithinARequest(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	alice := users.users["1"]
	other := s.session(t, s.login("1"))
	s.get(t, s.auth.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := auth.FromRequest(r); err != auth.ReasonNoLogin {
			t.Errorf("before: got %v", err)
		}
		if u, err := s.auth.User(r.Context(), other); err != nil || u.ID != "1" || auth.UserFromContext(r.Context()) != nil {
			t.Errorf("another session: got %v, %v", u, err)
		}
		if err := s.auth.Login(r.Context(), session, &alice); err != nil {
			t.Fatal(err)
		}
		if u, err := auth.FromRequest(r); err != nil || u != &alice || auth.UserFromContext(r.Context()) != &alice {
			t.Errorf("after the login: got %v, %v", u, err)
		}
		if err := s.auth.Logout(r.Context(), session); err != nil {
			t.Fatal(err)
		}
		if _, err := auth.FromRequest(r); err != auth.ReasonNoLogin || auth.UserFromContext(r.Context()) != nil {
			t.Errorf("after the logout: got %v", err)
		}
	})), "/", "", "")
}

// TestTwoManagers has the login in the sessions of the outer one.
func TestTwoManagers(t *testing.T) {
	s := newSite(someUsers(), nil)
	login := auth.New(s.users, secret, &auth.Options{Sessions: s.sessions})
	inner := djsession.NewManager(memstore.New(nil), &djsession.Options{CookieName: "other"})
	if w := s.get(t, inner.Handler(login.RequireUser(whoPage)), "/", "", s.login("2")); w.Body.String() != "bob" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w := s.get(t, inner.Handler(s.auth.RequireUser(whoPage)), "/", "", s.login("2")); w.Code != http.StatusUnauthorized {
		t.Errorf("in the inner one: got %d %s", w.Code, w.Body)
	}
}

func TestLoginURL(t *testing.T) {
	for _, c := range []struct{ loginURL, target, want string }{
		{"", "/", "/accounts/login/?next=/"},
		{"", "//evil.example/x", "/accounts/login/?next=/%252Fevil.example/x"},
		{"/in?a=1&next=/old", "/b?c=d e", "/in?a=1&next=/b%3Fc%3Dd%2520e"},
		{"https://id.example/in", "/b", "https://id.example/in?next=http%3A//example.com/b"},
		{"http://example.com/in", "/b", "http://example.com/in?next=/b"},
		{"https://example.com/in", "/b", "https://example.com/in?next=http%3A//example.com/b"},
		{"//example.com/in", "/b", "//example.com/in?next=/b"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RequestURI = strings.ReplaceAll(c.target, " ", "%20")
		if got := newSite(someUsers(), &auth.Options{LoginURL: c.loginURL}).auth.LoginURL(r); got != c.want {
			t.Errorf("%s from %s: got %s, want %s", c.loginURL, c.target, got, c.want)
		}
	}
	r := httptest.NewRequest("GET", "/b", nil)
	for want, allowed := range map[string][]string{
		"https://id.example/in?next=/b":                           {"other.example"},
		"https://id.example/in?next=http%3A//evil.example%3A81/b": {"other.example", "evil.example"},
	} {
		r.Host = "evil.example:81"
		a := newSite(someUsers(), &auth.Options{LoginURL: "https://id.example/in", AllowedHosts: allowed}).auth
		if got := a.LoginURL(r); got != want {
			t.Errorf("hosts %v: got %s, want %s", allowed, got, want)
		}
	}
	r.Host = "example.com"
	r.TLS = new(tls.ConnectionState)
	if got := newSite(someUsers(), &auth.Options{LoginURL: "https://example.com/in"}).auth.LoginURL(r); got != "https://example.com/in?next=/b" {
		t.Errorf("got %s", got)
	}
}
