package auth

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession/internal/pyurl"
)

// Next returns the URL to redirect to after a login: the form's "next" value if
// [IsAllowedURL] accepts it for the request's host, if that is one of
// Options.AllowedHosts, and for Options.NextHosts; otherwise fallback. An HTTPS
// request is never redirected to plain HTTP; behind a proxy that ends TLS, set
// the request's URL.Scheme.
// Django: django.contrib.auth.views.RedirectURLMixin.get_redirect_url.
func (a *Auth) Next(r *http.Request, fallback string) string {
	next := r.PostFormValue(a.opts.NextField)
	if !r.PostForm.Has(a.opts.NextField) {
		next = r.URL.Query().Get(a.opts.NextField)
	}
	hosts := a.opts.NextHosts
	if own, ok := a.host(r); ok {
		hosts = append([]string{own}, hosts...)
	}
	if !IsAllowedURL(next, hosts, scheme(r) == "https") {
		return fallback
	}
	return strings.TrimFunc(next, isPythonSpace)
}

// IsAllowedURL reports whether a URL that came from outside may be redirected
// to: a path of this site, or an http or https URL whose host, with its port,
// is one of those named, whatever tricks browsers fall for. requireHTTPS
// refuses http.
//
// It refuses backslashes, which browsers take for slashes, and control
// characters, which browsers leave out: Django escapes them when it redirects,
// and http.Redirect does not.
// Django: django.utils.http.url_has_allowed_host_and_scheme.
func IsAllowedURL(target string, hosts []string, requireHTTPS bool) bool {
	target = strings.TrimFunc(target, isPythonSpace)
	if target == "" || utf8.RuneCountInString(target) > maxURL || strings.ContainsFunc(target, isTrick) {
		return false
	}
	if first, _ := utf8.DecodeRuneInString(target); isPythonControl(first) || !utf8.ValidString(target) { // some browsers skip those
		return false
	}
	scheme, host, absolute := pyurl.Split(target)
	switch {
	case !absolute:
		return scheme == "" // "javascript:x" is not of this site
	case host == "": // "///host", "http:///host": to browsers that is the host
		return false
	case scheme == "":
		scheme = "http"
	}
	return (scheme == "https" || scheme == "http" && !requireHTTPS) && slices.Contains(hosts, host)
}

const maxURL = 2048 // characters

func isTrick(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }

// isPythonSpace is Python's str.isspace, which accepts four more control
// characters than Unicode's space.
func isPythonSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// isPythonControl reports whether Python's unicodedata gives the character a
// category that begins with C, which unassigned ones have too.
func isPythonControl(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)
}
