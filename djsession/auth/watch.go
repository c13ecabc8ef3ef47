package auth

import (
	"cmp"
	"context"
	"errors"

	"github.com/djsession/djsession-go/djsession"
)

// Judge returns the judge of watched sessions, for djsession.WatchOptions: a
// watch ends when the session is no longer a login of the user that it was one
// of, when the user is deleted or becomes inactive, or when the session auth
// hash no longer fits, as after a change of the password. The cause of the
// context is the [Reason]. A session without a user is good until it has one.
//
// All users of a look are found in one step if the UserFinder is a
// [ManyFinder], as that of package dbusers. No session is changed.
func (a *Auth) Judge() djsession.WatchJudge { return judge{a} }

type judge struct{ auth *Auth }

// Begin returns the user's id, or "".
func (j judge) Begin(s *djsession.Session) any {
	if !s.Has(userIDName) || !s.Has(backendName) {
		return ""
	}
	id, _ := idIn(j.auth, s)
	return id
}

func (j judge) Claim(began any, rec *djsession.Record) (any, error) {
	c, err := claimOf(j.auth, rec.Data)
	switch {
	case errors.Is(err, ReasonNoLogin) && began == "":
		return nil, nil
	case err != nil:
		return nil, err
	case c.id != began:
		return nil, ReasonUserChanged
	}
	return &c, nil
}

func (j judge) Check(ctx context.Context, claims []any, end func(i int, why error)) error {
	ids := make(map[string]struct{}, len(claims))
	for _, c := range claims {
		ids[c.(*claim).id] = struct{}{}
	}
	users, err := j.auth.usersByID(ctx, ids)
	if err != nil {
		return err
	}
	var failed error // by the first who cannot be judged; the others are
	for i, c := range claims {
		switch why := j.auth.check(ctx, c.(*claim), users); {
		case why == nil:
		case errors.Is(why, ErrNotLoggedIn):
			end(i, why)
		default:
			failed = cmp.Or(failed, why)
		}
	}
	return failed
}

// check is what [Auth.User] does with a session that is a login, but for what
// that changes.
func (a *Auth) check(ctx context.Context, c *claim, users map[string]*User) error {
	u := users[c.id]
	if u == nil {
		return ReasonNoSuchUser
	}
	if err := a.admit(ctx, u, c.backend); err != nil || a.opts.NoSessionHash {
		return err
	}
	if c.hash == "" {
		return ReasonHashMissing
	}
	switch a.hashes.check(c.hash, u) {
	case foreign:
		return ReasonHashForeign
	case wrong:
		return ReasonHashWrong
	}
	return nil
}

func (a *Auth) usersByID(ctx context.Context, ids map[string]struct{}) (map[string]*User, error) {
	if finder, ok := a.users.(ManyFinder); ok {
		list := make([]string, 0, len(ids))
		for id := range ids {
			list = append(list, id)
		}
		return finder.UsersByID(ctx, list)
	}
	users := make(map[string]*User, len(ids))
	for id := range ids {
		u, err := a.users.UserByID(ctx, id)
		if errors.Is(err, ReasonNoSuchUser) {
			continue
		}
		if err != nil {
			return nil, err
		}
		users[id] = u
	}
	return users, nil
}
