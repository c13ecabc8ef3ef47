package csrf

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A Protection is a site's protection against cross-site request forgery. It is
// safe for concurrent use.
type Protection struct {
	opts    Options
	trusted trustedOrigins
	exempt  *http.ServeMux // nil: no pattern
	fetch   http.CrossOriginProtection
	header  string // Options.Header as a key of http.Header

	masked bool // the cookie holds a mask too: Django up to 4.0
	strict bool // malformed cookies are refused, and Origin counts: since Django 4.0
}

// New returns the protection of a site. It panics if a trusted origin, a
// pattern or the cookie's name in Options is not valid, as http.ServeMux does.
func New(opts *Options) *Protection {
	p := &Protection{}
	if opts != nil {
		p.opts = *opts
	}
	p.opts.fillIn()
	p.masked, p.strict = !p.opts.atLeast(4, 1), p.opts.atLeast(4, 0)
	p.trusted = newTrustedOrigins(p.opts.TrustedOrigins, p.strict)
	p.header = http.CanonicalHeaderKey(p.opts.Header)
	if (&http.Cookie{Name: p.opts.CookieName}).Valid() != nil {
		panic(fmt.Sprintf("csrf: %q cannot be the name of a cookie", p.opts.CookieName))
	}
	for _, pattern := range p.opts.Exempt {
		if p.exempt == nil {
			p.exempt = http.NewServeMux()
		}
		p.exempt.Handle(pattern, exempt{})
	}
	return p
}

// exempt stands for a pattern of Options.Exempt.
type exempt struct{}

func (exempt) ServeHTTP(http.ResponseWriter, *http.Request) {}

// isExempt reports whether a pattern matches the request itself, and not a path
// to which ServeMux would redirect it. It matches none that leads elsewhere by
// "..", which ServeMux overlooks next to a "%2F", and a router behind may not.
func (p *Protection) isExempt(r *http.Request) bool {
	if p.exempt == nil || slices.Contains(strings.Split(r.URL.Path, "/"), "..") {
		return false
	}
	h, _ := p.exempt.Handler(r)
	return h == exempt{}
}

// isSafe reports whether a method must not change anything, and so is not
// checked. Unlike Django it does not fold case: to net/http "get" is another
// method than GET.
func isSafe(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}
