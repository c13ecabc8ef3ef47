package signing

import (
	"math"
	"strings"
)

const base62Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// appendBase62 writes a number as Django writes timestamps. Django: django.core.signing.b62_encode.
func appendBase62(dst []byte, n int64) []byte {
	if n == 0 {
		return append(dst, '0')
	}
	u := uint64(n)
	if n < 0 {
		dst = append(dst, '-')
		u = -u
	}
	var digits [11]byte // 62^11 > 2^64
	i := len(digits)
	for ; u > 0; u /= 62 {
		i--
		digits[i] = base62Alphabet[u%62]
	}
	return append(dst, digits[i:]...)
}

// parseBase62 reads what appendBase62 writes, leading zeros too, and refuses what does not fit.
// Django: django.core.signing.b62_decode.
func parseBase62(s string) (int64, bool) {
	digits, negative := strings.CutPrefix(s, "-")
	if s == "" {
		return 0, false
	}
	var u uint64
	for i := 0; i < len(digits); i++ {
		d := strings.IndexByte(base62Alphabet, digits[i])
		if d < 0 || u > (math.MaxInt64-uint64(d))/62 {
			return 0, false
		}
		u = u*62 + uint64(d)
	}
	if negative {
		return -int64(u), true
	}
	return int64(u), true
}
