package auth_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/signing"
)

func TestLogin(t *testing.T) {
	at := time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
	loginOf := func(id string) string { return newSite(someUsers(), nil).login(id) }
	with := func(login, more string) string { return strings.TrimSuffix(login, "}") + "," + more + "}" }
	for _, c := range []struct {
		reason, before string // "" is no session at all
		id             string
		opts           auth.Options
		want           string
		sameKey        bool
	}{
		{reason: "without a session", id: "1", want: loginOf("1")},
		{reason: "an anonymous cart is kept, and comes first", before: `{"cart":[1.0]}`, id: "1", want: `{"cart":[1.0],` + loginOf("1")[1:]},
		{reason: "the same user again", before: with(loginOf("1"), `"cart":1`), id: "1", want: with(loginOf("1"), `"cart":1`), sameKey: true},
		{reason: "another user gets nothing of the first", before: with(loginOf("2"), `"cart":1`), id: "1", want: loginOf("1")},
		{reason: "another user with the same password column", before: with(loginOf("5"), `"cart":1`), id: "1", want: loginOf("1")},
		{reason: "from before a change of the password", before: strings.Replace(with(loginOf("1"), `"cart":1`), `hash":"`, `hash":"0`, 1), id: "1",
			want: loginOf("1")},
		{reason: "half a login is no anonymous session", before: `{"_auth_user_id":"1","cart":1}`, id: "1", want: loginOf("1")},
		{reason: "an id that cannot be one", before: `{"_auth_user_id":[],"cart":1}`, id: "1", want: loginOf("1")},
		{reason: "a forged backend is replaced", before: strings.Replace(loginOf("1"), "backends.Mod", "backends.Other", 1), id: "1", want: loginOf("1"), sameKey: true},
		{reason: "the backend of the site", id: "1", opts: auth.Options{Backends: []string{"my.Backend", "other.Backend"}},
			want: strings.Replace(loginOf("1"), auth.ModelBackend, "my.Backend", 1)},
		{reason: "ModelBackend if it is among them", id: "1", opts: auth.Options{Backends: []string{"my.Backend", auth.ModelBackend}}, want: loginOf("1")},
		{reason: "a CSRF secret in the session is changed", before: `{"_csrftoken":"` + csrf.NewSecret() + `"}`, id: "1",
			want: `{"_csrftoken":"<32>",` + loginOf("1")[1:]},
		{reason: "a masked one, of Django up to 4.0, which reads no other", before: `{"_csrftoken":"` + strings.Repeat("ab", 32) + `"}`, id: "1",
			want: `{"_csrftoken":"<64>",` + loginOf("1")[1:]},
		{reason: "rubbish for a secret", before: `{"_csrftoken":[]}`, id: "1", want: `{"_csrftoken":"<64>",` + loginOf("1")[1:]},
		{reason: "also when the session is another user's", before: with(loginOf("2"), `"_csrftoken":"old"`), id: "1", want: with(loginOf("1"), `"_csrftoken":"<64>"`)},
		{reason: "CSRF_USE_SESSIONS", id: "1", opts: auth.Options{CSRFUseSessions: true}, want: with(loginOf("1"), `"_csrftoken":"<64>"`)},
	} {
		t.Run(c.reason, func(t *testing.T) {
			c.opts.Now = func() time.Time { return at }
			users := someUsers()
			s := newSite(users, &c.opts)
			session := s.sessions.New()
			if c.before != "" {
				session = s.session(t, c.before)
			}
			old := session.Key()
			u := users.users[c.id]
			if err := s.auth.Login(t.Context(), session, &u); err != nil {
				t.Fatal(err)
			}
			if old != "" && (session.Key() == old) != c.sameKey || s.stored(t, old) != c.sameKey || !session.Modified() {
				t.Errorf("same key: %v, modified: %v", session.Key() == old, session.Modified())
			}
			got := text(t, session)
			if secret, ok := session.Text("_csrftoken"); ok && regexp.MustCompile(`^[A-Za-z0-9]{32,64}$`).MatchString(secret) && !strings.Contains(c.before, secret) {
				got = strings.Replace(got, secret, fmt.Sprintf("<%d>", len(secret)), 1)
			}
			if got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
			if fmt.Sprint(users.logins) != "[1 2026-11-23T20:17:27Z]" || !u.LastLogin.Equal(at) {
				t.Errorf("logins %v, last %v", users.logins, u.LastLogin)
			}
			if err := session.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
			if found, err := s.auth.User(t.Context(), session); err != nil || found.ID != "1" || session.Modified() {
				t.Errorf("then it is %v, %v", found, err)
			}
		})
	}
}

