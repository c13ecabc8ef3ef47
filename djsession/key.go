package djsession

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"
)

const (
	keyLength   = 32
	keyAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

	minKeyLength = 8  // Django takes anything shorter for no key at all
	maxKeyLength = 40 // the width of session_key
)

// NewKey returns a session key like Django's: 32 random characters of a-z and
// 0-9, some 165 bits.
// Django:
// django.contrib.sessions.backends.base.SessionBase._get_new_session_key.
func NewKey() string {
	// Bytes that would favour the alphabet's start are thrown away: 252 is the
	// largest multiple of 36 in a byte.
	const fair = 256 - 256%len(keyAlphabet)
	key := make([]byte, 0, keyLength)
	var random [2 * keyLength]byte
	for {
		rand.Read(random[:]) // never fails: the program crashes instead
		for _, b := range random {
			if int(b) >= fair {
				continue
			}
			key = append(key, keyAlphabet[int(b)%len(keyAlphabet)])
			if len(key) == keyLength {
				return string(key)
			}
		}
	}
}

// tooShort reports whether Django would take key for none: it counts
// characters.
func tooShort(key string) bool {
	return len(key) < minKeyLength || len(key) < utf8.UTFMax*minKeyLength && utf8.RuneCountInString(key) < minKeyLength
}

// ValidKey reports whether key can be one of Django's own: 8 to 40 characters
// of a-z and 0-9. It is the default everywhere, because MySQL takes "ABC" for
// "abc" and other stores do not.
func ValidKey(key string) bool {
	if len(key) < minKeyLength || len(key) > maxKeyLength {
		return false
	}
	for i := 0; i < len(key); i++ {
		if c := key[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// ValidCustomKey reports whether key can be one of a custom SessionStore's: 8
// to 40 printable ASCII characters without spaces, such as a UUID. Use it in
// place of [ValidKey] for a site that makes such keys. Django itself asks only
// for 8.
func ValidCustomKey(key string) bool {
	if len(key) < minKeyLength || len(key) > maxKeyLength {
		return false
	}
	for i := 0; i < len(key); i++ {
		if key[i] <= ' ' || key[i] > '~' {
			return false
		}
	}
	return true
}

// Fingerprint returns what may stand for a session key in a log: the first 8
// hex digits of its SHA-256. Equal keys have equal fingerprints, and no key can
// be found from one.
func Fingerprint(key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:4])
}
