package forwardauth_test

import (
	"testing"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// TestSessionsStay asks about sessions that a Django, and package auth, would
// flush or give another key: the store of the tests panics at a write.
func TestSessionsStay(t *testing.T) {
	s := newSite(t)
	key := s.as("42")
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded})
	ask := func() int {
		return answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(key))).Code
	}
	if got := ask(); got != 200 {
		t.Fatalf("before: got %d, want 200", got)
	}

	alice := s.users.byID["42"]
	changed := alice
	changed.Password = "changed"
	s.users.byID["42"] = changed
	if got := ask(); got != 401 {
		t.Errorf("after a change of the password: got %d, want 401", got)
	}
	s.users.byID["42"] = alice
	if got := ask(); got != 200 {
		t.Errorf("the session must still be there: got %d, want 200", got)
	}

	s.login = auth.New(s.users, "another key", &auth.Options{Fallbacks: []string{secret}, HashesProven: true})
	h = s.handler(forwardauth.Options{From: forwardauth.XForwarded})
	if got := ask(); got != 200 {
		t.Errorf("under a fallback key: got %d, want 200", got)
	}
}