// TestLoginFails has the session stay as it is when the database is down.
func TestLoginFails(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	session := s.session(t, `{"cart":1}`)
	key := session.Key()
	alice := users.users["1"]
	users.fail = djsession.ErrUnavailable
	if err := s.auth.Login(t.Context(), session, &alice); !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if session.Key() != key || session.Modified() || text(t, session) != `{"cart":1}` {
		t.Errorf("the session is now %s", text(t, session))
	}
	if err := auth.New(users, "", nil).Login(t.Context(), session, &alice); !errors.Is(err, signing.ErrNoKey) {
		t.Errorf("without a key: got %v", err)
	}
	s = newSite(users, &auth.Options{KeepLastLogin: true})
	m := djsession.NewManager(s.store, &djsession.Options{ReadOnly: true})
	if err := s.auth.Login(t.Context(), s.open(t, m, `{}`), &alice); !errors.Is(err, djsession.ErrReadOnly) {
		t.Errorf("read-only: got %v", err)
	}
}

func TestLogout(t *testing.T) {
	for _, before := range []string{`{"cart":1}`, newSite(someUsers(), nil).login("1"), `{"_auth_user_id":"1"}`} {
		s := newSite(someUsers(), nil)
		session := s.session(t, before)
		key := session.Key()
		if err := s.auth.Logout(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		if s.stored(t, key) || !session.IsEmpty() {
			t.Errorf("%s: the session is still there", before)
		}
		if _, err := s.auth.User(t.Context(), session); err != auth.ReasonNoLogin {
			t.Errorf("%s: got %v", before, err)
		}
	}
}

// TestPasswordChange keeps the session in which it happened, and ends the
// others.
func TestPasswordChange(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	here, elsewhere, anothers := s.session(t, s.login("1")), s.session(t, s.login("1")), s.session(t, s.login("2"))
	old := here.Key()
	alice := users.users["1"]
	alice.Password = "new$changed"
	users.users["1"] = alice
	for _, session := range []*djsession.Session{here, anothers} {
		if err := s.auth.UpdateSessionAuthHash(t.Context(), session, &alice); err != nil {
			t.Fatal(err)
		}
	}
	if u, err := s.auth.User(t.Context(), here); err != nil || u.ID != "1" || here.Key() == old || s.stored(t, old) {
		t.Errorf("here: got %v, %v", u, err)
	}
	if _, err := s.auth.User(t.Context(), elsewhere); err != auth.ReasonHashWrong {
		t.Errorf("elsewhere: got %v", err)
	}
	if u, err := s.auth.User(t.Context(), anothers); err != nil || u.ID != "2" {
		t.Errorf("another user's: got %v, %v", u, err)
	}
}

// TestRotation logs in under one key and is found under the next, over HTTP:
// the browser must learn the new session key.
func TestRotation(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	session := s.session(t, strings.TrimSuffix(s.login("1"), "}")+`,"cart":1}`)
	rotated := auth.New(users, "the next key", &auth.Options{Fallbacks: []string{"", "unused", secret}})
	serve := func(key string) *http.Response {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: key})
		w := httptest.NewRecorder()
		s.sessions.Handler(rotated.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, auth.UserFromContext(r.Context()).Username)
		}))).ServeHTTP(w, r)
		return w.Result()
	}
	response := serve(session.Key())
	cookies := response.Cookies()
	if response.StatusCode != 200 || len(cookies) != 1 || cookies[0].Value == session.Key() || s.stored(t, session.Key()) {
		t.Fatalf("status %d, cookies %v", response.StatusCode, cookies)
	}
	rec, err := s.store.Load(t.Context(), cookies[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	alice := users.users["1"]
	if hash, _ := rec.Data.Text("_auth_user_hash"); hash != rotated.SessionHash(&alice) || !rec.Data.Has("cart") {
		t.Errorf("the hash is %s", hash)
	}
	if response = serve(cookies[0].Value); response.StatusCode != 200 || len(response.Cookies()) != 0 {
		t.Errorf("again: status %d, cookies %v", response.StatusCode, response.Cookies())
	}
	forged := auth.New(users, "", nil).SessionHash(&alice) // as anybody can make it who knows the password column
	for _, login := range []string{s.login("1"), strings.Replace(s.login("1"), s.auth.SessionHash(&alice), forged, 1)} {
		if _, err := auth.New(users, "the next key", &auth.Options{Fallbacks: []string{""}}).User(t.Context(), s.session(t, login)); err != auth.ReasonHashWrong {
			t.Errorf("without the fallback: got %v", err)
		}
	}
}

// Whoever asks after the first byte, when a new key can no longer be sent, is
// told all the same who it is, and the session stays.
func TestRotationTooLate(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	session := s.session(t, s.login("1"))
	rotated := auth.New(users, "the next key", &auth.Options{Fallbacks: []string{secret}})
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: session.Key()})
	w := httptest.NewRecorder()
	s.sessions.Handler(rotated.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "Hello, ")
		if u, err := auth.FromRequest(r); err != nil || u.ID != "1" {
			t.Errorf("got %v, %v", u, err)
		}
	}))).ServeHTTP(w, r)
	if !s.stored(t, session.Key()) || len(w.Result().Cookies()) != 0 {
		t.Errorf("stored %v, cookies %v", s.stored(t, session.Key()), w.Result().Cookies())
	}
}

