package auth

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/signing"
)

// ErrNotLoggedIn says that the request has no user. Every [Reason] matches it.
// A failure of the store or the database does not.
var ErrNotLoggedIn = errors.New("auth: not logged in")

// ErrInvalidLogin says that there is no active user with this name and
// password. It does not say which of them is wrong.
var ErrInvalidLogin = errors.New("auth: no active user has this name and password")

// ErrForbidden says that a user lacks a permission.
var ErrForbidden = errors.New("auth: the user lacks a permission")

// errNoKey is for an [Auth] without a key.
var errNoKey = fmt.Errorf("auth: %w", signing.ErrNoKey)

// ErrNotVerified says that a user has not proved a second factor in the
// session. See [Auth.IsVerified].
var ErrNotVerified = errors.New("auth: the user has not proved a second factor in this session")

// ErrNotRecent says that a user has authenticated too long ago. See
// [Auth.AuthenticatedAt].
var ErrNotRecent = errors.New("auth: the user has not authenticated in this session lately")

// ErrOtherUser says that a session is not logged in as the user it was to be.
var ErrOtherUser = errors.New("auth: the session is not logged in as this user")

// A Reason is an error that says why a session is not a login. It matches
// [ErrNotLoggedIn].
type Reason uint8

// The reasons.
const (
	ReasonNoLogin           Reason = iota + 1 // the session holds no login, or half of one
	ReasonBackendNotAllowed                   // the login is by a backend that Options.Backends does not list
	ReasonBadID                               // what the session holds as the user's id cannot be one
	ReasonNoSuchUser                          // no user has this id any more
	ReasonInactive                            // the user's is_active is false
	ReasonRefused                             // Options.Accept refuses the user
	ReasonHashMissing                         // the session has no auth hash
	ReasonHashWrong                           // the password or the secret key has changed since the login
	ReasonHashForeign                         // a wrong one of another length: the user model overrides it, or an older Django wrote it
	ReasonBadHeader                           // the header Authorization is not one keyword and one token
	ReasonBadToken                            // there is no such token, or it is not signed as it should be
	ReasonTokenExpired                        // the token was good
	ReasonTokenRevoked                        // the password has changed since the token was issued
	ReasonUserChanged                         // a watched session has become another user's
)

// names are for programs, and stay as they are.
var names = [...]string{
	ReasonNoLogin:           "no_login",
	ReasonBackendNotAllowed: "backend_not_allowed",
	ReasonBadID:             "bad_id",
	ReasonNoSuchUser:        "no_such_user",
	ReasonInactive:          "inactive",
	ReasonRefused:           "refused",
	ReasonHashMissing:       "hash_missing",
	ReasonHashWrong:         "hash_wrong",
	ReasonHashForeign:       "hash_foreign",
	ReasonBadHeader:         "bad_header",
	ReasonBadToken:          "bad_token",
	ReasonTokenExpired:      "token_expired",
	ReasonTokenRevoked:      "token_revoked",
	ReasonUserChanged:       "user_changed",
}

var reasons = [...]string{
	ReasonNoLogin:           "no user is logged in",
	ReasonBackendNotAllowed: "the login is by a backend that is not allowed",
	ReasonBadID:             "the session's user id cannot be one",
	ReasonNoSuchUser:        "there is no such user",
	ReasonInactive:          "the user is inactive",
	ReasonRefused:           "the site's own rules refuse the user",
	ReasonHashMissing:       "the session has no auth hash",
	ReasonHashWrong:         "the session's auth hash is wrong",
	ReasonHashForeign:       "the session's auth hash is of another kind: the user model overrides it, or an older Django wrote it",
	ReasonBadHeader:         "the header Authorization must be one keyword and one token, without spaces in it",
	ReasonBadToken:          "the token is not valid",
	ReasonTokenExpired:      "the token has expired",
	ReasonTokenRevoked:      "the password has changed since the token was issued",
	ReasonUserChanged:       "the session is another user's by now",
}

func (r Reason) Error() string {
	if int(r) >= len(reasons) || r == 0 {
		return ErrNotLoggedIn.Error()
	}
	return "auth: " + reasons[r]
}

// sentence is what a client is told.
func (r Reason) sentence() string {
	text := strings.TrimPrefix(r.Error(), "auth: ")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// Name is a word for a metric's label or a program, such as "no_such_user". It
// never changes.
func (r Reason) Name() string {
	if int(r) >= len(names) || r == 0 {
		return "nobody"
	}
	return names[r]
}

// Is reports whether target is [ErrNotLoggedIn], or [ReasonHashWrong] for a
// [ReasonHashForeign].
func (r Reason) Is(target error) bool {
	return target == ErrNotLoggedIn || r == ReasonHashForeign && target == ReasonHashWrong
}

// A BackendError is [ReasonBackendNotAllowed] with the name of the backend. It
// matches that and [ErrNotLoggedIn].
type BackendError struct {
	Backend string // what the session holds as its backend, cut to 200 bytes
}

// maxBackendName is how much of a backend's name an error quotes.
const maxBackendName = 200

func newBackendError(backend string) *BackendError {
	return &BackendError{Backend: backend[:min(len(backend), maxBackendName)]}
}

func (e *BackendError) Error() string {
	return ReasonBackendNotAllowed.Error() + ": Options.Backends does not list " + strconv.Quote(e.Backend)
}

// Unwrap returns [ReasonBackendNotAllowed].
func (e *BackendError) Unwrap() error { return ReasonBackendNotAllowed }

// A CSRFError says that the session's user is not taken for the one who meant
// the request, because Options.CSRF refused it. It matches [ErrForbidden].
type CSRFError struct {
	Err error // what Options.CSRF returned
}

func (e *CSRFError) Error() string { return "auth: the CSRF check failed: " + e.Err.Error() }

// Is reports whether target is [ErrForbidden].
func (e *CSRFError) Is(target error) bool { return target == ErrForbidden }

// Unwrap returns what Options.CSRF returned.
func (e *CSRFError) Unwrap() error { return e.Err }
