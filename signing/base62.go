package signing

import (
	"bytes"
	"math"
)

const base62Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// appendBase62 writes a number as Django writes timestamps.
// Django: django.core.signing.b62_encode.
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

// parseBase62 reads what appendBase62 writes, leading zeros too, and refuses
// what does not fit.
// Django: django.core.signing.b62_decode.
func parseBase62(s []byte) (int64, bool) {
	digits, negative := bytes.CutPrefix(s, []byte("-"))
	if len(s) == 0 {
		return 0, false
	}
	var u uint64
	for i := 0; i < len(digits); i++ {
		d := uint64(base62Digits[digits[i]])
		if d == notBase62 || u > math.MaxInt64/62 || u*62 > math.MaxInt64-d {
			return 0, false
		}
		u = u*62 + d
	}
	if negative {
		return -int64(u), true
	}
	return int64(u), true
}

const notBase62 = 0xff

var base62Digits = func() (values [256]uint8) {
	for c := range values {
		values[c] = notBase62
	}
	for d, c := range []byte(base62Alphabet) {
		values[c] = uint8(d)
	}
	return values
}()
