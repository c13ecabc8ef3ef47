package csrf

import (
	"crypto/rand"
	"crypto/subtle"
	"unicode/utf8"
)

const (
	secretLength = 32
	maskedLength = 2 * secretLength // a mask, and the secret that it hides
	alphabet     = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// indexes holds the place of each byte in the alphabet, or notInAlphabet.
var indexes = func() (table [256]byte) {
	for i := range table {
		table[i] = notInAlphabet
	}
	for i := range len(alphabet) {
		table[alphabet[i]] = byte(i)
	}
	return table
}()

const notInAlphabet = 255

// NewSecret returns a new secret of 32 letters and digits, in the form that the
// cookie "csrftoken" of Django 4.1 and later has, and that every Django since
// 1.10 reads there. A program whose requests pass through [Protection.Handler]
// does not need it.
func NewSecret() string { return randomText(secretLength) }

// randomText reads more bytes than it needs: it throws some away, and one read
// is then nearly always enough.
func randomText(length int) string {
	const fair = 256 - 256%len(alphabet) // larger bytes would favor the start of the alphabet
	text := make([]byte, 0, maskedLength)
	var random [2 * maskedLength]byte
	for {
		rand.Read(random[:]) // never fails: the program crashes instead
		for _, b := range random {
			if int(b) >= fair {
				continue
			}
			text = append(text, alphabet[int(b)%len(alphabet)])
			if len(text) == length {
				return string(text)
			}
		}
	}
}

// mask hides a secret under a new random mask, so that pages which hold it
// differ and their compressed length says nothing about it.
// Django: django.middleware.csrf._mask_cipher_secret.
func mask(secret string) string {
	token := append(make([]byte, 0, maskedLength), randomText(secretLength)...)
	for i := range secretLength {
		sum := int(indexes[secret[i]]) + int(indexes[token[i]])
		token = append(token, alphabet[sum%len(alphabet)])
	}
	return string(token)
}

// unmask returns the secret of a token that passed checkFormat.
// Django: django.middleware.csrf._unmask_cipher_token.
func unmask(token string) string {
	if len(token) != maskedLength {
		return token
	}
	secret := make([]byte, secretLength)
	for i := range secret {
		difference := int(indexes[token[secretLength+i]]) - int(indexes[token[i]])
		secret[i] = alphabet[(difference+len(alphabet))%len(alphabet)]
	}
	return string(secret)
}

// The two ways in which a token can be malformed, in Django's words.
const (
	badLength     = "has incorrect length"
	badCharacters = "has invalid characters"
)

// checkFormat returns what is wrong with a token or a cookie, or "". Django
// counts characters, so the length of text is in runes.
// Django: django.middleware.csrf._check_token_format.
func checkFormat(token string) string {
	switch utf8.RuneCountInString(token) {
	case secretLength, maskedLength:
	default:
		return badLength
	}
	for i := range len(token) {
		if indexes[token[i]] == notInAlphabet {
			return badCharacters
		}
	}
	return ""
}

// matches compares a well-formed token with a secret, in constant time.
func matches(token, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(unmask(token)), []byte(secret)) == 1
}
