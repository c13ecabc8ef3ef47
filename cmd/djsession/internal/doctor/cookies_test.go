package doctor_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/doctor"
	"github.com/djsession/djsession-go/djsession"
)

// TestSiteCookies holds what a site sends against what is said of it. What real
// Djangos send is tested in djsession/internal/interop.
func TestSiteCookies(t *testing.T) {
	const value, gone = "0123456789abcdefghijklmnopqrstuv", "; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"
	const full = "; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax"
	session := doctor.CookieSettings{
		Name:     "sessionid",
		Path:     "/",
		HTTPOnly: true,
		SameSite: "Lax",
		Age:      djsession.DefaultAge,
	}
	with := func(change func(c *doctor.CookieSettings)) doctor.CookieSettings {
		c := session
		change(&c)
		return c
	}
	for _, row := range []struct {
		reason  string
		sent    []string
		session doctor.CookieSettings
		check   string
		verdict doctor.Verdict
		says    string
	}{
		{"as it is said to be", []string{"sessionid=" + value + full}, session, "session_cookie", doctor.Good, ""},
		{"deleted, with the right path", []string{`sessionid=""` + gone + "; Path=/; SameSite=Lax"}, session, "session_cookie", doctor.Good, "the site deleted it"},
		{"another path", []string{`sessionid=""` + gone + "; Path=/app; SameSite=Lax"}, session, "session_cookie", doctor.Bad, "session_cookie_path is /app on the site, and / here"},
		{"a domain", []string{"sessionid=" + value + full + "; Domain=.example.org"}, session, "session_cookie", doctor.Bad, "session_cookie_domain is example.org on the site, and none here"},
		{"the same domain, written otherwise", []string{"sessionid=" + value + full + "; Domain=Example.org"}, with(func(c *doctor.CookieSettings) { c.Domain = ".example.org" }), "session_cookie", doctor.Good, ""},
		{"for HTTPS alone", []string{"sessionid=" + value + full + "; Secure"}, session, "session_cookie", doctor.Bad, "session_cookie_secure is true on the site, and false here"},
		{"for scripts too", []string{"sessionid=" + value + "; Max-Age=1209600; Path=/; SameSite=Lax"}, session, "session_cookie", doctor.Bad, "session_cookie_httponly is false"},
		{"no SameSite", []string{"sessionid=" + value + "; HttpOnly; Max-Age=1209600; Path=/"}, session, "session_cookie", doctor.Bad, "session_cookie_samesite is none on the site, and Lax here"},
		{"no SameSite, as is known", []string{"sessionid=" + value + "; HttpOnly; Max-Age=1209600; Path=/"}, with(func(c *doctor.CookieSettings) { c.SameSite = "" }), "session_cookie", doctor.Good, ""},
		{"another age", []string{"sessionid=" + value + "; HttpOnly; Max-Age=60; Path=/; SameSite=Lax"}, session, "session_cookie", doctor.Bad, "session_cookie_age is 60 on the site, and 1209600 here"},
		{"until the browser closes", []string{"sessionid=" + value + "; HttpOnly; Path=/; SameSite=Lax"}, session, "session_cookie", doctor.Bad, "until the browser closes"},
		{"another name", []string{"sid=" + value + full}, session, "session_cookie", doctor.Bad, "no cookie sessionid, but sid"},
		{"pretix's name", []string{`__Host-sessionid=""` + gone + "; Path=/"}, session, "session_cookie", doctor.Bad, "but __Host-sessionid"},
		{"another cookie", []string{"language=de"}, session, "session_cookie", doctor.Unknown, "but language"},
		{"none", nil, session, "session_cookie", doctor.Unknown, "sent no cookie"},
		{"a CSRF cookie", []string{"sessionid=" + value + full, "csrftoken=" + strings.Repeat("A", 32) + "; Max-Age=31449600; Path=/; SameSite=Strict"}, session, "csrf_cookie", doctor.Bad, "csrf_cookie_samesite is Strict"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			asked := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" { // as a site that wants to be logged in to
					http.Redirect(w, r, "/login/?next=/", http.StatusFound)
					return
				}
				if c, err := r.Cookie("sessionid"); err == nil {
					asked = c.Value
				}
				for _, cookie := range row.sent {
					w.Header().Add("Set-Cookie", cookie)
				}
			}))
			defer server.Close()
			r, err := doctor.Examine(t.Context(), &doctor.Patient{
				URL: server.URL, SessionCookie: row.session, CSRFCookie: doctor.CookieSettings{Name: "csrftoken", Path: "/", SameSite: "Lax", Age: 31449600 * time.Second}, Now: now,
			})
			if err != nil {
				t.Fatal(err)
			}
			var got doctor.Finding
			for _, f := range r.Findings {
				if f.Check == row.check {
					got = f
				}
				if strings.Contains(f.Found+f.Advice, value) {
					t.Errorf("%s tells a session key", f.Check)
				}
			}
			if got.Verdict != row.verdict || !strings.Contains(got.Found, row.says) {
				t.Errorf("got %+v, want %s, %q", got, row.verdict, row.says)
			}
			if !djsession.ValidKey(asked) {
				t.Errorf("the site was asked with %q, which is not a session key", asked)
			}
			if r.Healthy != (row.verdict != doctor.Bad) {
				t.Errorf("healthy is %v", r.Healthy)
			}
		})
	}
}

// TestSiteThatCannotBeAsked says so, without the URL, which may hold a
// password.
func TestSiteThatCannotBeAsked(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	for _, url := range []string{strings.Replace(server.URL, "//", "//u:geheim@", 1), "www.example.org", "ftp://example.org", "http://%zz"} {
		r, err := doctor.Examine(t.Context(), &doctor.Patient{URL: url, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) != 1 || r.Healthy || r.Findings[0].Check != "site" ||
			strings.Contains(r.Findings[0].Found, "geheim") {
			t.Errorf("%s: got %+v", url, r)
		}
	}
}
