package auth

import (
	"crypto/rand"

	"github.com/djsession/djsession-go/djsession"
)

const (
	csrfName     = "_csrftoken"
	csrfLength   = 32 // of a secret; a masked one is a mask and as much again, both random
	csrfAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// NewCSRFSecret returns a new CSRF secret for the cookie "csrftoken", in the
// form that every Django since 1.10 reads there.
// Django: django.middleware.csrf.rotate_token.
func NewCSRFSecret() string { return randomText(csrfLength) }

// nextCSRF returns what is to replace the secret in a session, if that is where
// the site keeps it. Django up to 4.0 reads only masked ones there, and later
// ones read both.
func (a *Auth) nextCSRF(s *djsession.Session) (secret string, ok bool) {
	old, _ := s.Text(csrfName)
	if len(old) == csrfLength {
		return NewCSRFSecret(), true
	}
	return randomText(2 * csrfLength), a.opts.CSRFUseSessions || s.Has(csrfName)
}

func randomText(length int) string {
	const fair = 256 - 256%len(csrfAlphabet) // more would favour the alphabet's start
	text := make([]byte, 0, length)
	var random [4 * csrfLength]byte
	for {
		rand.Read(random[:]) // never fails: the program crashes instead
		for _, b := range random {
			if int(b) >= fair {
				continue
			}
			text = append(text, csrfAlphabet[int(b)%len(csrfAlphabet)])
			if len(text) == length {
				return string(text)
			}
		}
	}
}
