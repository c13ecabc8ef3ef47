package hashers

import (
	"errors"
	"fmt"
)

// Errors to branch on with [errors.Is]. None of them holds anything of a
// password or a hash.
var (
	// ErrUnknownAlgorithm says that a hash is unusable, or of an algorithm that
	// is not among the site's hashers.
	ErrUnknownAlgorithm = errors.New("hashers: unusable, or the algorithm is not among the site's hashers")

	// ErrMalformed says that the stored password breaks its algorithm's format:
	// the user cannot log in until it is replaced.
	ErrMalformed = errors.New("hashers: the stored password is malformed; the user needs a new one")

	// ErrTooCostly says that checking would take more time or memory than
	// allowed. Every such error is a *[CostError].
	ErrTooCostly = errors.New("hashers: too costly")

	// ErrParameters says that a hasher was given parameters that its algorithm
	// does not have, so it can make no hash.
	ErrParameters = errors.New("hashers: not parameters that the algorithm can have")

	// ErrPasswordTooLong says that bcrypt cannot take all of a new password: it
	// reads 72 bytes and no more.
	ErrPasswordTooLong = errors.New("hashers: bcrypt takes no more than 72 bytes of password; use bcrypt_sha256")
)

// A CostError says what a hash asks for beyond what its hasher allows, and so
// was not computed. It matches [ErrTooCostly].
type CostError struct {
	Algorithm string // "scrypt"
	What      string // "bytes of memory"
	Asked     uint64 // the largest uint64 if it is even more
	Allowed   uint64
	Field     string // of the hasher, that allows more: "MaxMemory"
}

func (e *CostError) Error() string {
	return fmt.Sprintf("%v: %s asks for %d %s, of %d allowed; raise %s if that is meant", ErrTooCostly, e.Algorithm, e.Asked, e.What,
		e.Allowed, e.Field)
}

// Is reports whether target is [ErrTooCostly].
func (e *CostError) Is(target error) bool { return target == ErrTooCostly }

// parameters wraps [ErrParameters].
func parameters(algorithm string) error { return fmt.Errorf("%w: %s", ErrParameters, algorithm) }
