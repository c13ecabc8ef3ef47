package auth_test

import (
	"bytes"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/signing"
)

// plainHash is a session auth hash that no salted_hmac makes.
func plainHash(secretKey string) func(u *auth.User) string {
	return func(u *auth.User) string { return "v1:" + u.ID + ":" + secretKey[:1] + string(u.Password) }
}

// unproven returns logins whose settings nobody vouches for, and their log.
func unproven(users auth.UserFinder, opts auth.Options) (*auth.Auth, *bytes.Buffer) {
	log := new(bytes.Buffer)
	opts.Logger = slog.New(slog.NewTextHandler(log, nil))
	return auth.New(users, secret, &opts), log
}

// TestNoFlushWithoutProof: a service whose settings compute other hashes than
// the site does refuses its logins, warns once, and logs nobody out.
func TestNoFlushWithoutProof(t *testing.T) {
	for _, c := range []struct {
		reason string
		site   auth.Options // what the Django site computes
		want   error
		advice string
	}{
		{"the model overrides the hash, with SHA-1 as salted_hmac does",
			auth.Options{HashSalt: "people.User", Algorithm: signing.SHA1}, auth.ReasonHashForeign, "overrides get_session_auth_hash"},
		{"the model overrides its input",
			auth.Options{HashInput: func(u *auth.User) string { return string(u.Password) + "token" }}, auth.ReasonHashWrong, "check the secret key"},
		{"the model has no hash", auth.Options{NoSessionHash: true}, auth.ReasonHashMissing, "NoSessionHash"},
		{"an old Django", auth.Options{Algorithm: signing.SHA1}, auth.ReasonHashForeign, "signing.SHA1"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			users := someUsers()
			django := newSite(users, &c.site)
			service, log := unproven(users, auth.Options{})
			for range 3 {
				session := django.session(t, django.login("1"))
				key, before := session.Key(), text(t, session)
				if u, err := service.User(t.Context(), session); u != nil || err != c.want {
					t.Errorf("got %v, %v; want %v", u, err, c.want)
				}
				if session.Key() != key || session.Modified() || text(t, session) != before || !django.stored(t, key) {
					t.Errorf("the session was changed to %s", text(t, session))
				}
			}
			if n := strings.Count(log.String(), "WARN"); n != 1 || !strings.Contains(log.String(), c.advice) {
				t.Errorf("got %d warnings, want 1 with %q: %s", n, c.advice, log)
			}
			alice := users.users["1"]
			if hash := django.auth.SessionHash(&alice); hash != "" && strings.Contains(log.String(), hash) {
				t.Errorf("the warning shows a hash: %s", log)
			}
		})
	}
}

