package memcached

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/djsession/djsession-go/djsession"
)

// An Error says what memcached could not do, and why. It matches
// [djsession.ErrUnavailable], or djsession.ErrTooLarge if the value was too
// large. Its text never shows a key.
type Error struct {
	Op       string // what was done, such as "get"
	TooLarge bool   // the value is larger than the server takes (memcached -I, 1 MB by default)
	Err      error  // the client's
	key      string
}

func (e *Error) Error() string {
	text := e.Err.Error()
	if e.key != "" {
		text = strings.ReplaceAll(text, e.key, "...")
	}
	if e.TooLarge {
		return fmt.Sprintf("djsession: memcached %s: the value is too large: keep less in the session, or raise memcached -I: %s", e.Op, text)
	}
	return fmt.Sprintf("djsession: memcached %s: %s", e.Op, text)
}

// Unwrap returns the client's error.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is what the error means.
func (e *Error) Is(target error) bool {
	if e.TooLarge {
		return target == djsession.ErrTooLarge
	}
	return target == djsession.ErrUnavailable
}

// explain says what an error of the client means. Those that a caller knows
// better stay what they are.
func explain(op, key string, err error) error {
	switch {
	case err == nil, errors.Is(err, memcache.ErrNotStored), errors.Is(err, memcache.ErrCASConflict):
		return err
	case errors.Is(err, memcache.ErrCacheMiss):
		return djsession.ErrNotFound
	case op == "get" && errors.Is(err, errTooLong):
		return djsession.ErrTooLarge
	case errors.Is(err, memcache.ErrMalformedKey):
		return checkKey(err)
	}
	return &Error{Op: op, TooLarge: strings.Contains(err.Error(), "object too large"), Err: err, key: key}
}

// wasCut reports whether a connection ended, rather than that it gave no answer
// in time.
func wasCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}
