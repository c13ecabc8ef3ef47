package djsession

import (
	"net/http"

	"github.com/djsession/djsession-go/djsession/internal/pycookie"
)

// SetSiteCookie adds to h a cookie that ends with the browser and otherwise has
// the attributes of the session's: domain, Secure, HttpOnly and SameSite, with
// the path "/". Django sets the cookie of messages like this. The value is
// quoted where Python would: read it with [CookieValue].
//
// A response that sets a cookie of this name already, as that of a Django
// behind a reverse proxy may, keeps that one: it returns false.
// Django: HttpResponse.set_cookie.
func (m *Manager) SetSiteCookie(h http.Header, name, value string) bool {
	c := m.siteCookie(name)
	return c.add(h, c.set(pycookie.Quote(value), lifetime{}))
}

// DeleteSiteCookie is [Manager.SetSiteCookie] of a cookie that the browser is
// to forget.
// Django: HttpResponse.delete_cookie.
func (m *Manager) DeleteSiteCookie(h http.Header, name string) bool {
	c := m.siteCookie(name)
	return c.add(h, c.delete())
}

func (m *Manager) siteCookie(name string) *cookie {
	o := m.opts
	o.CookieName, o.CookiePath = name, ""
	c := newCookie(&o)
	return &c
}

// add adds a header line unless there is one for this cookie.
func (c *cookie) add(h http.Header, line string) bool {
	if _, set := c.setIn(h); set {
		return false
	}
	h.Add("Set-Cookie", line)
	return true
}
