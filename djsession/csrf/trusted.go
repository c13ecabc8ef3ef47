package csrf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/pyurl"
)

// trustedOrigins are Options.TrustedOrigins, taken apart as Django does.
type trustedOrigins struct {
	exact []string            // without a wildcard
	below map[string][]string // those with one, as domains by scheme
	hosts []string            // of all, with their ports, for Referer
	any   bool                // entries of hosts count whatever the scheme: Django up to 3.2
}

func newTrustedOrigins(origins []string, needScheme bool) trustedOrigins {
	t := trustedOrigins{below: make(map[string][]string), any: !needScheme}
	for _, origin := range origins {
		if !strings.Contains(origin, "://") {
			if needScheme {
				panic(fmt.Sprintf("csrf: the trusted origin %q has no scheme: write https://%[1]s, or https://*.example.com for .example.com", origin))
			}
			t.hosts = append(t.hosts, origin)
			continue
		}
		scheme, host, _ := pyurl.Split(origin)
		host = strings.TrimLeft(host, "*")
		t.hosts = append(t.hosts, host)
		if strings.Contains(origin, "*") {
			t.below[scheme] = append(t.below[scheme], host)
		} else {
			t.exact = append(t.exact, origin)
		}
	}
	return t
}

// hasOrigin reports whether an Origin header names a trusted origin.
// Django: CsrfViewMiddleware._origin_verified.
func (t *trustedOrigins) hasOrigin(origin string, secure bool) bool {
	if slices.Contains(t.exact, origin) {
		return true
	}
	scheme, host, ok := splitURL(origin)
	if !ok {
		return false
	}
	if t.any && (scheme == "https" || scheme == "http" && !secure) && t.hasHost(host) {
		return true
	}
	return slices.ContainsFunc(t.below[scheme], func(domain string) bool { return isSameDomain(host, domain) })
}

// hasHost reports whether a Referer of this host and port is trusted.
func (t *trustedOrigins) hasHost(host string) bool {
	return slices.ContainsFunc(t.hosts, func(pattern string) bool { return isSameDomain(host, pattern) })
}

// isSameDomain reports whether a host is that of the pattern, or below it if
// the pattern begins with a dot. Only the pattern is folded to lower case.
// Django: django.utils.http.is_same_domain.
func isSameDomain(host, pattern string) bool {
	pattern = strings.ToLower(pattern)
	parent, below := strings.CutPrefix(pattern, ".")
	return pattern != "" && (host == pattern || below && (host == parent || strings.HasSuffix(host, pattern)))
}

// splitURL returns scheme and host of an absolute URL. Python refuses one with
// half of the brackets of an IPv6 address.
func splitURL(s string) (scheme, host string, ok bool) {
	scheme, host, _ = pyurl.Split(s)
	return scheme, host, strings.Contains(host, "[") == strings.Contains(host, "]")
}
