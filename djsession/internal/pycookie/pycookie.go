// Package pycookie quotes the values of cookies as Python does.
package pycookie

import (
	"strings"
	"unicode/utf8"
)

const (
	letters     = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	bareChars   = letters + "!#$%&'*+-.^_`|~:"
	quotedChars = bareChars + " ()/<=>?@[]{}"
)

// Quote returns a cookie's value as Python writes it: in quotes, with escapes,
// unless all of its characters can stand for themselves. Characters beyond
// Latin-1, which no cookie of Django's can hold, stay as they are.
// Python: http.cookies._quote.
func Quote(value string) string {
	if value != "" && strings.Trim(value, bareChars) == "" {
		return value
	}
	b := make([]byte, 0, len(value)+2)
	b = append(b, '"')
	for _, c := range value {
		switch {
		case c == '"', c == '\\':
			b = append(b, '\\', byte(c))
		case c > 0xff, c < 0x80 && strings.IndexByte(quotedChars, byte(c)) >= 0:
			b = utf8.AppendRune(b, c)
		default:
			b = append(b, '\\', byte('0'+c>>6), byte('0'+c>>3&7), byte('0'+c&7))
		}
	}
	return string(append(b, '"'))
}

// Unquote takes the quotes off a value, with Python's escapes: \ooo is the
// character of that number, a backslash before anything else is dropped.
// Python: http.cookies._unquote.
func Unquote(s string) string {
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
