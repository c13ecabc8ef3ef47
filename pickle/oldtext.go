package pickle

import (
	"math"
	"strings"
	"unicode/utf8"
)

// The opcodes of protocol 0 write their arguments as lines of text.

// line returns the rest of the line, without its newline.
func (d *decoder) line() (string, bool) {
	rest := d.data[d.pos:]
	n := strings.IndexByte(rest, '\n')
	if n < 0 {
		return "", false
	}
	d.pos += n + 1
	return rest[:n], true
}

func (d *decoder) binString() error {
	n := d.arg(4)
	if n > math.MaxInt32 {
		return d.malformed("negative length")
	}
	return d.oldString(n)
}

// oldString reads n bytes as Python 2's str.
func (d *decoder) oldString(n int64) error {
	s, ok := d.take(n)
	if !ok {
		return d.truncated()
	}
	return d.pushOldString(s)
}

func (d *decoder) pushOldString(s string) error {
	encoding := d.opts.encoding()
	if encoding != EncodingBytes && isASCII(s) {
		return d.pushString(s)
	}
	switch encoding {
	case EncodingASCII:
		return d.malformed("str of Python 2 that is not ASCII, see Encoding")
	case EncodingUTF8:
		if !utf8.ValidString(s) {
			return d.malformed("str of Python 2 that is not UTF-8")
		}
		return d.pushString(s)
	case EncodingLatin1:
		return d.pushString(fromLatin1(s))
	case EncodingBytes, EncodingLenient:
		return d.push(Bytes(s))
	}
	return d.fail(ErrUnsupported, "unknown Encoding")
}

func fromLatin1(s string) string {
	b := make([]byte, 0, len(s)+len(s)/4)
	for i := 0; i < len(s); i++ {
		b = utf8.AppendRune(b, rune(s[i]))
	}
	return string(b)
}

// toLatin1 is the reverse; false if a code point exceeds 255.
func toLatin1(s string) (string, bool) {
	if isASCII(s) {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 255 {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), true
}

// quotedString reads STRING: a string literal of Python 2 in quotes.
func (d *decoder) quotedString() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	n := len(line)
	if n < 2 || line[0] != line[n-1] || line[0] != '"' && line[0] != '\'' {
		return d.malformed("string without quotes")
	}
	s, ok := unescape(line[1 : n-1])
	if !ok {
		return d.malformed("bad escape")
	}
	return d.pushOldString(s)
}

// unescape resolves the escapes of a string literal of Python 2; unknown ones
// stay as they are.
func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b = append(b, s[i])
			continue
		}
		if i++; i == len(s) {
			return "", false
		}
		switch c := s[i]; c {
		case '\n':
		case '\\', '\'', '"':
			b = append(b, c)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 't':
			b = append(b, '\t')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 'v':
			b = append(b, '\v')
		case 'a':
			b = append(b, '\a')
		case '0', '1', '2', '3', '4', '5', '6', '7':
			v := 0
			end := min(i+3, len(s))
			for ; i < end && s[i]-'0' <= 7; i++ {
				v = v*8 + int(s[i]-'0')
			}
			i--
			b = append(b, byte(v))
		case 'x':
			v, ok := hexDigits(s[i+1:], 2)
			if !ok {
				return "", false
			}
			b = append(b, byte(v))
			i += 2
		default:
			b = append(b, '\\', c)
		}
	}
	return string(b), true
}

func hexDigits(s string, n int) (v uint32, ok bool) {
	if len(s) < n {
		return 0, false
	}
	for i := 0; i < n; i++ {
		c := s[i] | 0x20
		switch {
		case s[i]-'0' <= 9:
			v = v<<4 | uint32(s[i]-'0')
		case c-'a' <= 5:
			v = v<<4 | uint32(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

// escapedText reads UNICODE: latin-1 with \uXXXX and \UXXXXXXXX.
func (d *decoder) escapedText() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	if strings.IndexByte(line, '\\') < 0 && isASCII(line) {
		return d.pushString(line)
	}
	b := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c != '\\' || i+1 == len(line) {
			b = utf8.AppendRune(b, rune(c))
			continue
		}
		i++
		n := 0
		switch line[i] {
		case 'u':
			n = 4
		case 'U':
			n = 8
		default:
			b = append(b, '\\')
			b = utf8.AppendRune(b, rune(line[i]))
			continue
		}
		v, ok := hexDigits(line[i+1:], n)
		if !ok || v > utf8.MaxRune {
			return d.malformed("bad escape")
		}
		b = appendCodePoint(b, v)
		i += n
	}
	return d.pushString(string(b))
}

// appendCodePoint appends a code point, which may be a surrogate.
func appendCodePoint(b []byte, v uint32) []byte {
	if v >= 0xd800 && v < 0xe000 {
		return append(b, 0xe0|byte(v>>12), 0x80|byte(v>>6&0x3f), 0x80|byte(v&0x3f))
	}
	return utf8.AppendRune(b, rune(v))
}
