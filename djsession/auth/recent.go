package auth

import (
	"context"
	"net/http"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// AuthenticatedAt returns when a user last proved in this session to be that
// user, or false if the session does not say. It does if django-allauth logged
// the user in, or [Auth.Login] with Options.RecordLogins, or after
// [Auth.Reauthenticated]. The column last_login is no answer: it changes with a
// login in any session of the user's, an attacker's too.
func (a *Auth) AuthenticatedAt(s *djsession.Session, u *User) (at time.Time, ok bool) {
	for _, r := range a.records(s, u) {
		if t := r.time(); t.After(at) {
			at = t
		}
	}
	return at, !at.IsZero()
}

// Reauthenticated notes in the session of a user that the user has typed the
// password once more, and [Auth.Authenticate] has accepted it for the same
// user. The pages of allauth that ask for it then take it too. A session that
// is not logged in as that user is an [ErrOtherUser].
// Django: allauth.account.internal.flows.reauthentication.
func (a *Auth) Reauthenticated(s *djsession.Session, u *User) error {
	if !a.isLoggedInAs(s, u) {
		return ErrOtherUser
	}
	a.addRecord(s, u, pyjson.Member{Name: "reauthenticated", Value: true})
	return nil
}

// RequireRecentLogin lets only requests of a user pass who has authenticated in
// this session within a time: see [Auth.AuthenticatedAt]. Others are sent to
// Options.ReauthenticateURL, or get a 403 by [ErrNotRecent].
// Django: allauth.account.decorators.reauthentication_required.
func (a *Auth) RequireRecentLogin(next http.Handler, within time.Duration) http.Handler {
	return a.require(next, func(_ context.Context, s *djsession.Session, u *User) error {
		if s == nil { // a token does not say when
			return ErrNotRecent
		}
		at, ok := a.AuthenticatedAt(s, u)
		if age := a.opts.Now().Sub(at); !ok || age > within || age < -clockSkew {
			return ErrNotRecent
		}
		return nil
	})
}

// clockSkew is by how much the clock of another server may be ahead.
const clockSkew = time.Minute

// isLoggedInAs reports whether a session is logged in as a user.
func (a *Auth) isLoggedInAs(s *djsession.Session, u *User) bool {
	if u == nil {
		return false
	}
	id, ok := idIn(a, s)
	own, known := a.canonical(u.ID)
	return ok && known && id == own
}