// TestProof has what proves that the settings compute the site's hashes, after
// which a wrong one is flushed, as in Django.
func TestProof(t *testing.T) {
	for _, c := range []struct {
		reason string
		opts   auth.Options
		before func(t *testing.T, django *site, service *auth.Auth)
		proven bool
	}{
		{"nothing", auth.Options{}, func(*testing.T, *site, *auth.Auth) {}, false},
		{"an option", auth.Options{HashesProven: true}, func(*testing.T, *site, *auth.Auth) {}, true},
		{"a login of Django's", auth.Options{}, visit("2"), true},
		{"one under a fallback key", auth.Options{Fallbacks: []string{"older"}}, func(t *testing.T, django *site, service *auth.Auth) {
			older := *django
			older.auth = auth.New(django.users, "older", nil)
			visit("2")(t, &older, service)
		}, true},
		{"a login that the service wrote", auth.Options{}, func(t *testing.T, django *site, service *auth.Auth) {
			session, bob := django.sessions.New(), django.users.users["2"]
			if err := service.Login(t.Context(), session, &bob); err != nil {
				t.Fatal(err)
			}
			if _, err := service.User(t.Context(), session); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"a change of the password that it wrote", auth.Options{}, func(t *testing.T, django *site, service *auth.Auth) {
			session := django.session(t, django.login("2"))
			bob := django.users.users["2"]
			if err := service.UpdateSessionAuthHash(t.Context(), session, &bob); err != nil {
				t.Fatal(err)
			}
			if _, err := service.User(t.Context(), session); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"its own login, and then one of Django's", auth.Options{}, func(t *testing.T, django *site, service *auth.Auth) {
			session, bob := django.sessions.New(), django.users.users["2"]
			if err := service.Login(t.Context(), session, &bob); err != nil {
				t.Fatal(err)
			}
			visit("5")(t, django, service)
		}, true},
		{"a login that is refused", auth.Options{}, func(t *testing.T, django *site, service *auth.Auth) {
			if _, err := service.User(t.Context(), django.session(t, django.login("3"))); err != auth.ReasonInactive {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(c.reason, func(t *testing.T) {
			users := someUsers()
			django := newSite(users, nil)
			service, log := unproven(users, c.opts)
			c.before(t, django, service)
			for _, wrong := range []struct {
				session string
				want    auth.Reason
			}{
				{strings.Replace(django.login("1"), `hash"`, `no_hash"`, 1), auth.ReasonHashMissing},
				{strings.Replace(django.login("1"), `"1"`, `"2"`, 1), auth.ReasonHashWrong},
				{strings.Replace(django.login("1"), `hash":"`, `hash":"0`, 1), auth.ReasonHashForeign},
			} {
				session := django.session(t, wrong.session)
				key := session.Key()
				if _, err := service.User(t.Context(), session); err != wrong.want {
					t.Errorf("got %v, want %v", err, wrong.want)
				}
				flushed := c.proven && (wrong.want != auth.ReasonHashForeign || c.opts.HashesProven)
				if django.stored(t, key) == flushed {
					t.Errorf("%v: flushed %v, want %v", wrong.want, !flushed, flushed)
				}
			}
			if warned := log.Len() > 0; warned == c.opts.HashesProven {
				t.Errorf("warned %v: %s", warned, log)
			}
		})
	}
}

// visit opens a session that Django wrote for a user.
func visit(id string) func(*testing.T, *site, *auth.Auth) {
	return func(t *testing.T, django *site, service *auth.Auth) {
		t.Helper()
		if _, err := service.User(t.Context(), django.session(t, django.login(id))); err != nil {
			t.Fatal(err)
		}
	}
}

// TestProofIsBounded: a service that logs in users without end, and never sees
// another's hash, takes no more memory for that, and is sure of nothing.
func TestProofIsBounded(t *testing.T) {
	users := &fakeUsers{users: map[string]auth.User{}}
	django := newSite(users, nil)
	service, _ := unproven(users, auth.Options{KeepLastLogin: true})
	var last *djsession.Session
	for i := range 12_000 {
		id := strconv.Itoa(i + 1)
		u := auth.User{ID: id, Password: "p", IsActive: true}
		users.users[id] = u
		last = django.sessions.New()
		if err := service.Login(t.Context(), last, &u); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := service.User(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	session := django.session(t, strings.Replace(django.login("1"), `hash"`, `no_hash"`, 1))
	if _, err := service.User(t.Context(), session); err != auth.ReasonHashMissing || !django.stored(t, session.Key()) {
		t.Errorf("got %v, stored %v; want the session left alone", err, django.stored(t, session.Key()))
	}
}

// TestOwnSessionHash: the site's function is asked under each key, and its
// empty result is never a right hash.
func TestOwnSessionHash(t *testing.T) {
	users := someUsers()
	s := newSite(users, &auth.Options{SessionHash: plainHash, Fallbacks: []string{"older"}})
	alice := users.users["1"]
	if got, want := s.auth.SessionHash(&alice), "v1:1:anew$alice's"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	older := newSite(users, nil)
	older.auth = auth.New(users, "older", &auth.Options{SessionHash: plainHash})
	session := s.session(t, older.login("1"))
	if _, err := s.auth.User(t.Context(), session); err != nil {
		t.Errorf("under a fallback key: got %v", err)
	}
	if hash, _ := session.Text("_auth_user_hash"); hash != s.auth.SessionHash(&alice) {
		t.Errorf("the hash was not rotated: %s", hash)
	}
	nothing := func(string) func(*auth.User) string { return func(*auth.User) string { return "" } }
	empty := newSite(users, &auth.Options{SessionHash: nothing})
	for _, hash := range []string{`""`, `"x"`} {
		login := `{"_auth_user_id":"1","_auth_user_backend":"` + auth.ModelBackend + `","_auth_user_hash":` + hash + `}`
		if u, err := empty.auth.User(t.Context(), s.session(t, login)); u != nil {
			t.Errorf("an empty hash: got %v, %v", u, err)
		}
	}
}

// TestNoSessionHash has a model whose sessions hold an empty hash, as Django up
// to 6.0 writes it.
func TestNoSessionHash(t *testing.T) {
	users := someUsers()
	s := newSite(users, &auth.Options{NoSessionHash: true})
	session, alice, bob := s.sessions.New(), users.users["1"], users.users["2"]
	session.Set("cart", 1)
	if err := s.auth.Login(t.Context(), session, &alice); err != nil {
		t.Fatal(err)
	}
	if hash, ok := session.Text("_auth_user_hash"); hash != "" || !ok {
		t.Errorf("got %q, %v; want an empty hash", hash, ok)
	}
	session.Set("_auth_user_hash", "another")
	if err := s.auth.Login(t.Context(), session, &alice); err != nil || !session.Has("cart") {
		t.Errorf("the same user again: got %v, %s", err, text(t, session))
	}
	if u, err := s.auth.User(t.Context(), session); err != nil || u.ID != "1" {
		t.Errorf("got %v, %v", u, err)
	}
	if err := s.auth.Login(t.Context(), session, &bob); err != nil || session.Has("cart") {
		t.Errorf("another user: got %v, %s", err, text(t, session))
	}
}
