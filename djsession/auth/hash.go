package auth

import (
	"crypto/subtle"
	"encoding/hex"

	"github.com/djsession/djsession-go/signing"
)

// hashSalt is the same for every Django since 1.7 and every user model,
// wherever AbstractBaseUser has moved.
const hashSalt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"

// hashes compute the session auth hash under each key, which is derived once.
type hashes struct {
	current   sessionHash
	accepted  []sessionHash // as good as current
	fallbacks []sessionHash
	input     func(u *User) string
}

// A sessionHash computes the session auth hash under one key, by a MAC or by
// the site's own function.
type sessionHash struct {
	mac *signing.MAC
	own func(u *User) string
}

func newHashes(secretKey string, o *Options) hashes {
	under := func(key string, algorithm signing.Algorithm) sessionHash {
		if o.SessionHash != nil {
			return sessionHash{own: o.SessionHash(key)}
		}
		return sessionHash{mac: signing.NewMAC(o.HashSalt, key, algorithm)}
	}
	h := hashes{current: under(secretKey, o.Algorithm), input: o.HashInput}
	if o.AcceptSHA1 && o.Algorithm != signing.SHA1 && o.SessionHash == nil {
		h.accepted = append(h.accepted, under(secretKey, signing.SHA1))
	}
	for _, key := range o.Fallbacks {
		if key != "" { // the empty one is known
			h.fallbacks = append(h.fallbacks, under(key, o.Algorithm))
		}
	}
	return h
}

// verdict is the result of checking a session auth hash.
type verdict uint8

const (
	wrong   verdict = iota
	foreign         // wrong, and of another length than any that is accepted
	right
	rotated // right under a fallback key
)

func (h *hashes) check(hash string, u *User) verdict {
	input := h.input(u)
	result := foreign
	// is reports whether the hash is by, and notes whether its length is.
	is := func(by *sessionHash) bool {
		equal, sameLength := by.equals(hash, u, input)
		if sameLength {
			result = wrong
		}
		return equal
	}
	if is(&h.current) {
		return right
	}
	for i := range h.accepted {
		if is(&h.accepted[i]) {
			return right
		}
	}
	for i := range h.fallbacks {
		if is(&h.fallbacks[i]) {
			return rotated
		}
	}
	return result
}

// equals compares in constant time.
func (h *sessionHash) equals(hash string, u *User, input string) (equal, sameLength bool) {
	if h.own != nil {
		want := h.own(u)
		equal = want != "" && subtle.ConstantTimeCompare([]byte(hash), []byte(want)) == 1
		return equal, len(hash) == len(want)
	}
	var sum [32]byte
	var given, want [64]byte
	n := hex.Encode(want[:], h.mac.Append(sum[:0], input))
	if len(hash) != n {
		return false, false
	}
	return subtle.ConstantTimeCompare(given[:copy(given[:], hash)], want[:n]) == 1, true
}

// SessionHash returns the session auth hash of a user under the current key,
// or "" with Options.NoSessionHash.
// Django: AbstractBaseUser.get_session_auth_hash.
func (a *Auth) SessionHash(u *User) string {
	switch h := &a.hashes.current; {
	case a.opts.NoSessionHash:
		return ""
	case h.own != nil:
		return h.own(u)
	default:
		return hex.EncodeToString(h.mac.Append(nil, a.hashes.input(u)))
	}
}
