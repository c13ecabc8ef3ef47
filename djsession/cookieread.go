package djsession

import (
	"net/http"
	"strings"
	"unicode"
)

// read returns the cookie's value as Django reads it: of several, the last one counts, and quotes are taken off. Go's own
// parser takes the first and drops what it does not like, so that the two sides could see two users.
// Django: django.http.cookie.parse_cookie.
func (c *cookie) read(h http.Header) (value string, ok bool) {
	for _, line := range h["Cookie"] {
		for len(line) > 0 {
			var chunk string
			chunk, line, _ = strings.Cut(line, ";")
			name, v, hasName := strings.Cut(chunk, "=")
			if hasName && trimPython(name) == c.name {
				value, ok = trimPython(v), true
			}
		}
	}
	return unquote(value), ok
}

// trimPython trims what Python's str.strip does.
func trimPython(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f' })
}

// unquote takes the quotes off a value, with Python's escapes: \ooo is a byte, a backslash before anything else is dropped.
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
			b = append(b, (s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0'))
			i += 3
		default:
			i++
			b = append(b, s[i])
		}
	}
	return string(b)
}

func isOctal(c byte) bool { return '0' <= c && c <= '7' }
