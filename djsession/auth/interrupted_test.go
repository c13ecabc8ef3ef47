package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// TestLogoutIsNotUndone deletes a session, as a logout in another tab does,
// while a request that has read it is about to give it another key.
func TestLogoutIsNotUndone(t *testing.T) {
	for _, row := range []struct {
		reason, session string // empty: alice's login
		secret          string
		change          func(a *auth.Auth, ctx context.Context, s *djsession.Session, u *auth.User) error
		want            error
	}{
		{"Login of an anonymous session", `{"cart":1}`, secret, (*auth.Auth).Login, djsession.ErrInterrupted},
		{"UpdateSessionAuthHash", "", secret, (*auth.Auth).UpdateSessionAuthHash, djsession.ErrInterrupted},
		{"rotation in User, which answers as for the session that was read", "", "the next key",
			func(a *auth.Auth, ctx context.Context, s *djsession.Session, _ *auth.User) error {
				_, err := a.User(ctx, s)
				return err
			}, nil},
	} {
		t.Run(row.reason, func(t *testing.T) {
			users := someUsers()
			s := newSite(users, nil)
			if row.session == "" {
				row.session = s.login("1")
			}
			session := s.session(t, row.session)
			if err := s.store.Delete(t.Context(), session.Key()); err != nil {
				t.Fatal(err)
			}
			alice := users.users["1"]
			a := auth.New(users, row.secret, &auth.Options{Fallbacks: []string{secret}})
			if err := row.change(a, t.Context(), session, &alice); !errors.Is(err, row.want) {
				t.Errorf("got error %v, want %v", err, row.want)
			}
			if n := s.count(t); n != 0 {
				t.Errorf("%d sessions are stored, want none", n)
			}
		})
	}
}

// TestRotationAtOnce: a page asks for several things at once with one cookie
// that was signed with a fallback key. Each is answered, one moves the session,
// and only that one sends a cookie.
func TestRotationAtOnce(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	session := s.session(t, s.login("1"))
	rotated := auth.New(users, "the next key", &auth.Options{Fallbacks: []string{secret}})
	const n = 8
	var read, done sync.WaitGroup
	read.Add(n)
	handler := s.sessions.Handler(rotated.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := djsession.FromRequest(r); err != nil {
			t.Error(err)
		}
		read.Done()
		read.Wait()
		u, err := rotated.User(r.Context(), mustSession(t, r))
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		fmt.Fprint(w, u.Username)
	})))
	responses := make([]*httptest.ResponseRecorder, n)
	for i := range n {
		responses[i] = httptest.NewRecorder()
		done.Go(func() {
			r := httptest.NewRequest("GET", "/", nil)
			r.AddCookie(&http.Cookie{Name: "sessionid", Value: session.Key()})
			handler.ServeHTTP(responses[i], r)
		})
	}
	done.Wait()
	cookies := 0
	for _, w := range responses {
		if w.Code != http.StatusOK {
			t.Errorf("got status %d %q, want 200", w.Code, w.Body)
		}
		cookies += len(w.Result().Cookies())
	}
	if left := s.count(t); cookies != 1 || left != 1 || s.stored(t, session.Key()) {
		t.Errorf("%d cookies were sent, %d sessions are stored, want 1 and 1", cookies, left)
	}
}

func mustSession(t *testing.T, r *http.Request) *djsession.Session {
	s, err := djsession.FromRequest(r)
	if err != nil {
		t.Error(err)
	}
	return s
}

func (s *site) count(t *testing.T) (n int) {
	t.Helper()
	for _, err := range s.store.List(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}
