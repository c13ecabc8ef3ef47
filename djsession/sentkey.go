package djsession

import (
	"net/http"
	"net/textproto"

	"github.com/djsession/djsession-go/djsession/internal/vary"
)

// sent returns the session key that a request names, the number of cookies that
// it sent, and whether the cookie decides: it does where Options.KeyHeader is
// not sent.
func (m *Manager) sent(h http.Header) (key string, cookies int, byCookie bool) {
	if name := m.opts.KeyHeader; name != "" {
		if lines := h[textproto.CanonicalMIMEHeaderKey(name)]; len(lines) > 0 {
			return m.fromHeader(lines), 0, false
		}
	}
	key, cookies = m.cookie.read(h)
	if tooShort(key) {
		key = "" // no key at all, to Django too
	}
	return key, cookies, true
}

// fromHeader returns the key in the values of Options.KeyHeader. Two of them
// are none: a proxy and the server could each believe another one.
func (m *Manager) fromHeader(lines []string) string {
	if len(lines) != 1 || tooShort(lines[0]) {
		return ""
	}
	return lines[0]
}

// KeyFromCookie returns the session key in the values of a request's Cookie
// headers, or "" if there is none, for protocols whose requests are not an
// http.Request, such as gRPC. Of several cookies the last counts, and quotes
// are taken off, as in Django. [Manager.Open] takes the key.
// Django: django.http.cookie.parse_cookie.
func (m *Manager) KeyFromCookie(lines ...string) string {
	key, _ := m.cookie.read(http.Header{"Cookie": lines})
	if tooShort(key) {
		return ""
	}
	return key
}

// vary tells caches that the response depends on the session.
func (x *exchange) vary(h http.Header) {
	vary.OnCookie(h)
	if name := x.manager.opts.KeyHeader; name != "" {
		vary.On(h, name)
	}
}

// UnambiguousKey is [Manager.KeyFromCookie] for programs that answer questions
// about requests they do not serve, such as a proxy's. It returns
// [ErrAmbiguousCookie] if the request carries session cookies that differ, so
// that another program could read another key.
func (m *Manager) UnambiguousKey(h http.Header) (string, error) {
	if m.cookie.ambiguous(h) {
		return "", ErrAmbiguousCookie
	}
	key, _ := m.cookie.read(h)
	return key, nil
}
