package djsession

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
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
				value = trim(v)
				n++
			}
		}
	}
	return unquote(value), n
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

// unquote takes the quotes off a value, with Python's escapes: \ooo is the
// character of that number, a backslash before anything else is dropped.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			b = append(b, s[i])
		case i+3 < len(s) && s[i+1] >= '0' && s[i+1] <= '3' && isOctal(s[i+2]) && isOctal(s[i+3]):
			b = utf8.AppendRune(b, rune((s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0')))
			i += 3
		default:
			i++
			b = append(b, s[i])
		}
	}
	return string(b)
}

func isOctal(c byte) bool { return '0' <= c && c <= '7' }
