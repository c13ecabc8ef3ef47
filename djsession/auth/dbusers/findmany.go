package dbusers

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/auth"
)

// maxIDs is how many users one query may ask for: SQLite takes 32766
// parameters, the others twice as many.
const maxIDs = 30000

// UsersByID implements [auth.ManyFinder], with one query for up to 30000 ids.
func (u *Users) UsersByID(ctx context.Context, ids []string) (map[string]*auth.User, error) {
	if u.bad != nil {
		return nil, u.bad
	}
	all := make(map[string]*auth.User, len(ids))
	for some := range slices.Chunk(ids, maxIDs) {
		found, err := u.some(ctx, some)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, found)
	}
	return all, nil
}

func (u *Users) some(ctx context.Context, ids []string) (map[string]*auth.User, error) {
	args := make([]any, 0, len(ids))
	for _, id := range ids {
		if param, ok := u.id(id); ok {
			args = append(args, param)
		}
	}
	if len(args) == 0 {
		return nil, nil
	}
	query := u.sql.byIDs + u.sql.id + strings.Repeat(", "+u.sql.id, len(args)-1) + u.sql.where
	for retry := u.db.Retry(); ; {
		found, err := u.someOnce(ctx, query, args)
		if !retry.After(ctx, err) {
			return found, err
		}
	}
}

func (u *Users) someOnce(ctx context.Context, query string, args []any) (map[string]*auth.User, error) {
	rows, err := u.db.Query(ctx, query, args...)
	if err != nil {
		return nil, u.wrap("find users in", err, args...)
	}
	defer rows.Close()
	found := make(map[string]*auth.User, len(args))
	for rows.Next() {
		r := u.newRow()
		user := new(auth.User)
		if err := rows.Scan(u.dest(&r, user)...); err != nil {
			return nil, u.wrap("find users in", err, args...)
		}
		if err := u.fill(user, &r); err != nil {
			return nil, err
		}
		found[user.ID] = user
	}
	return found, u.wrap("find users in", rows.Err(), args...)
}
