package memcached

import (
	"errors"
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/internal/pyzlib"
)

// The flags by which the Python clients remember the type of a value. They
// agree on these bits, but not on which type of number each stands for.
const (
	flagPickle     = 1 << 0
	flagInteger    = 1 << 1 // pylibmc: bool
	flagLong       = 1 << 2 // pylibmc: int
	flagCompressed = 1 << 3 // zlib
	flagText       = 1 << 4
)

// wrap returns what to send for a value: all that Django stores for sessions
// are pickles.
func wrap(value []byte, compressAbove int) ([]byte, uint32) {
	if compressAbove <= 0 || len(value) <= compressAbove {
		return value, flagPickle
	}
	packed := pyzlib.Compress(nil, value)
	if len(packed) >= len(value) {
		return value, flagPickle
	}
	return packed, flagPickle | flagCompressed
}

// unwrap undoes what the flags say. Bytes and text, which a client with another
// serializer may write, are left to the store's serializer; a number is never a
// session.
func unwrap(value []byte, flags uint32, maxSize int) ([]byte, error) {
	if flags&flagCompressed != 0 {
		var err error
		value, err = pyzlib.Decompress(make([]byte, 0, 2*len(value)), value, maxSize)
		if err != nil && !errors.Is(err, pyzlib.ErrTooLarge) {
			return nil, corrupt(fmt.Errorf("%w: %w", djsession.ErrUndecodable, err))
		}
		if err != nil {
			return nil, djsession.ErrTooLarge
		}
	}
	if len(value) > maxSize {
		return nil, djsession.ErrTooLarge
	}
	switch flags &^ flagCompressed {
	case flagPickle, flagText, 0:
		return value, nil
	case flagInteger, flagLong:
		return nil, corrupt(fmt.Errorf("%w: it is a number", djsession.ErrUndecodable))
	}
	return nil, corrupt(fmt.Errorf("%w: no Python client writes the flags %#x", djsession.ErrUndecodable, flags))
}

func corrupt(err error) error { return &djsession.CorruptError{Err: err} }
