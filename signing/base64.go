package signing

import "encoding/base64"

var urlEncoding = base64.RawURLEncoding

// Base64Alphabet is one of the two that Python decodes.
type Base64Alphabet uint8

const (
	// StdBase64 has + and /. Python: base64.b64decode.
	StdBase64 Base64Alphabet = iota
	// URLBase64 has - and _ too. Python: base64.urlsafe_b64decode.
	URLBase64
)

// DecodeBase64 appends what Python makes of base64 text: characters that do not
// belong to it are passed over, and so is what follows complete padding, but
// missing padding is an error. This is a low-level function that most users
// won't need.
func DecodeBase64(dst []byte, text string, alphabet Base64Alphabet) ([]byte, bool) {
	if alphabet == StdBase64 {
		b := getBuffers()
		defer b.put()
		b.text = append(b.text[:0], text...)
		if decoded, err := base64.StdEncoding.AppendDecode(dst, b.text); err == nil {
			return decoded, true // nearly always
		}
	}
	return decodeLeniently(dst, text, alphabet)
}

func decodeLeniently(dst []byte, text string, alphabet Base64Alphabet) ([]byte, bool) {
	var quad uint32
	var have, pads int
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '=' {
			pads++
			if have >= 2 && have+pads >= 4 {
				return appendQuad(dst, quad<<(6*(4-have)), have-1), true
			}
			continue
		}
		v, ok := base64Value(c, alphabet)
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

func base64Value(c byte, alphabet Base64Alphabet) (uint32, bool) {
	switch {
	case 'A' <= c && c <= 'Z':
		return uint32(c - 'A'), true
	case 'a' <= c && c <= 'z':
		return uint32(c-'a') + 26, true
	case '0' <= c && c <= '9':
		return uint32(c-'0') + 52, true
	case c == '+', c == '-' && alphabet == URLBase64:
		return 62, true
	case c == '/', c == '_' && alphabet == URLBase64:
		return 63, true
	}
	return 0, false
}

// appendUnpadded appends what Django makes of the body of a signed object: it
// is padded by its length and then decoded. Nearly always the standard library
// can do it.
func appendUnpadded(dst []byte, text []byte) ([]byte, bool) {
	start := len(dst)
	decoded, err := urlEncoding.AppendDecode(dst, text)
	if err == nil && len(decoded)-start == urlEncoding.DecodedLen(len(text)) {
		return decoded, true
	}
	padded := string(text) + "==="[:-len(text)&3]
	return decodeLeniently(dst[:start], padded, URLBase64)
}
