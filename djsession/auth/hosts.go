package auth

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// host returns the request's host, with its port, or false if it is not one of
// Options.AllowedHosts: a client may send any.
// Django: HttpRequest.get_host.
func (a *Auth) host(r *http.Request) (string, bool) {
	return r.Host, isAllowedHost(r.Host, a.opts.AllowedHosts)
}

// hostAndPort is what a Host header may be, in lower case: a name, an IPv4 or a
// bracketed IPv6 address, and a port.
var hostAndPort = regexp.MustCompile(`^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(:[0-9]+)?$`)

// isAllowedHost compares without case, without the port, and without a dot at
// the end. Django: django.http.request.validate_host.
func isAllowedHost(host string, patterns []string) bool {
	if len(host) > maxHost {
		return false
	}
	match := hostAndPort.FindStringSubmatch(strings.ToLower(host))
	if match == nil {
		return false
	}
	name := strings.TrimSuffix(match[1], ".")
	return name != "" && slices.ContainsFunc(patterns, func(pattern string) bool {
		pattern = strings.ToLower(pattern)
		parent, below := strings.CutPrefix(pattern, ".")
		return pattern == "*" || name == pattern || below && (name == parent || strings.HasSuffix(name, pattern))
	})
}

const maxHost = 512 // characters: twice the longest name, and a port
