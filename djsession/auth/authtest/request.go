package authtest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// Request returns a GET of "https://example.com/" by a user who is logged in,
// with a session that holds the values too. A nil user is an anonymous session,
// and one without values is none. Set the request's Method, URL and Body as the
// test wants them. The test fails if there can be no such session.
func Request(t testing.TB, sessions *djsession.Manager, login *auth.Auth, user *auth.User, values map[string]any) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, home, nil)
	if user != nil || len(values) > 0 {
		r.AddCookie(Cookie(t, sessions, login, user, values))
	}
	return r
}

const home = "https://example.com/"

// Cookie returns the session's cookie of [Request].
func Cookie(t testing.TB, sessions *djsession.Manager, login *auth.Auth, user *auth.User, values map[string]any) *http.Cookie {
	t.Helper()
	s := sessions.New()
	ctx := context.Background() // t.Context is over when a cleanup runs
	if user != nil {
		own := *user // Login writes to it, and tests that run in parallel share users
		if err := login.Login(ctx, s, &own); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range values {
		s.Set(name, value)
	}
	if err := s.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if user != nil {
		if _, err := login.User(ctx, s); err != nil {
			t.Fatalf("the session of %s is no login: %v", user.Username, err)
		}
	}
	header, err := sessions.Cookie(s)
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := http.ParseSetCookie(header)
	if err != nil {
		t.Fatal(err)
	}
	return cookie
}
