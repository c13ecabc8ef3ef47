package djsession

import (
	"errors"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/signing"
)

// Errors to branch on with [errors.Is]. A store that cannot be reached returns
// the error of its driver, wrapped in [ErrUnavailable]; anything else a store
// returns is one of these.
var (
	// ErrNotFound says that no live session has that key: it never was, it
	// expired, or it was deleted.
	ErrNotFound = errors.New("djsession: session not found or expired")

	// ErrKeyExists says that a session to be created has a key which is taken.
	// Try another key.
	ErrKeyExists = errors.New("djsession: session key is already in use")

	// ErrInvalidKey says that a key cannot be a session key, so no store was
	// asked for it. See [ValidKey].
	ErrInvalidKey = errors.New("djsession: not a session key")

	// ErrCorrupt says that a session is stored but cannot be read. Every such
	// error is a *[CorruptError].
	ErrCorrupt = errors.New("djsession: session data corrupted")

	// ErrTooLarge says that a session is larger than a MaxSize allows: of the
	// codec, the store, the cache or its compressor. It matches
	// signing.ErrTooLarge, and not [ErrCorrupt]. A stored session that is too
	// large to be read is not changed, and one that would be is not saved.
	// Raise MaxSize, or keep less in the session. Django has no such limit.
	ErrTooLarge error = tooLarge{}

	// ErrUndecodable says that a payload with a good signature is not what its
	// serializer writes.
	ErrUndecodable = errors.New("djsession: payload cannot be decoded")

	// ErrUnsupportedSerializer says that a payload was written by another
	// serializer than those the codec has.
	ErrUnsupportedSerializer = errors.New("djsession: payload was written by a serializer this codec does not have")

	// ErrInterrupted says that the session was deleted while the request ran,
	// so saving it would undo a logout. Django answers 400.
	// Django: django.contrib.sessions.exceptions.SessionInterrupted.
	ErrInterrupted = errors.New("djsession: session was deleted before the request completed")

	// ErrResponseStarted says that a session was to get a new key, or another
	// cookie was to be set, after the response had begun, when the browser
	// cannot be told. Nothing was done. Create, cycle or log in before the
	// first byte.
	ErrResponseStarted = errors.New("djsession: the response has begun, so no cookie can be sent, such as that of a new session key")

	// ErrAmbiguousCookie says that a request carries session cookies that
	// differ, so that the programs behind a proxy may see different sessions.
	// It is an error of [Manager.UnambiguousKey] only: [FromRequest] takes the
	// last of them, as Django does.
	ErrAmbiguousCookie = errors.New("djsession: the request has several session cookies that differ, or Cookie lines that a proxy joined with a comma")

	// ErrReadOnly says that something was to be written in read-only mode.
	ErrReadOnly = errors.New("djsession: session is read-only")

	// ErrUnavailable says that the store failed: it is down, too slow, or
	// refuses. It never means that a user is logged out.
	ErrUnavailable = errors.New("djsession: session store unavailable")

	// ErrRaces is for stores whose Modify is a compare-and-swap: it was lost so
	// often that something else must be wrong. It matches [ErrUnavailable].
	ErrRaces = fmt.Errorf("%w: a session changes faster than it can be saved", ErrUnavailable)
)

// A CorruptError says why a stored session cannot be read. It matches
// [ErrCorrupt] and, by Err, what went wrong: signing.ErrBadSignature,
// [ErrUndecodable] or [ErrUnsupportedSerializer].
//
// Django takes such a session for an empty one that keeps its key, and logs a
// warning.
type CorruptError struct {
	Err error
}

func (e *CorruptError) Error() string {
	return ErrCorrupt.Error() + ": " + strings.TrimPrefix(e.Err.Error(), "djsession: ")
}

// Unwrap returns what went wrong.
func (e *CorruptError) Unwrap() error { return e.Err }

// Is reports whether target is [ErrCorrupt].
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

// Unreadable is for stores: it returns what [Store] says of a session that is
// stored and could not be decoded because of err. That is err itself if it
// matches [ErrTooLarge] or [ErrCorrupt], ErrTooLarge if it matches
// signing.ErrTooLarge, and else a *[CorruptError].
func Unreadable(err error) error {
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrCorrupt):
		return err
	case errors.Is(err, signing.ErrTooLarge):
		return ErrTooLarge
	}
	return &CorruptError{Err: err}
}

// tooLarge is ErrTooLarge.
type tooLarge struct{}

func (tooLarge) Error() string {
	return "djsession: the session is larger than MaxSize allows, so it is neither read nor changed: raise MaxSize, or keep less in it"
}

func (tooLarge) Is(target error) bool { return target == signing.ErrTooLarge }
