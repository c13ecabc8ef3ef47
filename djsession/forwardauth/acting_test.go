package forwardauth_test

import (
	"testing"

	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// TestImpersonation has alice act as bob with django-impersonate, which leaves
// her login as it is and keeps bob's id next to it.
func TestImpersonation(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Endpoints: map[string]forwardauth.Rule{
		"/auth": forwardauth.LoggedIn, "/auth/staff": forwardauth.Staff}})
	s.store.login.Store(true)
	session, user := s.sessions.New(), s.users.byID["42"]
	if err := s.login.Login(t.Context(), session, &user); err != nil {
		t.Fatal(err)
	}
	session.Set("_impersonate", "43")
	if err := session.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.store.login.Store(false)
	for _, endpoint := range []string{"/auth", "/auth/staff"} {
		w := answerTo(h, with(asks(forwardauth.XForwarded, endpoint), "Cookie", cookie(session.Key())))
		if got := w.Header().Get("X-Auth-Request-Preferred-Username"); w.Code != 200 || got != "alice" {
			t.Errorf("%s: got %d for %q, want 200 for alice, who is logged in", endpoint, w.Code, got)
		}
	}
}
