package auth

import (
	"cmp"
	"context"
	"errors"
)

// Passwords checks and makes the hashes of the password column. It must be safe
// for concurrent use.
type Passwords interface {
	// Check reports whether encoded is a hash of password, and whether Django
	// would then store a new hash of it. A malformed or unusable hash takes as
	// long to reject as a wrong password. Check returns an error only where
	// Django would raise an exception.
	// Django: django.contrib.auth.hashers.verify_password.
	Check(password, encoded string) (ok, mustUpdate bool, err error)

	// CheckNobody takes as long as Check of a user's password. It is called
	// when no user has the name.
	CheckNobody(password string)

	// Make returns a new hash of a password.
	// Django: django.contrib.auth.hashers.make_password.
	Make(password string) (string, error)
}

var (
	errNoPasswords = errors.New("auth: Options.Passwords is needed to check passwords")
	errNoNames     = errors.New("auth: these users cannot be found by name: the UserFinder is no NameFinder")
)

// Authenticate returns the active user with a name and a password, to be passed
// to [Auth.Login], or [ErrInvalidLogin]. Any other error means that the
// database failed. An unknown name takes as long as a wrong password, so that
// time does not tell which names exist.
//
// The name is used as it is. Django's login form removes spaces at both ends
// and normalizes the name by NFKC first; a form of your own must do the same,
// otherwise a name with a trailing space is not found. Passwords are never
// altered.
//
// Where the site asks for more than a password, it fails with [ErrGuarded]: see
// Options.Guards. Options.Limiter may refuse an attempt by [ErrThrottled], if
// ctx is the context of a request that came through [Auth.Handler] also by its
// address. At most Options.MaxHashing passwords are checked at once; if ctx
// ends before it is this one's turn, the error matches
// djsession.ErrUnavailable.
// Django: django.contrib.auth.backends.ModelBackend.authenticate.
func (a *Auth) Authenticate(ctx context.Context, username, password string) (*User, error) {
	finder, ok := a.users.(NameFinder)
	switch {
	case a.noKey:
		return nil, errNoKey
	case a.opts.Passwords == nil:
		return nil, errNoPasswords
	case !ok:
		return nil, errNoNames
	case a.guarded():
		return nil, ErrGuarded
	}
	attempt := Attempt{Username: username, Address: a.clientAddress(ctx)}
	if a.opts.Limiter != nil {
		if err := a.opts.Limiter.Begin(ctx, attempt); err != nil {
			return nil, err
		}
	}
	u, err := a.authenticate(ctx, finder, username, password)
	if a.opts.Limiter != nil && !errors.Is(err, ErrInvalidLogin) {
		a.opts.Limiter.End(ctx, attempt, err == nil)
	}
	return u, err
}

func (a *Auth) authenticate(ctx context.Context, finder NameFinder, username, password string) (*User, error) {
	u, err := finder.UserByName(ctx, username)
	if errors.Is(err, ReasonNoSuchUser) {
		err = a.hashing.run(ctx, func() { a.opts.Passwords.CheckNobody(password) })
		return nil, cmp.Or(err, ErrInvalidLogin)
	}
	if err != nil {
		return nil, err
	}
	ok, mustUpdate, err := a.checkPassword(ctx, password, u.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrInvalidLogin
	}
	if err := a.admit(ctx, u, a.opts.LoginBackend); err != nil {
		if errors.Is(err, ErrNotLoggedIn) {
			err = ErrInvalidLogin
		}
		return nil, err
	}
	if mustUpdate && a.opts.UpgradePasswords {
		if err := a.upgrade(ctx, u, password); err != nil {
			return nil, err
		}
	}
	return u, nil
}

func (a *Auth) checkPassword(ctx context.Context, password string, encoded EncodedPassword) (ok, mustUpdate bool, err error) {
	busy := a.hashing.run(ctx, func() { ok, mustUpdate, err = a.opts.Passwords.Check(password, string(encoded)) })
	return ok, mustUpdate, cmp.Or(busy, err)
}

func (a *Auth) upgrade(ctx context.Context, u *User, password string) error {
	upgrader, ok := a.users.(PasswordUpgrader)
	if !ok {
		return nil
	}
	var encoded string
	var err error
	busy := a.hashing.run(ctx, func() { encoded, err = a.opts.Passwords.Make(password) })
	if err = cmp.Or(busy, err); err != nil {
		return err
	}
	if err := upgrader.UpgradePassword(ctx, u, encoded); err != nil {
		return err
	}
	return a.upgraded(ctx, u, password, EncodedPassword(encoded))
}

// upgraded puts into the user what is stored now. That is not the new hash if
// another login, or a change of the password, was quicker: the session auth
// hash of a password that is not stored would be wrong at the next request. A
// replica may not know of either yet.
func (a *Auth) upgraded(ctx context.Context, u *User, password string, encoded EncodedPassword) error {
	now, err := a.users.UserByID(ctx, u.ID)
	switch {
	case errors.Is(err, ReasonNoSuchUser):
		return ErrInvalidLogin
	case err != nil:
		return err
	case now.Password == u.Password || now.Password == encoded:
		u.Password = encoded
		return nil
	}
	if ok, _, err := a.checkPassword(ctx, password, now.Password); err != nil || !ok {
		return cmp.Or(err, ErrInvalidLogin)
	}
	u.Password = now.Password
	return nil
}
