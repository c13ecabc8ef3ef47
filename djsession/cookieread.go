package djsession

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/djsession/djsession-go/djsession/internal/pycookie"
)

// read returns the cookie's value as Django reads it, and how many there are:
// the last of several counts, and quotes are taken off. Go's own parser takes
// the first and drops what it does not like, so that the two sides could see
// two users.
//
// That is Django under WSGI, which reads the header as UTF-8. Under ASGI it
// reads Latin-1, where the bytes 0x85 and 0xA0 are space. A header in which the
// two see different values is a cookie without a value here: no session.
// Django: django.http.cookie.parse_cookie.
func (c *cookie) read(h http.Header) (value string, n int) {
	value, n = c.readTrimmed(h, trimPython)
	if isASCII(h["Cookie"]) {
		return value, n
	}
	if latin1, _ := c.readTrimmed(h, trimLatin1); latin1 != "" && latin1 != value {
		value = ""
	}
	return value, n
}

// readTrimmed is read for one way to trim space.
func (c *cookie) readTrimmed(h http.Header, trim func(string) string) (value string, n int) {
	c.each(h, trim, func(v string) {
		value = v
		n++
	})
	return pycookie.Unquote(value), n
}

// each visits the cookie's values in a header, as they stand there.
func (c *cookie) each(h http.Header, trim func(string) string, visit func(value string)) {
	trimName := trim
	if c.prefixed() {
		trimName = trimHTTP
	}
	for _, line := range h["Cookie"] {
		for len(line) > 0 {
			var chunk string
			chunk, line, _ = strings.Cut(line, ";")
			name, v, hasName := strings.Cut(chunk, "=")
			if hasName && trimName(name) == c.name {
				visit(trim(v))
			}
		}
	}
}

// ambiguous reports whether programs may read different values: there are
// several that differ, or a proxy has joined two Cookie lines with a comma,
// where only a semicolon separates cookies.
func (c *cookie) ambiguous(h http.Header) bool {
	first, n, differ := "", 0, false
	c.each(h, trimPython, func(v string) {
		v = pycookie.Unquote(v)
		if n == 0 {
			first = v
		}
		n++
		differ = differ || v != first
	})
	return differ || slices.ContainsFunc(h["Cookie"], c.joined)
}

// joined reports whether the cookie follows a comma in a Cookie line.
func (c *cookie) joined(line string) bool {
	for {
		_, rest, ok := strings.Cut(line, ",")
		if !ok {
			return false
		}
		name, _, hasName := strings.Cut(rest, "=")
		if hasName && trimPython(name) == c.name {
			return true
		}
		line = rest
	}
}

// prefixed reports whether browsers guard the cookie's name. They guard only
// the exact name: a name with Unicode's space around it, which Django takes for
// the same, can be set by any subdomain.
func (c *cookie) prefixed() bool {
	return strings.HasPrefix(c.name, "__Host-") || strings.HasPrefix(c.name, "__Secure-")
}

// trimHTTP trims the space that may stand around a cookie in its header.
func trimHTTP(s string) string { return strings.Trim(s, " \t") }

// trimPython trims what Python's str.strip does.
func trimPython(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f' })
}

// trimLatin1 trims what Python's str.strip does of bytes that were decoded as
// Latin-1.
func trimLatin1(s string) string {
	isSpace := func(b byte) bool {
		return b == ' ' || '\t' <= b && b <= '\r' || '\x1c' <= b && b <= '\x1f' || b == 0x85 || b == 0xa0
	}
	for len(s) > 0 && isSpace(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isASCII(lines []string) bool {
	for _, line := range lines {
		for i := 0; i < len(line); i++ {
			if line[i] >= 0x80 {
				return false
			}
		}
	}
	return true
}
