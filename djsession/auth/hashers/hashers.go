// Package hashers checks and makes the password hashes of a Django site, which
// the users table holds in the column password.
//
//	passwords := hashers.New(hashers.ForDjango(5, 2))
//	correct, mustUpdate, err := passwords.Check("the user's password", user.Password)
//
// It reads and writes these, by the name before the first "$":
//
//	pbkdf2_sha256, pbkdf2_sha1   [PBKDF2]   Django's default since 1.4
//	argon2                       [Argon2]   argon2id, argon2i and argon2d, also rows without a version
//	bcrypt_sha256, bcrypt        [BCrypt]
//	scrypt                       [Scrypt]
//	md5, sha1                    [MD5], [SHA1], with a salt or without
//	!                            unusable: no password matches
//
// # One site, one set of hashers
//
// When the hashers or their iterations have changed, Django replaces a user's
// hash at the next login, and that ends all other sessions of the user. If Go
// and Django disagree on the current parameters, each login on one side ends
// the session on the other. So name the Django that shares the table:
// [ForDjango], or the site's own PASSWORD_HASHERS.
//
// # Security considerations
//
// Hashes are compared in constant time. A wrong password takes as long as the
// right one, and so does a name that no user has, if [Hashers.CheckNobody] is
// called for it.
//
// A hash that is to be replaced was made with other parameters, or by another
// algorithm, and checking it may cost less. A wrong password then costs the
// difference too: up to the site's parameters, or one hash by the site's first
// hasher, so that a user with an md5 hash is answered no faster than others.
// These remain visible in time: a hash that costs more than the site's, one by
// another slow algorithm, which takes the time of both, and argon2 with other
// lanes. A login by the right password replaces each of them. Django hides
// less: it makes up only for iterations of PBKDF2 and rounds of bcrypt.
//
// Hashing is meant to be slow and argon2 to take memory (100 MiB each by
// default): limit how many logins are tried at once. The cost that a stored
// hash may ask for is bounded, because Django may not have written it: see
// [CostError]. MD5 and SHA1 are there to read the hashes of old sites, and to
// replace them.
package hashers

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Hasher is one way to hash passwords. The package's own are plain structs
// whose zero value is the newest Django's; a site with a hasher of its own
// implements this. It must be safe for concurrent use.
// Django: django.contrib.auth.hashers.BasePasswordHasher.
type Hasher interface {
	// Algorithm is the name that its hashes begin with.
	// Django: BasePasswordHasher.algorithm.
	Algorithm() string

	// Encode hashes a password with a new random salt.
	// Django: BasePasswordHasher.encode.
	Encode(password string) (string, error)

	// Verify reports whether encoded is a hash of the password. A hash that it
	// cannot read is an error that matches [ErrMalformed]; one that would take
	// too much time or memory matches [ErrTooCostly].
	// Django: BasePasswordHasher.verify.
	Verify(password, encoded string) (bool, error)

	// MustUpdate reports whether encoded was made with other parameters than
	// these.
	// Django: BasePasswordHasher.must_update.
	MustUpdate(encoded string) (bool, error)

	// Harden does what is missing when Verify was cheaper than with these
	// parameters, so that time does not tell whose hash is old.
	// Django: BasePasswordHasher.harden_runtime.
	Harden(password, encoded string)
}

// Hashers are those of a site. They are safe for concurrent use.
// Django: PASSWORD_HASHERS.
type Hashers struct {
	list []Hasher
}

// New returns a site's hashers. The first makes new hashes; hashes of the
// others are read, and replaced by [Hashers.Upgrade]. Nil stands for those of
// the newest Django: [ForDjango] names another.
func New(list []Hasher) *Hashers {
	if len(list) == 0 {
		list = ForDjango(newest())
	}
	return &Hashers{list: slices.Clone(list)}
}

// Make returns what to store for a password.
// Django: django.contrib.auth.hashers.make_password.
func (h *Hashers) Make(password string) (string, error) { return h.list[0].Encode(password) }

