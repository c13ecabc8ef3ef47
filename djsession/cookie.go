package djsession

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// cookie writes the session cookie as a site's settings want it.
type cookie struct {
	name, domain, path string
	sameSite           string // empty leaves the attribute out
	secure, allowJS    bool
	deleteSecure       bool // whether the cookie that deletes it must say Secure to be taken
}

func newCookie(o *Options) cookie {
	c := cookie{
		name:    o.CookieName,
		domain:  o.CookieDomain,
		path:    o.CookiePath,
		secure:  o.CookieSecure,
		allowJS: o.CookieAllowJS,
	}
	if c.name == "" {
		c.name = "sessionid"
	}
	if c.path == "" {
		c.path = "/"
	}
	switch o.CookieSameSite {
	case 0, http.SameSiteLaxMode:
		c.sameSite = "Lax"
	case http.SameSiteStrictMode:
		c.sameSite = "Strict"
	case http.SameSiteNoneMode:
		c.sameSite = "None"
	}
	// Browsers refuse a prefixed cookie that breaks its promise, so the prefix
	// decides.
	switch {
	case strings.HasPrefix(c.name, "__Host-"):
		c.secure, c.deleteSecure, c.domain, c.path = true, true, "", "/"
	case c.prefixed():
		c.secure, c.deleteSecure = true, true
	case c.sameSite == "None":
		c.deleteSecure = true
	}
	return c
}

// lifetime is how long a browser keeps the cookie. The zero value is until it
// closes.
type lifetime struct {
	bounded bool
	maxAge  int64 // seconds
	expires time.Time
}

// set returns the header that sets the cookie: attributes in the order of
// Python's http.cookies, which sorts them.
func (c *cookie) set(value string, l lifetime) string {
	b := make([]byte, 0, 160)
	b = append(b, c.name...)
	b = append(b, '=')
	b = append(b, value...)
	b = c.attribute(b, "Domain", c.domain)
	if l.bounded {
		b = append(b, "; expires="...)
		b = l.expires.UTC().AppendFormat(b, http.TimeFormat)
	}
	if !c.allowJS {
		b = append(b, "; HttpOnly"...)
	}
	if l.bounded {
		b = append(b, "; Max-Age="...)
		b = strconv.AppendInt(b, l.maxAge, 10)
	}
	b = c.attribute(b, "Path", c.path)
	b = c.attribute(b, "SameSite", c.sameSite)
	if c.secure {
		b = append(b, "; Secure"...)
	}
	return string(b)
}

// delete returns the header that makes a browser forget the cookie.
func (c *cookie) delete() string {
	b := append([]byte(c.name), `=""`...)
	b = c.attribute(b, "Domain", c.domain)
	b = append(b, "; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"...)
	b = c.attribute(b, "Path", c.path)
	b = c.attribute(b, "SameSite", c.sameSite)
	if c.deleteSecure {
		b = append(b, "; Secure"...)
	}
	return string(b)
}

func (c *cookie) attribute(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, "; "...)
	b = append(b, name...)
	b = append(b, '=')
	return append(b, value...)
}
