package auth

import (
	"context"
	"crypto/subtle"
	"errors"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
)

// Login logs u in on session s, for Django as well. The caller must have
// authenticated u. Login does not check that u is active. An anonymous session
// keeps its values under a new key, so that a key that was known before is
// useless; a session of another user, or from before a change of the password,
// is flushed. The time is recorded if the UserFinder is a [LoginRecorder]. The
// session is saved with the response; outside HTTP, the caller saves it. Once
// the response has begun, Login returns djsession.ErrResponseStarted, unless u
// is already logged in on s. If the anonymous session was deleted while the
// request ran, or another request has just logged in on it, Login returns
// djsession.ErrInterrupted.
//
// Like Django it changes the CSRF secret, if the request passed through
// csrf.Protection.Handler. Without that it changes one that is in the session
// (see Options.CSRFUseSessions), and no cookie.
// Django: django.contrib.auth.login.
func (a *Auth) Login(ctx context.Context, s *djsession.Session, u *User) error {
	if a.noKey {
		return errNoKey
	}
	id, ok := a.canonical(u.ID)
	if !ok {
		return errPK
	}
	hash := a.SessionHash(u)
	anonymous := !s.Has(userIDName)
	same := !anonymous && a.isAbout(s, id, hash)
	if !same && s.ResponseStarted() {
		return djsession.ErrResponseStarted
	}
	if err := a.recordLogin(ctx, u); err != nil {
		return err
	}
	secret, inSession := a.nextCSRF(s)
	switch {
	case anonymous:
		if err := s.CycleKey(ctx); err != nil {
			return err
		}
	case !same:
		if err := s.Flush(ctx); err != nil {
			return err
		}
	}
	backend := u.Backend
	if backend == "" {
		backend = a.opts.LoginBackend
	}
	s.Set(userIDName, id)
	s.Set(backendName, backend)
	s.Set(hashName, hash)
	a.proof.write(id)
	if inSession {
		s.Set(csrfName, secret)
	}
	csrf.Rotate(ctx)
	if a.opts.RecordLogins {
		a.addRecord(s, u)
	}
	a.vouch(u, backend)
	a.remember(ctx, s, u, nil)
	return nil
}

// errPK refuses to write an id that no later request could look up.
var errPK = errors.New("auth: the user's ID is not of the kind that UserFinder.PK says")

// isAbout reports whether the session is one of this user with this hash. Where
// the user model has no hash, the id decides.
func (a *Auth) isAbout(s *djsession.Session, id, hash string) bool {
	heldID, ok := idIn(a, s)
	held, _ := s.Text(hashName)
	return ok && heldID == id && (a.opts.NoSessionHash || subtle.ConstantTimeCompare([]byte(held), []byte(hash)) == 1)
}

// recordLogin comes first, so that a database that fails leaves the session
// alone.
func (a *Auth) recordLogin(ctx context.Context, u *User) error {
	recorder, ok := a.users.(LoginRecorder)
	if !ok || a.opts.KeepLastLogin {
		return nil
	}
	now := a.opts.Now()
	if err := recorder.RecordLogin(ctx, u, now); err != nil {
		return err
	}
	u.LastLogin = now
	return nil
}

// Logout ends session s, with or without a user: all its values are deleted,
// for Django as well, and the cookie with the response.
// Django: django.contrib.auth.logout.
func (a *Auth) Logout(ctx context.Context, s *djsession.Session) error {
	if err := s.Flush(ctx); err != nil {
		return err
	}
	a.remember(ctx, s, nil, ReasonNoLogin)
	return nil
}

// UpdateSessionAuthHash keeps a user logged in who changed the password in this
// session, and gives the session a new key. u.Password is the new hash. All
// other sessions of the user end. If this one was deleted while the request
// ran, it is a djsession.ErrInterrupted and stays so.
// Django: django.contrib.auth.update_session_auth_hash.
func (a *Auth) UpdateSessionAuthHash(ctx context.Context, s *djsession.Session, u *User) error {
	if a.noKey {
		return errNoKey
	}
	id, ok := a.canonical(u.ID)
	if !ok {
		return errPK
	}
	if err := s.CycleKey(ctx); err != nil {
		return err
	}
	if held, ok := idIn(a, s); ok && held == id {
		if !a.opts.NoSessionHash {
			s.Set(hashName, a.SessionHash(u))
			a.proof.write(id)
		}
		a.remember(ctx, s, u, nil)
	}
	return nil
}
