package auth_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// TestAccept has the site's own rules asked at each request and at a login by
// password, and their failure told from their refusal.
func TestAccept(t *testing.T) {
	down := fmt.Errorf("the directory is down: %w", djsession.ErrUnavailable)
	for _, c := range []struct {
		reason string
		accept error
		user   error // what User answers
		login  error // what Authenticate answers
	}{
		{"yes", nil, nil, nil},
		{"no", auth.ReasonRefused, auth.ReasonRefused, auth.ErrInvalidLogin},
		{"no, as if inactive", auth.ReasonInactive, auth.ReasonInactive, auth.ErrInvalidLogin},
		{"no, in the site's words", fmt.Errorf("locked: %w", auth.ReasonRefused), auth.ReasonRefused, auth.ErrInvalidLogin},
		{"an outage", down, djsession.ErrUnavailable, djsession.ErrUnavailable},
	} {
		t.Run(c.reason, func(t *testing.T) {
			asked := ""
			accept := func(_ context.Context, u *auth.User) error {
				asked += u.Username + " by " + u.Backend + "\n"
				return c.accept
			}
			s := newSite(someUsers(), &auth.Options{Passwords: &plainPasswords{}, Accept: accept})
			session := s.session(t, s.login("1"))
			key := session.Key()
			u, err := s.auth.User(t.Context(), session)
			if !errors.Is(err, c.user) || (u == nil) != (c.user != nil) {
				t.Errorf("User: got %v, %v; want %v", u, err, c.user)
			}
			if !s.stored(t, key) || session.Modified() {
				t.Error("the session was changed")
			}
			u, err = s.auth.Authenticate(t.Context(), "alice", "alice's")
			if !errors.Is(err, c.login) || (u == nil) != (c.login != nil) {
				t.Errorf("Authenticate: got %v, %v; want %v", u, err, c.login)
			}
			if want := strings.Repeat("alice by "+auth.ModelBackend+"\n", 2); asked != want {
				t.Errorf("asked for %q, want %q", asked, want)
			}
		})
	}
}

// TestAcceptIsNotAskedForNothing: not before the backend's own rules, nor for a
// wrong password, whose time must tell nothing of the user.
func TestAcceptIsNotAskedForNothing(t *testing.T) {
	s := newSite(someUsers(), &auth.Options{Passwords: &plainPasswords{}, Accept: func(_ context.Context, u *auth.User) error {
		t.Errorf("asked for %s", u.Username)
		return nil
	}})
	for _, id := range []string{"3", "99"} {
		if _, err := s.auth.User(t.Context(), s.session(t, s.login(id))); !errors.Is(err, auth.ErrNotLoggedIn) {
			t.Errorf("user %s: got %v", id, err)
		}
	}
	for name, password := range map[string]string{"alice": "wrong", "dave": "dave's", "nobody": "x"} {
		if _, err := s.auth.Authenticate(t.Context(), name, password); err != auth.ErrInvalidLogin {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestOneFormOfIDs has a UUID in the forms that a user finder, a session and a
// caller may give it, which are one user.
func TestOneFormOfIDs(t *testing.T) {
	const uuid = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
	forms := []string{uuid, strings.ReplaceAll(uuid, "-", ""), strings.ToUpper(uuid), "{" + uuid + "}", "urn:uuid:" + uuid}
	ann := auth.User{ID: forms[1], Username: "ann", Password: "p", IsActive: true}
	s := newSite(&fakeUsers{pk: auth.PKUUID, users: map[string]auth.User{uuid: ann}}, nil)
	hash := s.auth.SessionHash(&ann)
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			asked := ann
			asked.ID = form
			held := func(hash string) string {
				return fmt.Sprintf(`{"cart":1,"_auth_user_id":%q,"_auth_user_backend":%q,"_auth_user_hash":%q}`,
					form, auth.ModelBackend, hash)
			}
			session := s.session(t, held(hash))
			if u, err := s.auth.User(t.Context(), session); err != nil || u.Username != "ann" {
				t.Errorf("got %v, %v", u, err)
			}
			if err := s.auth.Login(t.Context(), session, &asked); err != nil || !session.Has("cart") {
				t.Errorf("the same user again: got %v, %s", err, text(t, session))
			}
			if id, _ := session.Text("_auth_user_id"); id != uuid {
				t.Errorf("Login wrote %s, want %s", id, uuid)
			}
			other := s.session(t, held("old"))
			if err := s.auth.UpdateSessionAuthHash(t.Context(), other, &ann); err != nil {
				t.Fatal(err)
			}
			if got, _ := other.Text("_auth_user_hash"); got != hash {
				t.Errorf("UpdateSessionAuthHash took it for another user's: %q", got)
			}
			s.session(t, fmt.Sprintf(`{"_auth_user_id":%q}`, forms[1]))
			s.session(t, fmt.Sprintf(`{"_auth_user_id":%q}`, forms[2]))
			if n, err := s.auth.LogoutEverywhere(t.Context(), s.store, form, ""); n < 2 || err != nil {
				t.Errorf("ended %d sessions, %v", n, err)
			}
			for rec, err := range s.auth.SessionsOf(t.Context(), s.store, uuid) {
				t.Errorf("%v is left, %v", rec, err)
			}
		})
	}
	if err := s.auth.Login(t.Context(), s.sessions.New(), &auth.User{ID: "42"}); err == nil {
		t.Error("a user whose id is no UUID was logged in")
	}
	if n, err := s.auth.LogoutEverywhere(t.Context(), s.store, "ann", ""); n != 0 || err == nil {
		t.Errorf("a name in place of an id: ended %d sessions, %v; want an error", n, err)
	}
}
