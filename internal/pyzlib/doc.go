// Package pyzlib packs and unpacks bytes as Python's zlib.compress and
// zlib.decompress do, for what Django stores packed: in one shot, within a
// bound, without garbage.
package pyzlib

import "errors"

// Errors to branch on with [errors.Is].
var (
	// ErrTooLarge says that a stream unpacks to more than it may.
	ErrTooLarge = errors.New("pyzlib: too large when unpacked")

	// ErrMalformed says that the input is not a zlib stream, or only a part of
	// one.
	ErrMalformed = errors.New("pyzlib: not a whole zlib stream")
)
