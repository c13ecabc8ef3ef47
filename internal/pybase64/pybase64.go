// Package pybase64 decodes base64 as Python does, which is less strict than
// encoding/base64.
package pybase64

import "encoding/base64"

// Alphabet is one of the two that Python decodes.
type Alphabet uint8

const (
	// Std has + and /. Python: base64.b64decode.
	Std Alphabet = iota
	// URL has - and _ too. Python: base64.urlsafe_b64decode.
	URL
)

// Decode appends what Python makes of base64 text to dst. It skips characters
// outside the alphabet and whatever follows complete padding. It reports false
// if padding is missing. text and dst must not overlap.
func Decode(dst, text []byte, alphabet Alphabet) ([]byte, bool) {
	if alphabet == Std {
		if decoded, err := base64.StdEncoding.AppendDecode(dst, text); err == nil {
			return decoded, true // nearly always
		}
	}
	return decodeLeniently(dst, text, alphabet)
}

// DecodeUnpadded appends what Django makes of the body of a signed object to
// dst: it adds the padding that the length asks for, and decodes by the URL
// alphabet. text and dst must not overlap.
// Django: django.core.signing.b64_decode.
func DecodeUnpadded(dst, text []byte) ([]byte, bool) {
	start := len(dst)
	decoded, err := base64.RawURLEncoding.AppendDecode(dst, text)
	if err == nil && len(decoded)-start == base64.RawURLEncoding.DecodedLen(len(text)) {
		return decoded, true // nearly always
	}
	padded := append(text[:len(text):len(text)], "==="[:-len(text)&3]...)
	return decodeLeniently(dst[:start], padded, URL)
}

func decodeLeniently(dst, text []byte, alphabet Alphabet) ([]byte, bool) {
	var quad uint32
	var have, pads int
	for _, c := range text {
		if c == '=' {
			pads++
			if have >= 2 && have+pads >= 4 {
				return appendQuad(dst, quad<<(6*(4-have)), have-1), true
			}
			continue
		}
		v, ok := digit(c, alphabet)
		if !ok {
			continue
		}
		pads = 0
		quad = quad<<6 | v
		if have++; have == 4 {
			dst = appendQuad(dst, quad, 3)
			quad, have = 0, 0
		}
	}
	return dst, have == 0
}

func appendQuad(dst []byte, quad uint32, n int) []byte {
	bytes := [3]byte{byte(quad >> 16), byte(quad >> 8), byte(quad)}
	return append(dst, bytes[:n]...)
}

func digit(c byte, alphabet Alphabet) (uint32, bool) {
	switch {
	case 'A' <= c && c <= 'Z':
		return uint32(c - 'A'), true
	case 'a' <= c && c <= 'z':
		return uint32(c-'a') + 26, true
	case '0' <= c && c <= '9':
		return uint32(c-'0') + 52, true
	case c == '+', c == '-' && alphabet == URL:
		return 62, true
	case c == '/', c == '_' && alphabet == URL:
		return 63, true
	}
	return 0, false
}
