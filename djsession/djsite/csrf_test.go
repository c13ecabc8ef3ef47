package djsite_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/djsite"
)

func TestCSRFOptions(t *testing.T) {
	for _, test := range []struct {
		reason string
		site   djsite.Site
		want   csrf.Options
	}{
		{"the defaults of the newest", djsite.Site{}, csrf.Options{}},
		{"before SameSite", djsite.Site{DjangoVersion: "1.11"}, csrf.Options{
			Django: [2]int{1, 11}, CookieSameSite: http.SameSiteDefaultMode,
		}},
		{"in sessions, the domain is that of their cookie", djsite.Site{
			CSRF:    djsite.CSRF{UseSessions: true, CookieDomain: "a.example"},
			Session: djsite.Session{CookieDomain: "b.example"},
		}, csrf.Options{UseSessions: true, CookieDomain: "b.example"}},
		{"all of it", djsite.Site{DjangoVersion: "5.2", CSRF: djsite.CSRF{
			CookieName: "token", CookieAge: -time.Second, CookieDomain: "a.example", CookiePath: "/x/", CookieSecure: true,
			CookieHTTPOnly: true, CookieSameSite: http.SameSiteStrictMode, HeaderName: "HTTP_X_MY_TOKEN",
			TrustedOrigins: []string{"https://b.example"},
		}}, csrf.Options{
			Django: [2]int{5, 2}, CookieName: "token", CookieAge: -time.Second, CookieDomain: "a.example", CookiePath: "/x/",
			CookieSecure: true, CookieHTTPOnly: true, CookieSameSite: http.SameSiteStrictMode, Header: "X-My-Token",
			TrustedOrigins: []string{"https://b.example"},
		}},
	} {
		t.Run(test.reason, func(t *testing.T) {
			if diff := cmp.Diff(&test.want, test.site.CSRFOptions()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
