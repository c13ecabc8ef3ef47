package forwardauth_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// FuzzNoIdentity: whatever a request holds, it passes with the identity of the
// session in its cookies and with no other, and else not at all.
func FuzzNoIdentity(f *testing.F) {
	s := newSite(f)
	keys := map[string]string{s.as("42"): "42", s.as("43"): "43", s.as("44"): ""}
	var alice string
	for key, id := range keys {
		if id == "42" {
			alice = key
		}
	}
	handlers := make([]*forwardauth.Handler, 3)
	for i, family := range families {
		handlers[i] = s.handler(forwardauth.Options{From: family, Endpoints: map[string]forwardauth.Rule{"/auth": forwardauth.LoggedIn}})
	}
	f.Add(uint8(0), "/auth", "GET", "/p", "sessionid="+alice, "X-Auth-Request-User", "1")
	f.Add(uint8(1), "/auth", "GET", "https://a/p", "sessionid="+alice+", sessionid=x", "X-Original-URL", "/")
	f.Add(uint8(2), "/auth//evil", "POST", "", "a=b,sessionid="+alice, "Cookie", "sessionid=x")
	f.Fuzz(func(t *testing.T, family uint8, target, method, uri, cookies, name, value string) {
		r := httptest.NewRequest("GET", "/auth", nil)
		r.RequestURI = target
		r.Header.Set("X-Forwarded-Method", method)
		r.Header.Set("X-Forwarded-Uri", uri)
		r.Header.Set("X-Forwarded-Host", "app.example")
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("X-Original-Url", uri)
		r.Header.Set("X-Original-Method", method)
		r.Header["Cookie"] = strings.Split(cookies, "\n")
		r.Header.Add(name, value)
		w := answerTo(handlers[int(family)%3], r)
		if w.Code == http.StatusOK {
			id := w.Header().Get("X-Auth-Request-User")
			for key, of := range keys {
				if of == id && strings.Contains(cookies+value, key) {
					return
				}
			}
			t.Fatalf("passed as %q with the cookies %q", id, cookies)
		}
		for header := range w.Header() {
			if strings.HasPrefix(header, "X-Auth-Request") {
				t.Fatalf("status %d, and yet %s is sent", w.Code, header)
			}
		}
		if next := w.Header().Get("Location"); next != "" && !strings.HasPrefix(next, "/accounts/login/") {
			t.Fatalf("Location is %q", next)
		}
	})
}

func FuzzCheckRequest(f *testing.F) {
	f.Add(checkRequest("/auth", "cookie", "a=b"))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) { _ = forwardauth.ParseCheckRequest(b) })
}
