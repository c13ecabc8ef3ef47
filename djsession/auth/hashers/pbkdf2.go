package hashers

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// PBKDF2 is Django's default: pbkdf2_sha256, or pbkdf2_sha1.
//
//	pbkdf2_sha256$iterations$salt$base64
//
// Django: django.contrib.auth.hashers.PBKDF2PasswordHasher,
// PBKDF2SHA1PasswordHasher.
type PBKDF2 struct {
	// SHA1 makes it pbkdf2_sha1.
	SHA1 bool

	// Iterations of new hashes. A hash with more or fewer is updated. Default:
	// Django 6.1's 1,500,000.
	Iterations int

	// SaltLength is the characters in a new salt. A hash with fewer is updated.
	// Default: 22, Django's since 3.2.
	SaltLength int

	// MaxIterations bounds what a hash may ask for. Default: 10 million, some
	// seconds, or Iterations if that is more.
	MaxIterations int
}

// Algorithm returns "pbkdf2_sha256" or "pbkdf2_sha1".
func (h PBKDF2) Algorithm() string {
	if h.SHA1 {
		return "pbkdf2_sha1"
	}
	return "pbkdf2_sha256"
}

// Encode hashes a password with a new random salt.
func (h PBKDF2) Encode(password string) (string, error) {
	return h.encode(password, randomText(orDefault(h.SaltLength, defaultSaltLength)), h.iterations())
}

// Verify reports whether encoded was made of the password.
func (h PBKDF2) Verify(password, encoded string) (bool, error) {
	iterations, salt, err := h.decode(encoded)
	if err != nil {
		return false, err
	}
	made, err := h.encode(password, salt, iterations)
	return err == nil && equal(made, encoded), err
}

// MustUpdate reports whether the iterations are others, or the salt is too
// short.
func (h PBKDF2) MustUpdate(encoded string) (bool, error) {
	iterations, salt, err := h.decode(encoded)
	return err == nil && (iterations != h.iterations() || shortSalt(salt, h.SaltLength)), err
}

// Harden does the iterations by which encoded falls short.
func (h PBKDF2) Harden(password, encoded string) {
	if iterations, salt, err := h.decode(encoded); err == nil && iterations < h.iterations() {
		_, _ = h.encode(password, salt, h.iterations()-iterations)
	}
}

func (h PBKDF2) iterations() int { return orDefault(h.Iterations, newestIterations) }

func (h PBKDF2) encode(password, salt string, iterations int) (string, error) {
	var key []byte
	var err error
	if h.SHA1 {
		key, err = pbkdf2.Key(sha1.New, password, []byte(salt), iterations, sha1.Size)
	} else {
		key, err = pbkdf2.Key(sha256.New, password, []byte(salt), iterations, sha256.Size)
	}
	if err != nil {
		return "", fmt.Errorf("hashers: %s: %w", h.Algorithm(), err)
	}
	return fmt.Sprintf("%s$%d$%s$%s", h.Algorithm(), iterations, salt, base64.StdEncoding.EncodeToString(key)), nil
}

func (h PBKDF2) decode(encoded string) (iterations int, salt string, err error) {
	parts, err := split(h.Algorithm(), encoded, 4)
	if err != nil {
		return 0, "", err
	}
	asked, ok := number(parts[1])
	if !ok || asked == 0 || parts[2] == "" {
		return 0, "", malformed(h.Algorithm())
	}
	if allowed := uint64(max(h.iterations(), orDefault(h.MaxIterations, 10_000_000))); asked > allowed {
		return 0, "", &CostError{h.Algorithm(), "iterations", asked, allowed, "PBKDF2.MaxIterations"}
	}
	return int(asked), parts[2], nil
}
