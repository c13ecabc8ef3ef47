package auth

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
)

// permissions remembers those of a user, and the groups, once they were asked
// for.
type permissions struct {
	mu  sync.Mutex
	set map[string]struct{} // nil until asked for

	groups []string // sorted; nil until asked for
}

var errNoPermissions = errors.New("auth: these users have no permissions to ask for: the UserFinder is no PermissionFinder")

// HasPerm reports whether a user has a permission, "app_label.codename",
// directly or through a group. An active superuser has every permission and
// costs no query; an inactive user and a nil *User have none. The permissions
// of a user from [Auth.User] or [Auth.Authenticate] are loaded once.
// Django: PermissionsMixin.has_perm.
func (a *Auth) HasPerm(ctx context.Context, u *User, permission string) (bool, error) {
	if u == nil || !u.IsActive {
		return false, nil
	}
	if u.IsSuperuser {
		return true, nil
	}
	set, err := a.permissionsOf(ctx, u)
	_, ok := set[permission]
	return ok, err
}

// HasPerms reports whether a user has all of several permissions.
// Django: PermissionsMixin.has_perms.
func (a *Auth) HasPerms(ctx context.Context, u *User, permissions ...string) (bool, error) {
	for _, p := range permissions {
		if ok, err := a.HasPerm(ctx, u, p); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// HasModulePerms reports whether a user has any permission in an app.
// Django: PermissionsMixin.has_module_perms.
func (a *Auth) HasModulePerms(ctx context.Context, u *User, appLabel string) (bool, error) {
	if u == nil || !u.IsActive {
		return false, nil
	}
	if u.IsSuperuser {
		return true, nil
	}
	set, err := a.permissionsOf(ctx, u)
	for p := range set {
		if app, _, _ := strings.Cut(p, "."); app == appLabel {
			return true, nil
		}
	}
	return false, err
}

// Permissions returns all permissions of a user, sorted.
// Django: PermissionsMixin.get_all_permissions.
func (a *Auth) Permissions(ctx context.Context, u *User) ([]string, error) {
	if u == nil || !u.IsActive {
		return nil, nil
	}
	set, err := a.permissionsOf(ctx, u)
	return slices.Sorted(maps.Keys(set)), err
}

func (a *Auth) permissionsOf(ctx context.Context, u *User) (map[string]struct{}, error) {
	p := u.permissions
	if p == nil {
		p = new(permissions)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.set != nil {
		return p.set, nil
	}
	finder, ok := a.users.(PermissionFinder)
	if !ok {
		return nil, errNoPermissions
	}
	names, err := finder.Permissions(ctx, u)
	if err != nil {
		return nil, err
	}
	p.set = make(map[string]struct{}, len(names))
	for _, name := range names {
		p.set[name] = struct{}{}
	}
	return p.set, nil
}
