package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/migrate"
	"github.com/djsession/djsession-go/djsession/dbstore"
)

// passwords looks up the password column of users. Nil, and a word about it, if there is no table of the name that nobody gave.
func (a *app) passwords(ctx context.Context, b *backend, f *migrateFlags) (migrate.Passwords, error) {
	if b.DB == nil {
		return nil, nil
	}
	table := b.Dialect.Quote(f.usersTable)
	if schema, name, ok := strings.Cut(f.usersTable, "."); ok {
		table = b.Dialect.Quote(schema) + "." + b.Dialect.Quote(name)
	}
	id := b.Dialect.Quote(f.usersID)
	query := "SELECT " + id + ", " + b.Dialect.Quote(f.usersPassword) + " FROM " + table + " WHERE " + id
	look := func(ctx context.Context, found map[string]string, condition string, ids ...any) error {
		rows, err := b.DB.QueryContext(ctx, b.Dialect.Rebind(query+condition), ids...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, password string
			if err := rows.Scan(&id, &password); err != nil {
				return err
			}
			found[id] = password
			found[strings.ReplaceAll(id, "-", "")] = password // a UUID, as Django keeps it in a char(32)
		}
		return rows.Err()
	}
	if err := look(ctx, map[string]string{}, " IS NULL"); err != nil {
		err = dbstore.WrapError(b.Dialect, "look into", f.usersTable, err)
		return nil, hint(err, "--users-table names the users' table (and --users-id and --users-password its columns); --no-users leaves logins as they are: SHA-1 hashes and those of an old key end with the upgrade")
	}
	return func(ctx context.Context, ids []string) (map[string]string, error) {
		found := make(map[string]string, len(ids))
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = id
		}
		err := look(ctx, found, " IN (?"+strings.Repeat(", ?", len(ids)-1)+")", args...)
		if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return found, err
		}
		// PostgreSQL refuses them all if one is no id of this table: then each is asked for by itself.
		for _, id := range args {
			if err := look(ctx, found, " = ?", id); err != nil && problemOf(b, err) != dbstore.UnknownProblem {
				return nil, err
			}
		}
		return found, nil
	}, nil
}

// problemOf is what is wrong with the database, as far as it says so.
func problemOf(b *backend, err error) dbstore.Problem {
	var database *dbstore.Error
	if errors.As(dbstore.WrapError(b.Dialect, "", "", err), &database) {
		return database.Problem
	}
	return dbstore.UnknownProblem
}
