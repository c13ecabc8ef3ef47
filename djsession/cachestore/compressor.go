package cachestore

import "errors"

// A Compressor makes the values of a cache smaller, as a COMPRESSOR of
// django-redis does. Those are in package compress. It is safe for concurrent
// use.
type Compressor interface {
	// Name is a short name for people, such as "zlib".
	Name() string

	// Compress returns the value compressed, or as it is if it is too short for
	// that. It returns signing.ErrTooLarge for one that Decompress would not
	// make again.
	Compress(value []byte) ([]byte, error)

	// Decompress undoes Compress. It returns [ErrNotCompressed] for a value
	// that does not begin like one of its own, and signing.ErrTooLarge instead
	// of more than it is allowed to make.
	Decompress(value []byte) ([]byte, error)
}

// ErrNotCompressed says that a value is not what a [Compressor] writes, so it
// was stored as it is.
var ErrNotCompressed = errors.New("djsession: not compressed, or by something else")
