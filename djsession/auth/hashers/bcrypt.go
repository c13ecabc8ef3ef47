package hashers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// BCrypt is bcrypt_sha256, which hashes the SHA-256 of a password in hex, or
// bcrypt, which hashes the password itself.
//
//	bcrypt_sha256$$2b$12$salt and hash
//
// Django: django.contrib.auth.hashers.BCryptSHA256PasswordHasher,
// BCryptPasswordHasher.
type BCrypt struct {
	// Raw makes it bcrypt. Of a password it reads 72 bytes and no more: a new
	// one that is longer is an [ErrPasswordTooLong], as with Python's bcrypt 5;
	// what older ones made of a longer password verifies.
	Raw bool

	// Cost is the logarithm of the rounds of new hashes, from 4 to 31. A hash
	// with another is updated. Default: 12.
	// Django: BCryptSHA256PasswordHasher.rounds.
	Cost int

	// MaxCost bounds what a hash may ask for. Default: 16, some seconds, or
	// Cost if that is more.
	MaxCost int
}

const (
	bcryptLength     = 53 // 22 characters of salt, 31 of hash
	bcryptMostOfText = 72
)

// Algorithm returns "bcrypt_sha256" or "bcrypt".
func (h BCrypt) Algorithm() string {
	if h.Raw {
		return "bcrypt"
	}
	return "bcrypt_sha256"
}

// Encode hashes a password with a new random salt.
func (h BCrypt) Encode(password string) (string, error) {
	if h.cost() < bcrypt.MinCost || h.cost() > bcrypt.MaxCost {
		return "", parameters(h.Algorithm())
	}
	hash, err := bcrypt.GenerateFromPassword(h.key(password), h.cost())
	if errors.Is(err, bcrypt.ErrPasswordTooLong) {
		return "", ErrPasswordTooLong
	}
	if err != nil {
		return "", err
	}
	// 2b is what Python's bcrypt writes. It stands for a correct
	// implementation; so does Go's 2a.
	return h.Algorithm() + "$$2b" + strings.TrimPrefix(string(hash), "$2a"), nil
}

// Verify reports whether encoded was made of the password.
func (h BCrypt) Verify(password, encoded string) (bool, error) {
	if _, err := h.decode(encoded); err != nil {
		return false, err
	}
	key := h.key(password)
	err := bcrypt.CompareHashAndPassword([]byte(encoded[len(h.Algorithm())+1:]), key[:min(len(key), bcryptMostOfText)])
	switch {
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		return false, nil
	case err != nil:
		return false, malformed(h.Algorithm())
	}
	return true, nil
}

// MustUpdate reports whether the cost is another.
func (h BCrypt) MustUpdate(encoded string) (bool, error) {
	cost, err := h.decode(encoded)
	return err == nil && cost != h.cost(), err
}

// Harden does the rounds by which encoded falls short.
func (h BCrypt) Harden(password, encoded string) {
	cost, err := h.decode(encoded)
	if err != nil {
		return
	}
	key := h.key(password)
	for ; cost < h.cost(); cost++ { // each doubles what was done before
		_, _ = bcrypt.GenerateFromPassword(key[:min(len(key), bcryptMostOfText)], cost)
	}
}

func (h BCrypt) cost() int { return orDefault(h.Cost, 12) }

func (h BCrypt) key(password string) []byte {
	if h.Raw {
		return []byte(password)
	}
	sum := sha256.Sum256([]byte(password))
	return []byte(hex.EncodeToString(sum[:]))
}

func (h BCrypt) decode(encoded string) (cost int, err error) {
	parts, err := split(h.Algorithm(), encoded, 5)
	if err != nil {
		return 0, err
	}
	nothing, version, text, rest := parts[1], parts[2], parts[3], parts[4]
	if nothing != "" || len(version) != 2 || version[0] != '2' || !strings.Contains("abxy", version[1:]) || len(text) != 2 ||
		len(rest) != bcryptLength {
		return 0, malformed(h.Algorithm())
	}
	asked, ok := number(strings.TrimPrefix(text, "0"))
	// The last character of the salt holds two bits.
	if !ok || asked < uint64(bcrypt.MinCost) || asked > uint64(bcrypt.MaxCost) || !strings.Contains(".Oeu", rest[21:22]) {
		return 0, malformed(h.Algorithm())
	}
	if allowed := uint64(max(h.cost(), orDefault(h.MaxCost, 16))); asked > allowed {
		return 0, &CostError{h.Algorithm(), "doublings of its rounds", asked, allowed, "BCrypt.MaxCost"}
	}
	return int(asked), nil
}
