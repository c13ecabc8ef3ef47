package auth

import (
	"context"
	"errors"
	"slices"
)

var errNoGroups = errors.New("auth: these users have no groups to ask for: the UserFinder is not a GroupFinder")

// Groups returns the names of the groups that a user is in, sorted. Inactive
// users keep theirs, as in Django; a nil user has none. Those of a user of
// [Auth.User] or [Auth.Authenticate] are asked for once.
// Django: PermissionsMixin.groups.
func (a *Auth) Groups(ctx context.Context, u *User) ([]string, error) {
	if u == nil {
		return nil, nil
	}
	finder, ok := a.users.(GroupFinder)
	if !ok {
		return nil, errNoGroups
	}
	p := u.permissions
	if p == nil {
		p = new(permissions)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.groups == nil {
		names, err := finder.Groups(ctx, u)
		if err != nil {
			return nil, err
		}
		p.groups = append(make([]string, 0, len(names)), names...) // not nil, for none
		slices.Sort(p.groups)
	}
	return slices.Clone(p.groups), nil
}
