package djsite

import (
	"net/http"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/csrf"
)

// CSRFOptions returns how the site protects its forms, for package csrf:
// app.Handler(csrf.New(site.CSRFOptions()).Handler(mux)). Scheme and Host are
// for the program to set, behind a proxy.
func (s *Site) CSRFOptions() *csrf.Options {
	c, v := &s.CSRF, s.version()
	opts := &csrf.Options{
		Django:         [2]int{v.major, v.minor},
		TrustedOrigins: slices.Clone(c.TrustedOrigins),
		UseSessions:    c.UseSessions,
		CookieName:     c.CookieName,
		CookieAge:      c.CookieAge,
		CookieDomain:   c.CookieDomain,
		CookiePath:     c.CookiePath,
		CookieSecure:   c.CookieSecure,
		CookieHTTPOnly: c.CookieHTTPOnly,
		CookieSameSite: c.CookieSameSite,
		Header:         headerOf(c.HeaderName),
	}
	if c.UseSessions {
		opts.CookieDomain = s.Session.CookieDomain
	}
	if opts.CookieSameSite == 0 && v.before(2, 1) {
		opts.CookieSameSite = http.SameSiteDefaultMode // there was no such setting
	}
	return opts
}

// headerOf is a header by the name that Django's META has for it.
func headerOf(meta string) string {
	return http.CanonicalHeaderKey(strings.ReplaceAll(strings.TrimPrefix(meta, "HTTP_"), "_", "-"))
}
