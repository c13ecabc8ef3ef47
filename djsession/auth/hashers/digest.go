package hashers

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
)

const (
	md5Length    = 2 * md5.Size // in hex
	sha1Length   = 2 * sha1.Size
	unsaltedMD5  = "unsalted_md5"
	unsaltedSHA1 = "unsalted_sha1"
)

// MD5 is md5 or unsalted_md5, as ancient Djangos wrote them. Such a hash is
// soon turned back into the password: list it only after a better hasher, which
// then replaces those hashes.
//
//	md5$salt$hex
//	hex, or md5$$hex
//
// Django: django.contrib.auth.hashers.MD5PasswordHasher,
// UnsaltedMD5PasswordHasher (until 5.0).
type MD5 struct {
	// Unsalted makes it unsalted_md5.
	Unsalted bool

	// SaltLength is the characters in a new salt. A hash with fewer is updated.
	// Default: 22, Django's since 3.2.
	SaltLength int
}

// Algorithm returns "md5" or "unsalted_md5".
func (h MD5) Algorithm() string {
	if h.Unsalted {
		return unsaltedMD5
	}
	return "md5"
}

// Encode hashes a password.
func (h MD5) Encode(password string) (string, error) {
	if h.Unsalted {
		return md5Hex(password), nil
	}
	salt := randomText(orDefault(h.SaltLength, defaultSaltLength))
	return "md5$" + salt + "$" + md5Hex(salt+password), nil
}

// Verify reports whether encoded was made of the password.
func (h MD5) Verify(password, encoded string) (bool, error) {
	if h.Unsalted {
		return equal(encoded, md5Hex(password)) || equal(encoded, "md5$$"+md5Hex(password)), nil
	}
	salt, err := saltOf("md5", encoded)
	return err == nil && equal(encoded, "md5$"+salt+"$"+md5Hex(salt+password)), err
}

// MustUpdate reports whether the salt is too short.
func (h MD5) MustUpdate(encoded string) (bool, error) {
	if h.Unsalted {
		return false, nil
	}
	salt, err := saltOf("md5", encoded)
	return err == nil && shortSalt(salt, h.SaltLength), err
}

// Harden does nothing: all of these hashes cost the same.
func (h MD5) Harden(password, encoded string) {}

func md5Hex(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// SHA1 is sha1 or unsalted_sha1: what is said of [MD5] holds for it.
//
//	sha1$salt$hex
//	sha1$$hex
//
// Django: django.contrib.auth.hashers.SHA1PasswordHasher,
// UnsaltedSHA1PasswordHasher (both until 5.0).
type SHA1 struct {
	// Unsalted makes it unsalted_sha1.
	Unsalted bool

	// SaltLength is the characters in a new salt. A hash with fewer is updated.
	// Default: 22, Django's since 3.2.
	SaltLength int
}

// Algorithm returns "sha1" or "unsalted_sha1".
func (h SHA1) Algorithm() string {
	if h.Unsalted {
		return unsaltedSHA1
	}
	return "sha1"
}

// Encode hashes a password.
func (h SHA1) Encode(password string) (string, error) {
	salt := ""
	if !h.Unsalted {
		salt = randomText(orDefault(h.SaltLength, defaultSaltLength))
	}
	return "sha1$" + salt + "$" + sha1Hex(salt+password), nil
}

// Verify reports whether encoded was made of the password.
func (h SHA1) Verify(password, encoded string) (bool, error) {
	if h.Unsalted {
		return equal(encoded, "sha1$$"+sha1Hex(password)), nil
	}
	salt, err := saltOf("sha1", encoded)
	return err == nil && equal(encoded, "sha1$"+salt+"$"+sha1Hex(salt+password)), err
}

// MustUpdate reports whether the salt is too short.
func (h SHA1) MustUpdate(encoded string) (bool, error) {
	if h.Unsalted {
		return false, nil
	}
	salt, err := saltOf("sha1", encoded)
	return err == nil && shortSalt(salt, h.SaltLength), err
}

// Harden does nothing: all of these hashes cost the same.
func (h SHA1) Harden(password, encoded string) {}

func sha1Hex(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func saltOf(algorithm, encoded string) (string, error) {
	parts, err := split(algorithm, encoded, 3)
	if err != nil {
		return "", err
	}
	if parts[1] == "" {
		return "", malformed(algorithm)
	}
	return parts[1], nil
}
