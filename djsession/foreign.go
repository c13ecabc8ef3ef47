package djsession

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
)

var errLeftAlone = errors.New("djsession: the response sets the session's cookie itself, as that of a Django behind a reverse proxy may: " +
	"what this request changed in the session was not saved; change it with Session.Save before the request is passed on, or use Options.Merge")

// A setCookie is what a Set-Cookie header says of the session's cookie.
type setCookie struct{ value, path, domain string }

// setIn returns the last Set-Cookie header of this cookie that others have put
// into a response.
func (c *cookie) setIn(h http.Header) (found setCookie, ok bool) {
	for _, line := range h["Set-Cookie"] {
		pair, attributes, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		if trimHTTP(name) != c.name {
			continue
		}
		found, ok = setCookie{value: trimHTTP(value)}, true
		for attribute := range strings.SplitSeq(attributes, ";") {
			switch name, value, _ := strings.Cut(attribute, "="); strings.ToLower(trimHTTP(name)) {
			case "path":
				found.path = trimHTTP(value)
			case "domain":
				found.domain = strings.ToLower(strings.TrimPrefix(trimHTTP(value), "."))
			}
		}
	}
	return found, ok
}

// leaveTo leaves a response alone that sets the session's cookie already, such
// as that of a Django behind a reverse proxy which logs a user in: a second
// cookie would undo it. The changes of this request are then lost, and
// reported, because the session may be another one by now. With Options.Merge
// they are saved if it is still the same one.
func (x *exchange) leaveTo(theirs setCookie, status int) {
	x.warnOfScope(theirs)
	s := &x.session
	if status >= 500 || s.empty() || !s.modified && (!s.stored || s.key == theirs.value) {
		return
	}
	err := errLeftAlone
	if s.modified && s.key == theirs.value && s.mgr.opts.Merge {
		ctx, cancel := x.saveContext()
		defer cancel()
		err = s.save(ctx)
	}
	if err != nil {
		x.reportOf(s.key, err)
	}
}

// warnOfScope compares the scope of a site's cookie with that of ours.
func (x *exchange) warnOfScope(theirs setCookie) {
	c := &x.manager.cookie
	domain := strings.ToLower(strings.TrimPrefix(c.domain, "."))
	if theirs.path == c.path && theirs.domain == domain {
		return
	}
	x.manager.opts.logger().LogAttrs(x, slog.LevelWarn, "the site's session cookie has another path or domain than Options.CookiePath and "+
		"CookieDomain say: a browser would keep both cookies, and a logout would end only one; give them the site's "+
		"SESSION_COOKIE_PATH and SESSION_COOKIE_DOMAIN", slog.String("cookie", c.name),
		slog.String("site_path", theirs.path), slog.String("site_domain", theirs.domain), slog.String("path", c.path), slog.String("domain", domain))
}

// send adds the header that sets or deletes the cookie, unless the client sends
// the key in a header of its own. A browser that sent two
// cookies of the name holds one that was set at another path or domain, and
// keeps that.
func (x *exchange) send(h http.Header, setCookie string) {
	if !x.session.byCookie {
		return
	}
	if x.cookies > 1 {
		x.manager.opts.logger().LogAttrs(x, slog.LevelWarn, "a browser has two session cookies, at different paths or domains, and only one of them "+
			"is set or deleted: give Options.CookiePath and CookieDomain the site's SESSION_COOKIE_PATH and SESSION_COOKIE_DOMAIN",
			slog.String("cookie", x.manager.cookie.name), slog.String("path", x.manager.cookie.path), slog.String("domain", x.manager.cookie.domain))
	}
	h.Add("Set-Cookie", setCookie)
	x.vary(h)
}
