package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// A Scheme is a way in which a request says who sent it: by a session, or by a
// token. Options.Schemes lists those of a site. [BySession] is here; packages
// drftoken, knox and simplejwt have others.
// Django: an authentication class of Django REST framework.
type Scheme interface {
	// User returns the user whose credentials the request carries. It returns
	// [ReasonNoLogin] if the request carries none of this scheme, and the next
	// scheme is asked; any other error ends the search. [Auth.UserByID] is for
	// finding the user that a token names, and [Credentials] for reading the
	// header. It must be safe for concurrent use.
	User(r *http.Request, a *Auth) (*User, error)

	// Challenge returns the challenge of a 401 in the header WWW-Authenticate,
	// such as "Token", or "" for none.
	Challenge() string
}

// BySession is the scheme of a request's session. A session without a valid
// login lets the next scheme be asked, whatever the [Reason].
//
// If the session was named by the cookie, which browsers send by themselves,
// Options.CSRF must accept the request too.
// Django: rest_framework.authentication.SessionAuthentication.
var BySession Scheme = bySession{}

type bySession struct{}

// Challenge returns none, because HTTP has no scheme for cookies. If no other
// scheme has a challenge, a 401 says "Cookie".
func (bySession) Challenge() string { return "" }

func (bySession) User(r *http.Request, a *Auth) (*User, error) {
	s, err := a.session(r)
	if err != nil {
		return nil, err
	}
	x, known := a.exchange(r)
	u, err := x.userOf(known.Context(), s)
	if err == nil && s.ByCookie() {
		err = x.checkCSRF(known)
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

// session returns the request's session, read once.
func (a *Auth) session(r *http.Request) (*djsession.Session, error) {
	if m := a.opts.Sessions; m != nil {
		return m.FromRequest(r)
	}
	return djsession.FromRequest(r)
}

// UserByID returns the user that a token names, if the user is active and
// Options.Accept agrees. No backend vouches for the user: User.Backend is "".
// The id is as PK.Parse takes it. Errors are [ReasonBadID], [ReasonNoSuchUser],
// [ReasonInactive] and what Accept returns; any other means that it could not
// be found out.
func (a *Auth) UserByID(ctx context.Context, id any) (*User, error) {
	text, ok := a.users.PK().Parse(id)
	if !ok {
		return nil, ReasonBadID
	}
	return a.tokenUser(ctx)(a.users.UserByID(ctx, text))
}

// UserByName is [Auth.UserByID] for a token that holds what users log in with.
// The UserFinder must be a [NameFinder].
func (a *Auth) UserByName(ctx context.Context, username string) (*User, error) {
	finder, ok := a.users.(NameFinder)
	if !ok {
		return nil, errNoNames
	}
	return a.tokenUser(ctx)(finder.UserByName(ctx, username))
}

// tokenUser admits a user who was found by a token.
func (a *Auth) tokenUser(ctx context.Context) func(u *User, err error) (*User, error) {
	return func(u *User, err error) (*User, error) {
		if err == nil {
			err = a.admit(ctx, u, "")
		}
		if err != nil {
			return nil, err
		}
		return u, nil
	}
}

// maxCredentials is how long a header Authorization may be: twice what gunicorn
// lets through.
const maxCredentials = 16 << 10

// Credentials returns what a request carries in the header Authorization under
// a scheme's keyword, such as "Token" or "Bearer", which isKeyword knows. It
// returns [ReasonNoLogin] if there is no such header or another scheme's, and
// [ReasonBadHeader] if there are two of them, or not exactly one word follows
// the keyword.
func Credentials(r *http.Request, isKeyword func(word string) bool) (string, error) {
	lines := r.Header["Authorization"]
	switch {
	case len(lines) == 0:
		return "", ReasonNoLogin
	case len(lines) > 1 || len(lines[0]) > maxCredentials:
		return "", ReasonBadHeader
	}
	words := strings.FieldsFunc(lines[0], isBytesSpace)
	switch {
	case len(words) == 0 || !isKeyword(words[0]):
		return "", ReasonNoLogin
	case len(words) != 2:
		return "", ReasonBadHeader
	}
	return words[1], nil
}

// isBytesSpace is what Python's bytes.split() splits at.
func isBytesSpace(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }

// search asks the schemes in turn. A user of a token is remembered here, and
// one of a session with the session. If none finds a user, the first reason
// that says more than "no login" counts.
func (x *exchange) search(r *http.Request) (*djsession.Session, *User, error) {
	s, u, err := x.ask(r)
	if observe := x.auth.opts.Observe; observe != nil && !x.observed.Swap(true) {
		observe(r.Context(), resultOf(err))
	}
	return s, u, err
}

// resultOf is what Options.Observe is told.
func resultOf(err error) string {
	if err == nil {
		return "ok"
	}
	if reason, ok := errors.AsType[Reason](err); ok {
		return reason.Name()
	}
	if _, ok := errors.AsType[*CSRFError](err); ok {
		return "csrf"
	}
	return "error"
}

// ask returns the session too if that names the user, and else nil.
func (x *exchange) ask(r *http.Request) (*djsession.Session, *User, error) {
	if f := x.found.Load(); f != nil && f.session == nil {
		return nil, f.user, nil
	}
	var nobody error = ReasonNoLogin
	for _, scheme := range x.auth.opts.Schemes {
		u, err := scheme.User(r, x.auth)
		switch {
		case err == nil && scheme == BySession:
			s, err := x.auth.session(r)
			return s, u, err
		case err == nil:
			x.found.Store(&found{user: u})
			return nil, u, nil
		case errors.Is(err, ReasonNoLogin):
		case scheme == BySession && errors.Is(err, ErrNotLoggedIn):
			nobody = err
		default:
			return nil, nil, err
		}
	}
	return nil, nil, nobody
}

// checkCSRF asks Options.CSRF once a request: it may have to read the body.
func (x *exchange) checkCSRF(r *http.Request) error {
	if x.auth.opts.CSRF == nil {
		return nil
	}
	x.csrf.once.Do(func() {
		err := errCSRFPanic
		defer func() {
			if err != nil {
				x.csrf.failed.Store(&CSRFError{err})
			}
		}()
		err = x.auth.opts.CSRF(r)
	})
	if err := x.csrf.failed.Load(); err != nil {
		return err
	}
	return nil
}

var errCSRFPanic = errors.New("the check ended in a panic")
