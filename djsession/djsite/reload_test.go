package djsite_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/djsite"
)

// ann is a site's only user.
type ann struct{}

func (ann) PK() auth.PK { return auth.PKInt }

func (ann) UserByID(context.Context, string) (*auth.User, error) {
	return &auth.User{ID: "1", Username: "ann", Password: "pbkdf2_sha256$1$salt$hash", IsActive: true}, nil
}

// filesSite is a site with sessions in files, and those of its keys.
func filesSite(dir, key string, fallbacks ...string) *djsite.Site {
	return &djsite.Site{
		SecretKey: key, SecretKeyFallbacks: fallbacks, DjangoVersion: "5.2",
		Session: djsite.Session{Engine: djangoBackends + "file", FilePath: dir},
	}
}

func open(t *testing.T, site *djsite.Site) *djsite.App {
	t.Helper()
	app, err := site.Open(djsite.Connections{}, &djsite.Options{
		UserFinder: ann{},
		Logins:     func(o *auth.Options) { o.HashesProven = true },
	})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// login is the cookie of a session that is logged in.
func login(t *testing.T, app *djsite.App) *http.Cookie {
	t.Helper()
	w := serve(app.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err == nil {
			user, _ := app.Users().UserByID(r.Context(), "1")
			err = app.Logins(r.Context()).Login(r.Context(), session, user)
		}
		if err != nil {
			t.Error(err)
		}
	})), nil)
	return w.Result().Cookies()[0]
}

func serve(h http.Handler, cookie *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func who(w http.ResponseWriter, r *http.Request) {
	user, err := auth.FromRequest(r)
	switch {
	case err == nil:
		fmt.Fprint(w, user.Username)
	case errors.Is(err, auth.ErrNotLoggedIn):
		fmt.Fprint(w, "nobody")
	default:
		djsession.Error(w, r, err)
	}
}

// TestReload: after a rotation logins under the old key count if it is a
// fallback, and do not if it is not.
func TestReload(t *testing.T) {
	for _, test := range []struct {
		reason    string
		fallbacks []string
		want      string
		renewed   bool
	}{
		{"the old key is a fallback: the session moves to the new one, as in Django", []string{"old"}, "ann", true},
		{"the old key was given away", nil, "nobody", false},
	} {
		t.Run(test.reason, func(t *testing.T) {
			dir := t.TempDir()
			app := open(t, filesSite(dir, "old"))
			cookie := login(t, app)
			h := app.Handler(http.HandlerFunc(who))
			if got := serve(h, cookie).Body.String(); got != "ann" {
				t.Fatalf("before: got %s, want ann", got)
			}
			if err := app.Reload(filesSite(dir, "new", test.fallbacks...)); err != nil {
				t.Fatal(err)
			}
			w := serve(h, cookie)
			if got := w.Body.String(); got != test.want {
				t.Errorf("after: got %s, want %s", got, test.want)
			}
			cookies := w.Result().Cookies()
			if renewed := len(cookies) > 0 && cookies[0].Value != ""; renewed != test.renewed {
				t.Errorf("got cookies %v, want a new key: %v", cookies, test.renewed)
			}
			if test.renewed {
				if err := app.Reload(filesSite(dir, "new")); err != nil {
					t.Fatal(err)
				}
				if got := serve(h, cookies[0]).Body.String(); got != "ann" {
					t.Errorf("without the fallback: got %s, want ann", got)
				}
			}
		})
	}
}

// TestReloadInTheMiddle has keys change while a request runs: it goes on under
// the old ones, also where it saves and logs in, and the next has the new ones.
func TestReloadInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	app := open(t, filesSite(dir, "old"))
	cookie := login(t, app)
	h := app.Handler(app.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Reload(filesSite(dir, "new")); err != nil {
			t.Error(err)
		}
		user, err := app.Logins(r.Context()).User(r.Context(), session)
		if err != nil {
			t.Errorf("after the reload: %v", err)
			return
		}
		if err := app.Logins(r.Context()).Login(r.Context(), session, user); err != nil {
			t.Error(err)
		}
		session.Set("seen", true)
		fmt.Fprint(w, user.Username)
	})))
	if got := serve(h, cookie).Body.String(); got != "ann" {
		t.Errorf("got %s, want ann", got)
	}
	if got := serve(app.Handler(http.HandlerFunc(who)), cookie).Body.String(); got != "nobody" {
		t.Errorf("the next request: got %s, want nobody: the old key no longer counts", got)
	}
	if err := app.Reload(filesSite(dir, "old")); err != nil {
		t.Fatal(err)
	}
	// What the first request saved is whole, under the old key.
	if got := serve(app.Handler(http.HandlerFunc(who)), cookie).Body.String(); got != "ann" {
		t.Errorf("under the old key again: got %s, want ann", got)
	}
}

// TestReloadWhileServing rotates to and fro under load. No request may see the
// one key in the session and the other in the login: that would end it.
func TestReloadWhileServing(t *testing.T) {
	dir := t.TempDir()
	app := open(t, filesSite(dir, "one", "two"))
	h := app.Handler(http.HandlerFunc(who))
	var wait sync.WaitGroup
	for range 4 {
		cookie := login(t, app)
		wait.Go(func() {
			for range 200 {
				w := serve(h, cookie)
				if got := w.Body.String(); got != "ann" {
					t.Errorf("got %s, want ann", got)
					return
				}
				if cookies := w.Result().Cookies(); len(cookies) > 0 {
					cookie = cookies[0]
				}
			}
		})
	}
	for i := range 200 {
		site := filesSite(dir, "one", "two")
		if i%2 == 0 {
			site = filesSite(dir, "two", "one")
		}
		if err := app.Reload(site); err != nil {
			t.Error(err)
		}
	}
	wait.Wait()
}

// TestReloadRefuses: what is not a key cannot change, and an error leaves all
// as it was.
func TestReloadRefuses(t *testing.T) {
	dir := t.TempDir()
	app := open(t, filesSite(dir, "old"))
	cookie := login(t, app)
	for _, test := range []struct {
		reason string
		change func(s *djsite.Site)
		want   string
	}{
		{"another cookie", func(s *djsite.Site) { s.Session.CookieName = "other" }, "Session"},
		{"another Django", func(s *djsite.Site) { s.DjangoVersion = "6.1" }, "DjangoVersion"},
		{"other users", func(s *djsite.Site) { s.AuthenticationBackends = []string{"a.B"} }, "AuthenticationBackends"},
		{"no key", func(s *djsite.Site) { s.SecretKey = "" }, "SECRET_KEY"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			site := filesSite(dir, "new")
			test.change(site)
			err := app.Reload(site)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that names %s", err, test.want)
			}
			if got := serve(app.Handler(http.HandlerFunc(who)), cookie).Body.String(); got != "ann" {
				t.Errorf("then: got %s, want ann", got)
			}
		})
	}
	t.Run("the same with nothing in place of nil", func(t *testing.T) {
		site := filesSite(dir, "old")
		site.Databases, site.Unsupported = map[string]djsite.Database{}, []string{}
		if err := app.Reload(site); err != nil {
			t.Error(err)
		}
	})
}

// TestSiteIsCopied: what a program does with its Site after Open does not
// matter.
func TestSiteIsCopied(t *testing.T) {
	dir := t.TempDir()
	site := filesSite(dir, "old", "older")
	app := open(t, site)
	cookie := login(t, app)
	site.SecretKey, site.SecretKeyFallbacks[0] = "other", "other"
	if got := serve(app.Handler(http.HandlerFunc(who)), cookie).Body.String(); got != "ann" {
		t.Errorf("got %s, want ann", got)
	}
}
