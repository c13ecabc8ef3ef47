package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// with adds entries to a session's JSON.
func with(login, more string) string { return strings.TrimSuffix(login, "}") + "," + more + "}" }

const bobsMFA = `"account_authentication_methods_user":"2","account_authentication_methods":[{"method":"password","at":1.5},{"method":"mfa","at":2.5,"type":"totp","id":1}]`

// TestIsVerified: what a session must hold for its user to be verified, and by
// whom.
func TestIsVerified(t *testing.T) {
	users := someUsers()
	users.devices = map[string]string{"otp_totp.totpdevice/1": "2", "otp_totp.totpdevice/2": "1"}
	s := newSite(users, nil)
	bob, alice := users.users["2"], users.users["1"]
	tests := []struct {
		reason, json string
		u            *auth.User
		want         bool
	}{
		{"a password alone", s.login("2"), &bob, false},
		{"a device of the user's", with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/1"`), &bob, true},
		{"as old versions wrote it", with(s.login("2"), `"otp_device_id":"django_otp.plugins.otp_totp.models.TOTPDevice/1"`), &bob, true},
		{"another user's device", with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/2"`), &bob, false},
		{"a device that is not there, or not confirmed", with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/3"`), &bob, false},
		{"a device, and no login", `{"otp_device_id":"otp_totp.totpdevice/1"}`, &bob, false},
		{"another user than the session's, with a device", with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/2"`), &alice, false},
		{"no user", with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/1"`), nil, false},
		{"no model", with(s.login("2"), `"otp_device_id":"totpdevice/1"`), &bob, false},
		{"no id", with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/"`), &bob, false},
		{"no text", with(s.login("2"), `"otp_device_id":1`), &bob, false},
		{"empty", with(s.login("2"), `"otp_device_id":""`), &bob, false},

		{"allauth's MFA", with(s.login("2"), bobsMFA), &bob, true},
		{"allauth's MFA of another user, who did not come to the end of the login", with(s.login("1"), bobsMFA), &alice, false},
		{"allauth's MFA, and no login", "{" + bobsMFA + "}", &bob, false},
		{"of an allauth that does not say whose it is", with(s.login("2"), `"account_authentication_methods":[{"method":"mfa","at":2.5}]`), &bob, false},
		{"allauth's password alone", with(s.login("2"), `"account_authentication_methods_user":"2","account_authentication_methods":[{"method":"password","at":1.5}]`), &bob, false},
		{"no list", with(s.login("2"), `"account_authentication_methods_user":"2","account_authentication_methods":{"method":"mfa"}`), &bob, false},
		{"a list of no records", with(s.login("2"), `"account_authentication_methods_user":"2","account_authentication_methods":["mfa",1]`), &bob, false},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			got, err := s.auth.IsVerified(t.Context(), s.session(t, test.json), test.u)
			if got != test.want || err != nil {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}

	users.fail = djsession.ErrUnavailable
	if ok, err := s.auth.IsVerified(t.Context(), s.session(t, with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/1"`)), &bob); ok || !errors.Is(err, users.fail) {
		t.Errorf("a database that is down: %v, %v", ok, err)
	}
	blind := auth.New(&oneUser{bob}, secret, nil)
	if ok, err := blind.IsVerified(t.Context(), s.session(t, with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/1"`)), &bob); ok || err == nil {
		t.Errorf("users without devices: %v, %v", ok, err)
	}
}

// visit sends a browser with a session, and returns the status, where it is
// sent, and the user that the page got.
func (s *site) visit(t *testing.T, wrap func(http.Handler) http.Handler, json, accept string) (status int, location, username string) {
	t.Helper()
	handler := s.sessions.Handler(wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		username = auth.UserFromContext(r.Context()).Username
	})))
	r := httptest.NewRequest("GET", "/account/?a=b", nil)
	r.Header.Set("Accept", accept)
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: s.session(t, json).Key()})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code, w.Header().Get("Location"), username
}

// TestRequireHelpers: whom the handlers let pass, and where they send others.
func TestRequireHelpers(t *testing.T) {
	users := someUsers()
	s := newSite(users, &auth.Options{VerifyURL: "/verify/", Backends: []string{auth.ModelBackend, auth.AllowAllUsersBackend}})
	staff, recent := s.auth.RequireStaff, func(next http.Handler) http.Handler { return s.auth.RequireRecentLogin(next, 60e9) }
	inactive := users.users["3"]
	inactive.IsStaff = true
	users.users["3"] = inactive
	tests := []struct {
		reason   string
		wrap     func(http.Handler) http.Handler
		json     string
		accept   string
		status   int
		location string
		username string
	}{
		{"staff", staff, s.login("1"), "text/html", 200, "", "alice"},
		{"not staff", staff, s.login("2"), "text/html", 403, "", ""},
		{"staff that is not active", staff, strings.Replace(s.login("3"), auth.ModelBackend, auth.AllowAllUsersBackend, 1), "text/html", 403, "", ""},
		{"no login", staff, `{"a":1}`, "text/html", 302, "/accounts/login/?next=/account/%3Fa%3Db", ""},
		{"verified", s.auth.RequireVerified, with(s.login("2"), bobsMFA), "text/html", 200, "", "bob"},
		{"not verified", s.auth.RequireVerified, s.login("2"), "text/html", 302, "/verify/?next=/account/%3Fa%3Db", ""},
		{"not verified, no browser", s.auth.RequireVerified, s.login("2"), "application/json", 403, "", ""},
		{"no login, no browser", s.auth.RequireVerified, `{"a":1}`, "application/json", 401, "", ""},
		{"not lately, and no page to ask", recent, with(s.login("2"), bobsMFA), "text/html", 403, "", ""},
		{"a device without a finder of it", auth.New(&oneUser{users.users["2"]}, secret, nil).RequireVerified,
			with(s.login("2"), `"otp_device_id":"otp_totp.totpdevice/1"`), "text/html", 500, "", ""},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			status, location, username := s.visit(t, test.wrap, test.json, test.accept)
			if status != test.status || location != test.location || username != test.username {
				t.Errorf("got %d, %q, %q, want %d, %q, %q", status, location, username, test.status, test.location, test.username)
			}
		})
	}
}
