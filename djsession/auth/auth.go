package auth

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/djsession/djsession-go/djsession"
)

// The names of a login in a session, in the order in which Django writes them.
const (
	userIDName  = "_auth_user_id"
	backendName = "_auth_user_backend"
	hashName    = "_auth_user_hash"
)

// An Auth is a site's logins. It is safe for concurrent use.
type Auth struct {
	users  UserFinder
	opts   Options
	hashes hashes
	proof  proof
	noKey  bool

	hashing hashing
	shared  djsession.Shared
	agreed  sync.Once // looks whether the sessions' manager was told the same
}

// New returns the logins of a site's users under its SECRET_KEY. With an empty
// key every call fails with signing.ErrNoKey. If the manager of the sessions
// was told other things of the site, such as other keys, that is logged as an
// error: by New if Options.Sessions names it, else when it is first seen.
func New(users UserFinder, secretKey string, opts *Options) *Auth {
	a := &Auth{users: users, noKey: secretKey == ""}
	if opts != nil {
		a.opts = *opts
	}
	a.opts.fillIn()
	a.hashes = newHashes(secretKey, &a.opts)
	a.hashing = newHashing(a.opts.MaxHashing)
	a.shared = djsession.Shared{Part: "auth.New", Keys: djsession.KeysOf(secretKey, a.opts.Fallbacks)}
	if a.opts.Sessions != nil {
		a.agree(a.opts.Sessions)
	}
	a.opts.Fallbacks = nil // secrets are kept no longer than they are needed
	return a
}

// User returns the user who is logged in by session s. If there is none, the
// error is a [Reason], which matches [ErrNotLoggedIn]. Any other error means
// that the store or the database failed. Within a request that passed through
// [Auth.Handler] or one of the Require methods, with the request's context, the
// answer is remembered.
//
// A session whose auth hash is wrong or missing is flushed, but only if the
// settings are known to compute this site's hashes: see Options.HashesProven.
// Before that a warning is logged once. A session whose hash was made with a
// fallback key gets a new key and a new hash, unless the response has begun, so
// that the browser could not be told, or the session was moved or deleted while
// the request ran: then the user is still the one of the session as it was
// read. Django: django.contrib.auth.get_user.
func (a *Auth) User(ctx context.Context, s *djsession.Session) (*User, error) {
	if x, ok := ctx.Value(a).(*exchange); ok {
		return x.userOf(ctx, s)
	}
	return a.find(ctx, s)
}

func (a *Auth) find(ctx context.Context, s *djsession.Session) (*User, error) {
	if a.noKey {
		return nil, errNoKey
	}
	a.agree(s)
	c, err := claimOf(a, s)
	if err != nil {
		return nil, err
	}
	u, err := a.users.UserByID(ctx, c.id)
	if err != nil {
		return nil, err
	}
	if err := a.admit(ctx, u, c.backend); err != nil {
		return nil, err
	}
	if err := a.verify(ctx, s, u, c); err != nil {
		return nil, err
	}
	return u, nil
}

// A claim is what a session says of its user.
type claim struct{ id, backend, hash string }

// claimOf returns the claim of a login that may count, if its user agrees.
func claimOf[D dictionary](a *Auth, d D) (c claim, err error) {
	if !d.Has(userIDName) || !d.Has(backendName) {
		return c, ReasonNoLogin
	}
	id, ok := idIn(a, d)
	if !ok {
		return c, ReasonBadID
	}
	c.id = id
	c.backend, _ = d.Text(backendName)
	c.hash, _ = d.Text(hashName)
	if !slices.Contains(a.opts.Backends, c.backend) {
		return c, newBackendError(c.backend)
	}
	return c, nil
}

// A dictionary is what holds a login.
type dictionary interface {
	*djsession.Session | *djsession.Data
	Has(name string) bool
	Text(name string) (string, bool)
}

// idIn returns the user's id that a session holds.
func idIn[D dictionary](a *Auth, d D) (string, bool) {
	if text, ok := d.Text(userIDName); ok {
		return a.users.PK().Parse(text)
	}
	var value any
	var err error
	switch d := any(d).(type) {
	case *djsession.Session:
		value, _, err = djsession.Get[any](d, userIDName)
	case *djsession.Data:
		value, _, err = d.Get(userIDName)
	}
	if err != nil {
		return "", false
	}
	return a.users.PK().Parse(value)
}

// admit says whether a backend lets a user in.
// Django: ModelBackend.get_user, user_can_authenticate.
func (a *Auth) admit(ctx context.Context, u *User, backend string) error {
	a.vouch(u, backend)
	if !u.IsActive && !slices.Contains(a.opts.InactiveBackends, backend) {
		return ReasonInactive
	}
	if a.opts.Accept != nil {
		return a.opts.Accept(ctx, u)
	}
	return nil
}

// canonical returns the id of a user in the one form in which ids are compared
// and written, or false if it is not of the kind that the UserFinder says.
func (a *Auth) canonical(userID string) (string, bool) { return a.users.PK().Parse(userID) }

// verify checks the session auth hash, and does to the session what Django
// does.
func (a *Auth) verify(ctx context.Context, s *djsession.Session, u *User, c claim) error {
	if a.opts.NoSessionHash {
		return nil
	}
	if c.hash == "" {
		return a.refuse(ctx, s, ReasonHashMissing)
	}
	switch a.hashes.check(c.hash, u) {
	case right:
		a.proof.verified(c.id)
		return nil
	case rotated:
		a.proof.verified(c.id)
		return a.rehash(ctx, s, u)
	case foreign:
		return a.refuse(ctx, s, ReasonHashForeign)
	}
	return a.refuse(ctx, s, ReasonHashWrong)
}

func (a *Auth) flush(ctx context.Context, s *djsession.Session, why Reason) error {
	if err := s.Flush(ctx); err != nil && !errors.Is(err, djsession.ErrReadOnly) {
		return err
	}
	return why
}

// rehash moves a session to the current secret key.
func (a *Auth) rehash(ctx context.Context, s *djsession.Session, u *User) error {
	if a.opts.ReadOnly {
		return nil
	}
	switch err := s.CycleKey(ctx); {
	case err == nil:
		s.Set(hashName, a.SessionHash(u))
	case errors.Is(err, djsession.ErrReadOnly), errors.Is(err, djsession.ErrResponseStarted), errors.Is(err, djsession.ErrInterrupted):
		return nil // another request will do it, or has
	default:
		return err
	}
	return nil
}

// vouch says by which backend the user is known, and remembers permissions from
// now on.
func (a *Auth) vouch(u *User, backend string) {
	u.Backend = backend
	if u.permissions == nil {
		u.permissions = new(permissions)
	}
}

// agree logs an error for each setting in which the sessions' manager and the
// logins, or the users, contradict each other. It looks once.
func (a *Auth) agree(sessions djsession.Sharer) {
	a.agreed.Do(func() {
		own := []djsession.Shared{a.shared}
		if users, ok := a.users.(djsession.Sharer); ok {
			own = append(own, users.Shared()...)
		}
		for _, text := range djsession.Disagreements(sessions.Shared(), own...) {
			a.opts.logger().Error("auth: the settings of one site contradict each other: " + text + "; give both the same")
		}
	})
}
