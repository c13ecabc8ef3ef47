package auth

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

const (
	hijackName           = "hijack_history"
	impersonateName      = "_impersonate"
	impersonateStartName = "_impersonate_start"
)

// Hijacker returns the id of the user who really sits at the browser of a
// session that django-hijack has logged in as another one, and whether there is
// one. Who has hijacked several users one after another is the first of the
// session's list. The id is "" if the list does not tell.
// Django: hijack_history.
func (a *Auth) Hijacker(s *djsession.Session) (id string, hijacked bool) {
	history, there, err := djsession.Get[[]any](s, hijackName)
	if err != nil {
		return "", true // not a list, but not what a session holds that was never hijacked
	}
	if !there || len(history) == 0 {
		return "", false
	}
	id, _ = a.users.PK().Parse(history[0])
	return id, true
}

// An Actor says who is behind a request where one user may act as another.
type Actor struct {
	// User is who the page acts as: whose data it shows and whose rights it
	// has. Django: request.user.
	User *User

	// Real is who really sits at the browser. It is User itself unless
	// Pretends. It is nil if a hijacker's account is not there any more.
	Real *User

	// Pretends is whether they are two: keep those pages from it where only the
	// user may act, such as a change of the password, and log who it was.
	Pretends bool
}

// Impersonate holds django-impersonate's settings: which users may act as which
// others.
// Django: IMPERSONATE.
type Impersonate struct {
	// RequireSuperuser lets no other staff. Django: REQUIRE_SUPERUSER.
	RequireSuperuser bool

	// AllowSuperusers lets superusers act as other superusers.
	// Django: ALLOW_SUPERUSER.
	AllowSuperusers bool

	// MaxDuration is how long it may last. Default: for ever.
	// Django: MAX_DURATION.
	MaxDuration time.Duration

	// ReadOnly lets only GET, HEAD and OPTIONS pass. Django: READ_ONLY.
	ReadOnly bool

	// Exclude are the paths, without the first slash, where staff act as
	// themselves. Default: those that begin with "admin/".
	// Django: URI_EXCLUSIONS.
	Exclude []*regexp.Regexp

	// Allow may refuse, in addition to the rules above.
	// Django: CUSTOM_ALLOW, CUSTOM_USER_QUERYSET.
	Allow func(ctx context.Context, real, as *User) (bool, error)
}

// ErrImpersonationOver says that an impersonation has lasted longer than
// Impersonate.MaxDuration. Send the browser to django-impersonate's page that
// ends it: the page must show neither user's data.
var ErrImpersonationOver = errors.New("auth: the impersonation has lasted longer than it may")

// ActorFromRequest returns who a request acts as and who it really is, where
// the site has django-hijack or, with Options.Impersonate, django-impersonate.
// Errors are those of [FromRequest], and [ErrForbidden] for a method that
// Impersonate.ReadOnly refuses, or [ErrImpersonationOver].
//
// [FromRequest] knows no impersonation: its user is the one who is logged in.
// Django: impersonate.middleware.ImpersonateMiddleware.
func ActorFromRequest(r *http.Request) (*Actor, error) {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, ErrNoAuth
	}
	s, u, err := x.search(r)
	if err != nil {
		return nil, err
	}
	actor := &Actor{User: u, Real: u}
	if s == nil { // a token's user acts as no other
		return actor, nil
	}
	if id, hijacked := x.auth.Hijacker(s); hijacked {
		actor.Pretends = true
		if actor.Real, err = x.auth.userIfAny(r.Context(), id); err != nil {
			return nil, err
		}
	}
	switch as, err := x.impersonated(r, s, u); {
	case err != nil:
		return nil, err
	case as != nil:
		x.auth.vouch(as, u.Backend)
		actor.User, actor.Pretends = as, true
	}
	return actor, nil
}

// userIfAny returns the user with an id, or nil.
func (a *Auth) userIfAny(ctx context.Context, id string) (*User, error) {
	if id == "" {
		return nil, nil
	}
	u, err := a.users.UserByID(ctx, id)
	if errors.Is(err, ErrNotLoggedIn) {
		return nil, nil
	}
	return u, err
}

// impersonated returns the user that the one who is logged in acts as, or nil.
// The path is that of before any http.StripPrefix, as Django has it.
func (x *exchange) impersonated(r *http.Request, s *djsession.Session, u *User) (*User, error) {
	a, rules := x.auth, x.auth.opts.Impersonate
	if rules == nil || !s.Has(impersonateName) {
		return nil, nil
	}
	if ok, err := rules.lasts(s, a.opts.Now()); !ok || err != nil {
		return nil, err
	}
	value, _, err := djsession.Get[any](s, impersonateName)
	if err != nil {
		return nil, err
	}
	id, _ := a.users.PK().Parse(value)
	as, err := a.userIfAny(r.Context(), id)
	if as == nil || err != nil {
		return nil, err
	}
	if rules.ReadOnly && r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions {
		return nil, ErrForbidden
	}
	if !rules.permits(u, as) || rules.excludes(x.request.URL.Path) {
		return nil, nil
	}
	if rules.Allow != nil {
		if ok, err := rules.Allow(r.Context(), u, as); !ok || err != nil {
			return nil, err
		}
	}
	return as, nil
}

// lasts reports whether an impersonation has begun and is not over.
func (i *Impersonate) lasts(s *djsession.Session, now time.Time) (bool, error) {
	if i.MaxDuration <= 0 {
		return true, nil
	}
	start, ok, err := djsession.Get[float64](s, impersonateStartName)
	if !ok || err != nil {
		return false, nil
	}
	if now.Sub(record{At: start}.time()) > i.MaxDuration {
		return false, ErrImpersonationOver
	}
	return true, nil
}

// permits reports whether one user may act as another.
// Django: impersonate.helpers.check_allow_for_user.
func (i *Impersonate) permits(real, as *User) bool {
	if !real.IsSuperuser && (i.RequireSuperuser || !real.IsStaff) {
		return false
	}
	return !as.IsSuperuser || real.IsSuperuser && i.AllowSuperusers
}

// excludes reports whether staff act as themselves on a page.
// Django: impersonate.helpers.check_allow_for_uri.
func (i *Impersonate) excludes(path string) bool {
	path = strings.TrimLeft(path, "/")
	if i.Exclude == nil {
		return strings.HasPrefix(path, "admin/")
	}
	for _, pattern := range i.Exclude {
		if pattern.MatchString(path) {
			return true
		}
	}
	return false
}
