package auth_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
)

// TestRecentLogin: only what this session says of this user counts, and only
// for a time.
func TestRecentLogin(t *testing.T) {
	now := time.Date(2026, 11, 23, 20, 17, 27, 500e6, time.UTC)
	users := someUsers()
	users.users["2"] = auth.User{ID: "2", Username: "bob", Password: "old$bob's", IsActive: true, LastLogin: now} // of another session
	s := newSite(users, &auth.Options{Now: func() time.Time { return now }, ReauthenticateURL: "/accounts/reauthenticate/"})
	records := func(user string, at float64) string {
		return fmt.Sprintf(`"account_authentication_methods_user":%q,"account_authentication_methods":[{"method":"password","at":%f},{"method":"password","at":5}]`, user, at)
	}
	seconds := float64(now.UnixMicro()) / 1e6
	tests := []struct {
		reason, json string
		recent       bool
	}{
		{"a login that the session says nothing of", s.login("2"), false},
		{"just now", with(s.login("2"), records("2", seconds)), true},
		{"long enough", with(s.login("2"), records("2", seconds-299)), true},
		{"too long ago", with(s.login("2"), records("2", seconds-301)), false},
		{"a clock that is a bit ahead", with(s.login("2"), records("2", seconds+30)), true},
		{"a time that is to come", with(s.login("2"), records("2", seconds+3600)), false},
		{"another user's", with(s.login("2"), records("1", seconds)), false},
		{"a time beyond all times", with(s.login("2"), records("2", 1e300)), false},
		{"no number", with(s.login("2"), `"account_authentication_methods_user":"2","account_authentication_methods":[{"method":"password","at":"now"}]`), false},
	}
	wrap := func(next http.Handler) http.Handler { return s.auth.RequireRecentLogin(next, 5*time.Minute) }
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			status, location, _ := s.visit(t, wrap, test.json, "text/html")
			if got := status == 200; got != test.recent || !got && !strings.HasPrefix(location, "/accounts/reauthenticate/?next=") {
				t.Errorf("got %d, %q, want recent %v", status, location, test.recent)
			}
		})
	}
}

// TestRecordLogins: a login and a password typed once more leave what allauth
// leaves, and forget what another user left.
func TestRecordLogins(t *testing.T) {
	now := time.Date(2026, 11, 23, 20, 17, 27, 500e6, time.UTC)
	users := someUsers()
	s := newSite(users, &auth.Options{Now: func() time.Time { return now }, RecordLogins: true})
	alice, bob := users.users["1"], users.users["2"]

	session := s.session(t, "{"+bobsMFA+"}")
	if err := s.auth.Login(t.Context(), session, &alice); err != nil {
		t.Fatal(err)
	}
	if ok, err := s.auth.IsVerified(t.Context(), session, &alice); ok || err != nil {
		t.Errorf("verified by what bob has left: %v, %v", ok, err)
	}
	if at, ok := s.auth.AuthenticatedAt(session, &alice); !ok || !at.Equal(now) {
		t.Errorf("got %v, %v", at, ok)
	}
	now = now.Add(time.Hour)
	if err := s.auth.Reauthenticated(session, &bob); !errors.Is(err, auth.ErrOtherUser) {
		t.Errorf("another user: %v", err)
	}
	if err := s.auth.Reauthenticated(session, &alice); err != nil {
		t.Fatal(err)
	}
	if at, ok := s.auth.AuthenticatedAt(session, &alice); !ok || !at.Equal(now) {
		t.Errorf("got %v, %v", at, ok)
	}
	const want = `"account_authentication_methods_user":"1","account_authentication_methods":[{"method":"password","at":1795465047.5},` +
		`{"method":"password","at":1795468647.5,"reauthenticated":true}]`
	if got := text(t, session); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}

	// What allauth has written stays as it is.
	session = s.session(t, with(s.login("2"), bobsMFA))
	if err := s.auth.Reauthenticated(session, &bob); err != nil {
		t.Fatal(err)
	}
	if got := text(t, session); !strings.Contains(got, `{"method":"mfa","at":2.5,"type":"totp","id":1},{"method":"password","at":`) {
		t.Errorf("got %s", got)
	}
}
