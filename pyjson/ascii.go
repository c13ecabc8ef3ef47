package pyjson

import (
	"bytes"
	"unicode/utf8"
)

// AppendASCII appends the text of a value, which must be valid, with its
// characters beyond ASCII escaped as Python's json.dumps does. Like all text,
// it is latin-1: each byte is a character.
func AppendASCII(dst []byte, text string) []byte {
	start := 0
	for i := 0; i < len(text); i++ {
		if c := text[i]; c >= utf8.RuneSelf { // only strings have such
			dst = append(dst, text[start:i]...)
			dst = appendUnicode(dst, rune(c))
			start = i + 1
		}
	}
	return append(dst, text[start:]...)
}

// ASCIIOf returns the text of JSON in UTF-8, as Python reads bytes, in ASCII
// alone. It is an error if the text is not UTF-8, or if a backslash comes
// before a character that would be an escape itself.
func ASCIIOf(text string) (string, error) {
	i := 0
	for i < len(text) && text[i] < utf8.RuneSelf {
		i++
	}
	if i == len(text) {
		return text, nil
	}
	dst := append(make([]byte, 0, len(text)+len(text)/2), text[:i]...)
	escaped := odd(dst) // by the backslash before it
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			return "", &SyntaxError{Offset: i, Reason: "it is not UTF-8"}
		case r < utf8.RuneSelf:
			dst = append(dst, text[i])
			escaped = r == '\\' && !escaped
		case escaped:
			return "", &SyntaxError{Offset: i, Reason: "a backslash comes before a character that it cannot escape"}
		default:
			dst = appendRuneEscape(dst, r)
		}
		i += size
	}
	return string(dst), nil
}

// odd reports whether text ends in an odd number of backslashes.
func odd(text []byte) bool {
	return (len(text)-len(bytes.TrimRight(text, `\`)))%2 == 1
}
