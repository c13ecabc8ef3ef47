package auth

import (
	"errors"
	"fmt"

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
)

var reasons = [...]string{
	ReasonNoLogin:           "nobody is logged in",
	ReasonBackendNotAllowed: "the login is by a backend that is not allowed",
	ReasonBadID:             "the session's user id cannot be one",
	ReasonNoSuchUser:        "there is no such user",
	ReasonInactive:          "the user is inactive",
	ReasonRefused:           "the site's own rules refuse the user",
	ReasonHashMissing:       "the session has no auth hash",
	ReasonHashWrong:         "the session's auth hash is wrong",
	ReasonHashForeign:       "the session's auth hash is of another kind: the user model overrides it, or an older Django wrote it",
}

func (r Reason) Error() string {
	if int(r) >= len(reasons) || r == 0 {
		return ErrNotLoggedIn.Error()
	}
	return "auth: " + reasons[r]
}

// Is reports whether target is [ErrNotLoggedIn], or [ReasonHashWrong] for a
// [ReasonHashForeign].
func (r Reason) Is(target error) bool {
	return target == ErrNotLoggedIn || r == ReasonHashForeign && target == ReasonHashWrong
}
