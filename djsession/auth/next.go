package auth

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Next returns where the request, of a login form, asks to go after the login, or fallback if it does not say, or names another
// site. Django: django.contrib.auth.views.RedirectURLMixin.get_redirect_url.
func (a *Auth) Next(r *http.Request, fallback string) string {
	next := r.PostFormValue(a.opts.NextField)
	if !r.PostForm.Has(a.opts.NextField) {
		next = r.URL.Query().Get(a.opts.NextField)
	}
	if !IsAllowedURL(next, append([]string{r.Host}, a.opts.NextHosts...), scheme(r) == "https") {
		return fallback
	}
	return strings.TrimFunc(next, isPythonSpace)
}

// IsAllowedURL reports whether a URL that came from outside may be redirected to: a path of this site, or an http or https URL whose
// host, with its port, is one of those named, whatever tricks browsers fall for. requireHTTPS refuses http.
// Django: django.utils.http.url_has_allowed_host_and_scheme.
func IsAllowedURL(target string, hosts []string, requireHTTPS bool) bool {
	target = strings.TrimFunc(target, isPythonSpace)
	if target == "" || utf8.RuneCountInString(target) > maxURL {
		return false
	}
	// Browsers take \ for / in paths, but it could be part of credentials, so both readings must be fine.
	return isAllowed(target, hosts, requireHTTPS) && isAllowed(strings.ReplaceAll(target, `\`, "/"), hosts, requireHTTPS)
}

const maxURL = 2048 // characters

func isAllowed(target string, hosts []string, requireHTTPS bool) bool {
	if strings.HasPrefix(target, "///") { // absolute, to browsers
		return false
	}
	first, size := utf8.DecodeRuneInString(target)
	if first == utf8.RuneError && size == 1 || isPythonControl(first) { // some browsers skip those
		return false
	}
	scheme, host, hasHost := splitURL(target)
	if !hasHost {
		return scheme == "" // "http:///host" and "javascript:x" are not of this site
	}
	if scheme == "" {
		scheme = "http"
	}
	return (scheme == "https" || scheme == "http" && !requireHTTPS) && slices.Contains(hosts, host)
}

// isPythonControl reports whether Python's unicodedata gives the character a category that begins with C, which unassigned ones have too.
func isPythonControl(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)
}

// splitURL finds scheme and host as Python's urllib.parse.urlsplit does, which takes anything for a URL.
func splitURL(s string) (scheme, host string, hasHost bool) {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return r <= ' ' })
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	if name, rest, ok := strings.Cut(s, ":"); ok && isScheme(name) {
		scheme, s = strings.ToLower(name), rest
	}
	rest, ok := strings.CutPrefix(s, "//")
	if !ok {
		return scheme, "", false
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return scheme, rest, rest != ""
}

func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if letter := c >= 'a' && c <= 'z'; letter || i > 0 && (s[i] >= '0' && s[i] <= '9' || strings.IndexByte("+-.", s[i]) >= 0) {
			continue
		}
		return false
	}
	return s != ""
}
