package dbusers

import (
	"context"

	"github.com/djsession/djsession-go/djsession/auth"
)

// Permissions implements [auth.PermissionFinder].
func (u *Users) Permissions(ctx context.Context, user *auth.User) ([]string, error) {
	if user.IsSuperuser {
		return u.list(ctx, u.sql.all, 2)
	}
	return u.ofUser(ctx, u.sql.own+" UNION "+u.sql.grouped, 2, user, 2)
}

// UserPermissions returns the permissions that a user has without groups.
// Django: PermissionsMixin.get_user_permissions.
func (u *Users) UserPermissions(ctx context.Context, user *auth.User) ([]string, error) {
	return u.ofUser(ctx, u.sql.own, 2, user, 1)
}

// GroupPermissions returns the permissions that a user has through groups.
// Django: PermissionsMixin.get_group_permissions.
func (u *Users) GroupPermissions(ctx context.Context, user *auth.User) ([]string, error) {
	return u.ofUser(ctx, u.sql.grouped, 2, user, 1)
}

// Groups returns the names of the groups that a user is in.
// Django: PermissionsMixin.groups.
func (u *Users) Groups(ctx context.Context, user *auth.User) ([]string, error) {
	return u.ofUser(ctx, u.sql.groups, 1, user, 1)
}

// ofUser runs a query whose parameters are all the user's id.
func (u *Users) ofUser(ctx context.Context, query string, columns int, user *auth.User, params int) ([]string, error) {
	id, ok := u.id(user.ID)
	if !ok {
		return nil, auth.ReasonNoSuchUser
	}
	args := make([]any, params)
	for i := range args {
		args[i] = id
	}
	return u.list(ctx, query, columns, args...)
}

// list returns the rows of a query, each with its one or two columns joined by
// a dot.
func (u *Users) list(ctx context.Context, query string, columns int, args ...any) ([]string, error) {
	for retry := u.db.Retry(); ; {
		names, err := u.listOnce(ctx, query, columns, args)
		if !retry.After(ctx, err) {
			return names, err
		}
	}
}

func (u *Users) listOnce(ctx context.Context, query string, columns int, args []any) ([]string, error) {
	rows, err := u.db.Query(ctx, query, args...)
	if err != nil {
		return nil, u.wrap("list permissions for", err, args...)
	}
	defer rows.Close()
	var names []string
	var parts [2]string
	dest := []any{&parts[0], &parts[1]}
	for rows.Next() {
		if err := rows.Scan(dest[:columns]...); err != nil {
			return nil, u.wrap("list permissions for", err)
		}
		name := parts[0]
		if columns == 2 {
			name += "." + parts[1]
		}
		names = append(names, name)
	}
	return names, u.wrap("list permissions for", rows.Err())
}