// Check reports whether encoded was made of the password, and whether a new
// hash should be stored: another algorithm than the first, other parameters, or
// a shorter salt. A hash that is unusable, or of an algorithm that is not among
// the site's, is never right, as in Django. One that cannot be checked is an
// [ErrMalformed], where Django raises an exception, or an [ErrTooCostly]. All
// of them take the time of one hash.
// Django: django.contrib.auth.hashers.verify_password.
func (h *Hashers) Check(password, encoded string) (correct, mustUpdate bool, err error) {
	hasher, err := h.Identify(encoded)
	if err != nil {
		h.CheckNobody(password)
		return false, false, nil
	}
	changed := hasher.Algorithm() != h.list[0].Algorithm()
	mustUpdate = changed
	if !changed {
		mustUpdate, err = h.list[0].MustUpdate(encoded)
	}
	if err == nil {
		correct, err = hasher.Verify(password, encoded)
	}
	if err != nil {
		h.CheckNobody(password)
		return false, false, err
	}
	switch {
	case correct || !mustUpdate:
	case changed:
		h.CheckNobody(password) // as long as the right password, for which a new hash is made
	default:
		h.list[0].Harden(password, encoded)
	}
	return correct, mustUpdate, nil
}

// Upgrade is [Hashers.Check] that also returns the hash to store in place of
// encoded, or "" if encoded is up to date. Storing it ends the user's other
// sessions, and the present one too unless its auth hash is replaced. If no new
// hash can be made of a correct password, correct is still true, and err says
// why.
// Django: check_password(setter=...).
func (h *Hashers) Upgrade(password, encoded string) (correct bool, replacement string, err error) {
	correct, mustUpdate, err := h.Check(password, encoded)
	if correct && mustUpdate {
		replacement, err = h.Make(password)
	}
	return correct, replacement, err
}

// CheckNobody takes as long as [Hashers.Check] of a user's password. Call it
// when no user has the given name, so that time does not tell who has an
// account.
// Django: django.contrib.auth.backends.ModelBackend.authenticate.
func (h *Hashers) CheckNobody(password string) {
	if _, err := h.list[0].Encode(password); errors.Is(err, ErrPasswordTooLong) {
		_, _ = h.list[0].Encode(password[:bcryptMostOfText]) // as much as bcrypt reads of it
	}
}

// Identify returns the hasher that encoded was made by, or an
// [ErrUnknownAlgorithm].
// Django: django.contrib.auth.hashers.identify_hasher.
func (h *Hashers) Identify(encoded string) (Hasher, error) {
	name := AlgorithmOf(encoded)
	for _, hasher := range h.list {
		if hasher.Algorithm() == name {
			return hasher, nil
		}
	}
	return nil, ErrUnknownAlgorithm
}

// AlgorithmOf returns the name of the algorithm that encoded says it was made
// by, whatever it is, or "" for an unusable one.
func AlgorithmOf(encoded string) string {
	if !IsUsable(encoded) {
		return ""
	}
	name, _, found := strings.Cut(encoded, "$")
	switch length := utf8.RuneCountInString(encoded); {
	// Ancient Djangos wrote plain MD5, and took an empty salt for none.
	case length == md5Length && !found, length == len("md5$$")+md5Length && strings.HasPrefix(encoded, "md5$$"):
		return unsaltedMD5
	case length == len("sha1$$")+sha1Length && strings.HasPrefix(encoded, "sha1$$"):
		return unsaltedSHA1
	}
	return name
}

// MakeUnusable returns what to store for a user who has no password, such as
// one who comes by single sign-on.
// Django: make_password(None).
func MakeUnusable() string { return unusablePrefix + randomText(40) }

// IsUsable reports whether encoded is not one of [MakeUnusable].
// Django: django.contrib.auth.hashers.is_password_usable.
func IsUsable(encoded string) bool { return !strings.HasPrefix(encoded, unusablePrefix) }

const unusablePrefix = "!"

// equal compares two hashes in constant time.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// split cuts a hash into n fields. The first must be the algorithm; the last
// may hold "$".
func split(algorithm, encoded string, fields int) ([]string, error) {
	parts := strings.SplitN(encoded, "$", fields)
	if len(parts) != fields || parts[0] != algorithm {
		return nil, malformed(algorithm)
	}
	return parts, nil
}

func malformed(algorithm string) error {
	return fmt.Errorf("%w: not what %s writes", ErrMalformed, algorithm)
}
