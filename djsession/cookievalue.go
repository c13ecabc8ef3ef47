package djsession

import "net/http"

// CookieValue returns the value of a cookie as Django reads it, and whether the
// browser sent it: the last of several counts, and quotes are taken off. Where
// Django under WSGI and under ASGI would read two values, it returns "".
// Django: request.COOKIES.
func CookieValue(h http.Header, name string) (value string, ok bool) {
	c := cookie{name: name}
	value, n := c.read(h)
	return value, n > 0
}
