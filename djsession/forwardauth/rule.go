package forwardauth

import (
	"context"

	"github.com/djsession/djsession-go/djsession/auth"
)

// A Rule decides which users may pass an endpoint.
type Rule struct {
	check    func(ctx context.Context, login *auth.Auth, u *auth.User) error
	optional bool
}

// Rules that need nothing but the user. [Optional] lets everyone pass: who is
// not logged in passes without an identity, for an upstream that greets users
// by name and needs none.
var (
	LoggedIn  = RuleFunc(func(context.Context, *auth.User) error { return nil })
	Optional  = Rule{check: LoggedIn.check, optional: true}
	Staff     = RuleFunc(func(_ context.Context, u *auth.User) error { return forbiddenUnless(u.IsStaff) })
	Superuser = RuleFunc(func(_ context.Context, u *auth.User) error { return forbiddenUnless(u.IsSuperuser) })
)

// InGroup lets the members of a group pass. A superuser who is not a member may
// not pass, as in Django. The Auth's UserFinder must be an auth.GroupFinder.
func InGroup(name string) Rule {
	return Rule{check: func(ctx context.Context, login *auth.Auth, u *auth.User) error {
		groups, err := login.Groups(ctx, u)
		if err != nil {
			return err
		}
		for _, g := range groups {
			if g == name {
				return nil
			}
		}
		return auth.ErrForbidden
	}}
}

// HasPerm lets users pass who have a permission, "app_label.codename".
// Django: PermissionsMixin.has_perm.
func HasPerm(permission string) Rule {
	return Rule{check: func(ctx context.Context, login *auth.Auth, u *auth.User) error {
		ok, err := login.HasPerm(ctx, u, permission)
		if err != nil {
			return err
		}
		return forbiddenUnless(ok)
	}}
}

// RuleFunc makes a rule of a function. It returns nil for a user who may pass
// and auth.ErrForbidden for one who may not. An error that matches
// auth.ErrNotLoggedIn sends the user to the login page; any other means that it
// could not be found out, which is a 503.
func RuleFunc(check func(ctx context.Context, u *auth.User) error) Rule {
	return Rule{check: func(ctx context.Context, _ *auth.Auth, u *auth.User) error { return check(ctx, u) }}
}

func forbiddenUnless(ok bool) error {
	if ok {
		return nil
	}
	return auth.ErrForbidden
}
