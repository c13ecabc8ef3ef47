package pyjson

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendString writes a string as Python does: ASCII only, everything else as
// \uXXXX in lower case.
func appendString(dst []byte, s string) ([]byte, error) {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		if c < utf8.RuneSelf {
			dst = appendEscape(dst, c)
			i++
		} else {
			r, size := decodeRune(s[i:])
			if size == 0 {
				return nil, &TypeError{Type: stringType, Why: "it is not valid UTF-8"}
			}
			dst = appendRuneEscape(dst, r)
			i += size
		}
		start = i
	}
	return append(append(dst, s[start:]...), '"'), nil
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case '\f':
		return append(dst, `\f`...)
	case '\b':
		return append(dst, `\b`...)
	}
	return appendUnicode(dst, rune(c))
}

// appendRuneEscape writes a character beyond the first 65536 as a pair.
func appendRuneEscape(dst []byte, r rune) []byte {
	if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
		return appendUnicode(appendUnicode(dst, hi), lo)
	}
	return appendUnicode(dst, r)
}

func appendUnicode(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// decodeRune is utf8.DecodeRuneInString for WTF-8; a size of 0 is for what is
// neither.
func decodeRune(s string) (rune, int) {
	r, size := utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || size > 1 {
		return r, size
	}
	if len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] <= 0xbf && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return utf8.RuneError, 0
}

// appendRune is utf8.AppendRune for WTF-8.
func appendRune(dst []byte, r rune) []byte {
	if utf16.IsSurrogate(r) {
		return append(dst, 0xed, 0x80|byte(r>>6&0x3f), 0x80|byte(r&0x3f))
	}
	return utf8.AppendRune(dst, r)
}

// unquote undoes a valid string's escapes. Bytes beyond ASCII are latin-1.
func unquote(quoted string) string { return unquoteAs(quoted, false) }

// unquoteAs is unquote, for text that may be UTF-8 because Go wrote it.
func unquoteAs(quoted string, isUTF8 bool) string {
	s := quoted[1 : len(quoted)-1]
	if plainEnd(s) == len(s) {
		return s
	}
	b := make([]byte, 0, len(s)+len(s)/4)
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\\' && s[i+1] == 'u':
			r, size := unicodeEscape(s[i:])
			b = appendRune(b, r)
			i += size
		case c == '\\':
			b = append(b, unescaped(s[i+1]))
			i += 2
		case c < utf8.RuneSelf || isUTF8:
			b = append(b, c)
			i++
		default:
			b = utf8.AppendRune(b, rune(c))
			i++
		}
	}
	return string(b)
}

// plainEnd returns where s stops being ASCII without escapes.
func plainEnd(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' || s[i] >= utf8.RuneSelf {
			return i
		}
	}
	return len(s)
}

// unicodeEscape reads one \uXXXX, or two that are a pair.
func unicodeEscape(s string) (rune, int) {
	r, _ := hex4(s[2:])
	if utf16.IsSurrogate(r) && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		low, _ := hex4(s[8:])
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return r, 6
}

func unescaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		c := s[i] | 0x20
		switch {
		case s[i] >= '0' && s[i] <= '9':
			r = r<<4 | rune(s[i]-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// appendFloat writes a float as Python's repr does: the shortest digits that
// read back, with an exponent below 1e-4 and from 1e16.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case f > maxFloat:
		return append(dst, "Infinity"...)
	case f < -maxFloat:
		return append(dst, "-Infinity"...)
	}
	if abs := max(f, -f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}
