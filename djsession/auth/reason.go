package auth

import "errors"

// ErrNobody is what every [Reason] matches: nobody is logged in, and the store
// and the database are well.
var ErrNobody = errors.New("auth: nobody is logged in")

// ErrInvalidLogin says that there is no active user with this name and
// password. It does not say which of them is wrong.
var ErrInvalidLogin = errors.New("auth: no active user has this name and password")

// ErrForbidden says that a user lacks a permission.
var ErrForbidden = errors.New("auth: the user lacks a permission")

// A Reason is an error that says why nobody is logged in. It matches
// [ErrNobody].
type Reason uint8

// Why nobody is logged in.
const (
	NoLogin           Reason = iota + 1 // the session holds no login, or half of one
	BackendNotAllowed                   // the login is by a backend that Options.Backends does not list
	BadID                               // what the session holds as the user's id cannot be one
	NoSuchUser                          // there is no user with this id any more
	Inactive                            // the user's is_active is false
	Refused                             // Options.Accept refuses the user
	HashMissing                         // the session has no auth hash
	HashWrong                           // the password or the secret key has changed since the login
	HashForeign                         // a wrong one of another length: the user model overrides it, or an older Django wrote it
)

var reasons = [...]string{
	NoLogin:           "nobody is logged in",
	BackendNotAllowed: "the login is by a backend that is not allowed",
	BadID:             "the session's user id cannot be one",
	NoSuchUser:        "there is no such user",
	Inactive:          "the user is inactive",
	Refused:           "the site's own rules refuse the user",
	HashMissing:       "the session has no auth hash",
	HashWrong:         "the session's auth hash is wrong",
	HashForeign:       "the session's auth hash is of another kind: the user model overrides it, or an older Django wrote it",
}

func (r Reason) Error() string {
	if int(r) >= len(reasons) || r == 0 {
		return ErrNobody.Error()
	}
	return "auth: " + reasons[r]
}

// Is reports whether target is [ErrNobody], or [HashWrong] for a
// [HashForeign].
func (r Reason) Is(target error) bool {
	return target == ErrNobody || r == HashForeign && target == HashWrong
}
