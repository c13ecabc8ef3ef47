package msgpacked

import (
	"fmt"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession"
)

var errCut = fmt.Errorf("%w: it is cut short", djsession.ErrUndecodable)

// mapLen returns how many items the map has that a payload begins with, and
// where they begin.
func mapLen(s string) (n, at int, ok bool) {
	switch {
	case s == "":
		return 0, 0, false
	case s[0]&0xf0 == 0x80:
		n, at = int(s[0]&0x0f), 1
	case s[0] == 0xde && len(s) >= 3:
		n, at = number(s, 1, 2), 3
	case s[0] == 0xdf && len(s) >= 5:
		n, at = number(s, 1, 4), 5
	default:
		return 0, 0, false
	}
	return n, at, n <= len(s) // an item takes two bytes at least
}

// number reads a big-endian number of so many bytes.
func number(s string, at, size int) int {
	n := 0
	for _, b := range []byte(s[at : at+size]) {
		n = n<<8 | int(b)
	}
	return n
}

// heads are what follows a code: bytes of a number that is a length, and bytes
// behind that. Arrays and maps are apart.
var heads = [...]struct{ length, fixed int8 }{
	0xc0: {0, 0}, 0xc2: {0, 0}, 0xc3: {0, 0}, // nil, false, true
	0xc4: {1, 0}, 0xc5: {2, 0}, 0xc6: {4, 0}, // bin
	0xc7: {1, 1}, 0xc8: {2, 1}, 0xc9: {4, 1}, // ext
	0xca: {0, 4}, 0xcb: {0, 8}, // float
	0xcc: {0, 1}, 0xcd: {0, 2}, 0xce: {0, 4}, 0xcf: {0, 8}, // uint
	0xd0: {0, 1}, 0xd1: {0, 2}, 0xd2: {0, 4}, 0xd3: {0, 8}, // int
	0xd4: {0, 2}, 0xd5: {0, 3}, 0xd6: {0, 5}, 0xd7: {0, 9}, 0xd8: {0, 17}, // fixext
	0xd9: {1, 0}, 0xda: {2, 0}, 0xdb: {4, 0}, // str
}

// skip returns where the value that begins at a place ends. Values may nest
// left levels deep in it.
func skip(s string, at, left int) (int, error) {
	if at >= len(s) {
		return 0, errCut
	}
	if left < 0 {
		return 0, fmt.Errorf("%w: it is nested too deep", djsession.ErrUndecodable)
	}
	c := s[at]
	at++
	size, items := 0, 0
	switch {
	case c <= 0x7f, c >= 0xe0: // small numbers
	case c&0xf0 == 0x80:
		items = 2 * int(c&0x0f)
	case c&0xf0 == 0x90:
		items = int(c & 0x0f)
	case c&0xe0 == 0xa0:
		size = int(c & 0x1f)
	case c == 0xc1:
		return 0, fmt.Errorf("%w: it has a byte that stands for nothing", djsession.ErrUndecodable)
	case c >= 0xdc: // array 16 and 32, map 16 and 32
		length := 2 << (c & 1)
		if len(s)-at < length {
			return 0, errCut
		}
		items = number(s, at, length)
		at += length
		if c >= 0xde {
			items *= 2
		}
	default:
		h := heads[c]
		if len(s)-at < int(h.length) {
			return 0, errCut
		}
		size = number(s, at, int(h.length)) + int(h.fixed)
		at += int(h.length)
	}
	if size < 0 || size > len(s)-at || items < 0 || items > len(s)-at {
		return 0, errCut
	}
	if isText := c&0xe0 == 0xa0 || c >= 0xd9 && c <= 0xdb; isText && !utf8.ValidString(s[at:at+size]) {
		return 0, fmt.Errorf("%w: a string is not UTF-8", djsession.ErrUndecodable)
	}
	at += size
	for range items {
		var err error
		if at, err = skip(s, at, left-1); err != nil {
			return 0, err
		}
	}
	return at, nil
}

// text returns a string, if the value is one.
func text(value string) (string, bool) {
	switch c := value[0]; {
	case c&0xe0 == 0xa0:
		return value[1:], true
	case c == 0xd9:
		return value[2:], true
	case c == 0xda:
		return value[3:], true
	case c == 0xdb:
		return value[5:], true
	}
	return "", false
}
