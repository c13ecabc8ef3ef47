package auth

import (
	"crypto/subtle"
	"encoding/hex"

	"github.com/djsession/djsession-go/signing"
)

// hashSalt is the same for every Django since 1.7 and every user model, wherever AbstractBaseUser has moved.
const hashSalt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"

// hashes are the keyed states of the session auth hash, derived once.
type hashes struct {
	current   *signing.MAC
	sha1      *signing.MAC // nil if not accepted
	fallbacks []*signing.MAC
}

func newHashes(secretKey string, o *Options) hashes {
	h := hashes{current: signing.NewMAC(hashSalt, secretKey, o.Algorithm)}
	if o.AcceptSHA1 && o.Algorithm != signing.SHA1 {
		h.sha1 = signing.NewMAC(hashSalt, secretKey, signing.SHA1)
	}
	for _, key := range o.Fallbacks {
		if key != "" { // everybody knows the empty one
			h.fallbacks = append(h.fallbacks, signing.NewMAC(hashSalt, key, o.Algorithm))
		}
	}
	return h
}

// verdict is what is to be thought of a session auth hash.
type verdict uint8

const (
	wrong verdict = iota
	right
	rotated // right under a fallback key
)

func (h *hashes) check(hash, input string) verdict {
	if equals(h.current, hash, input) || h.sha1 != nil && equals(h.sha1, hash, input) {
		return right
	}
	for _, fallback := range h.fallbacks {
		if equals(fallback, hash, input) {
			return rotated
		}
	}
	return wrong
}

// equals compares in constant time.
func equals(mac *signing.MAC, hash, input string) bool {
	var sum [32]byte
	var given, want [64]byte
	n := hex.Encode(want[:], mac.Append(sum[:0], input))
	return len(hash) == n && subtle.ConstantTimeCompare(given[:copy(given[:], hash)], want[:n]) == 1
}

// SessionHash returns the session auth hash of a user under the current key, in hex.
// Django: AbstractBaseUser.get_session_auth_hash.
func (a *Auth) SessionHash(u *User) string {
	return hex.EncodeToString(a.hashes.current.Append(nil, a.opts.HashInput(u)))
}
