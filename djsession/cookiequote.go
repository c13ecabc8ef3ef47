package djsession

import "strings"

const (
	cookieLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	bareChars     = cookieLetters + "!#$%&'*+-.^_`|~:"
	quotedChars   = bareChars + " ()/<=>?@[]{}"
)

// quote returns a cookie's value as Python writes it: in quotes, with escapes,
// unless all of its characters can stand for themselves. Characters beyond
// Latin-1, which no cookie of Django's can hold, stay as they are.
// Python: http.cookies._quote.
func quote(value string) string {
	if strings.Trim(value, bareChars) == "" && value != "" {
		return value
	}
	b := make([]byte, 0, len(value)+2)
	b = append(b, '"')
	for _, c := range value {
		switch {
		case c == '"', c == '\\':
			b = append(b, '\\', byte(c))
		case c > 0xff, c < 0x80 && strings.IndexByte(quotedChars, byte(c)) >= 0:
			b = append(b, string(c)...)
		default:
			b = append(b, '\\', byte('0'+c>>6), byte('0'+c>>3&7), byte('0'+c&7))
		}
	}
	return string(append(b, '"'))
}