// After the first byte nobody can be logged in, which Login says, whatever the
// session held, and leaves all as it is.
func TestLoginTooLate(t *testing.T) {
	for _, c := range []struct {
		reason, before string
		want           error
	}{
		{"anonymous", `{"cart":1}`, djsession.ErrResponseStarted},
		{"another user", newSite(someUsers(), nil).login("2"), djsession.ErrResponseStarted},
		{"the same user", newSite(someUsers(), nil).login("1"), nil},
	} {
		users := someUsers()
		s := newSite(users, nil)
		session := s.session(t, c.before)
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: session.Key()})
		s.sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			session, err := djsession.FromRequest(r)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(w, "Hello")
			alice := users.users["1"]
			if err := s.auth.Login(r.Context(), session, &alice); err != c.want {
				t.Errorf("%s: got %v", c.reason, err)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
		rec, err := s.store.Load(t.Context(), session.Key())
		if err != nil {
			t.Errorf("%s: %v", c.reason, err)
			continue
		}
		if got, _ := djsession.JSON.Dumps(nil, rec.Data); string(got) != c.before || c.want != nil && len(users.logins) > 0 {
			t.Errorf("%s: stored %s, logins %v", c.reason, got, users.logins)
		}
	}
}

// TestLoginChangesTheCSRFCookie: a form from before a login is refused after
// it.
func TestLoginChangesTheCSRFCookie(t *testing.T) {
	s := newSite(someUsers(), nil)
	old := csrf.NewSecret()
	alice := s.users.users["1"]
	h := s.sessions.Handler(csrf.New(nil).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.auth.Login(r.Context(), session, &alice); err != nil {
			t.Fatal(err)
		}
	})))
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("X-CSRFToken", old)
	r.AddCookie(&http.Cookie{Name: "csrftoken", Value: old})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	now := ""
	for _, c := range w.Result().Cookies() {
		if c.Name == "csrftoken" {
			now = c.Value
		}
	}
	if len(now) != len(old) || now == old {
		t.Errorf("status %d, the cookie is %q and was %q", w.Code, now, old)
	}
}
