package hashers

import (
	"crypto/rand"
	"math"
	"unicode/utf8"
)

// saltAlphabet is Django's RANDOM_STRING_CHARS.
const saltAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// defaultSaltLength is the fewest characters that hold 128 bits.
// Django: BasePasswordHasher.salt_entropy.
const defaultSaltLength = 22

// randomText returns n random characters of Django's.
// Django: django.utils.crypto.get_random_string.
func randomText(n int) string {
	text := make([]byte, 0, n)
	var random [64]byte
	for len(text) < n {
		rand.Read(random[:]) // never fails: the program crashes instead
		for _, b := range random {
			// Six bits, thrown away where they are none of the 62.
			if b &= 63; int(b) < len(saltAlphabet) && len(text) < n {
				text = append(text, saltAlphabet[b])
			}
		}
	}
	return string(text)
}

// shortSalt reports whether a salt has fewer characters than it should.
// Django: django.contrib.auth.hashers.must_update_salt.
func shortSalt(salt string, wanted int) bool {
	return utf8.RuneCountInString(salt) < orDefault(wanted, defaultSaltLength)
}

// orDefault takes what no hasher can have for the default too.
func orDefault(value, otherwise int) int {
	if value <= 0 {
		return otherwise
	}
	return value
}

// number reads a decimal number as Python writes it: no sign, space, leading
// zero or underscore. Python reads these but never writes them, so such a hash
// never verifies. A larger number than a uint64 gives the largest uint64.
func number(text string) (n uint64, ok bool) {
	if text == "" || len(text) > 1 && text[0] == '0' {
		return 0, false
	}
	for i := range len(text) {
		digit := uint64(text[i]) - '0'
		if digit > 9 {
			return 0, false
		}
		if n > (math.MaxUint64-digit)/10 {
			n = math.MaxUint64
			continue
		}
		n = n*10 + digit
	}
	return n, true
}
