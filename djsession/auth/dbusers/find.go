package dbusers

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// UserByID implements [auth.UserFinder].
func (u *Users) UserByID(ctx context.Context, id string) (*auth.User, error) {
	param, ok := u.id(id)
	if !ok {
		return nil, auth.NoSuchUser
	}
	return u.find(ctx, u.sql.byID, param)
}

// UserByName implements [auth.NameFinder]. Whether case matters is the column's affair, as in Django.
func (u *Users) UserByName(ctx context.Context, username string) (*auth.User, error) {
	if u.opts.Columns.Username == None || !isText(username) {
		return nil, auth.NoSuchUser
	}
	return u.find(ctx, u.sql.byName, username)
}

func (u *Users) find(ctx context.Context, query string, param any) (*auth.User, error) {
	user := new(auth.User)
	lastLogin, joined := sqldb.ScanTime{Local: u.opts.Local}, sqldb.ScanTime{Local: u.opts.Local}
	dest := []any{&user.ID, &user.Username, &user.Password, &user.IsActive, &user.IsStaff, &user.IsSuperuser, &user.Email, &user.FirstName,
		&user.LastName, &lastLogin, &joined}
	if u.opts.ScanExtra != nil {
		dest = append(dest, u.opts.ScanExtra(user)...)
	}
	err := u.db.QueryRow(ctx, query, []any{param}, dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, auth.NoSuchUser
	}
	if err != nil {
		return nil, u.fail("find in", err, param)
	}
	user.LastLogin, user.DateJoined = lastLogin.Time, joined.Time
	user.ID, _ = u.opts.PK.Parse(user.ID) // a UUID may be stored without hyphens
	return user, nil
}

// id returns a user's id as a parameter, or false if no row can have it.
func (u *Users) id(id string) (any, bool) {
	switch u.opts.PK {
	case auth.IntPK:
		n, err := strconv.ParseInt(id, 10, 64)
		return n, err == nil
	case auth.UUIDPK:
		// Without hyphens it is what Django stores where the database has no such type, and good for those that have.
		return strings.ReplaceAll(id, "-", ""), len(id) == 36
	}
	return id, isText(id)
}

// isText reports whether a column of text can hold s: PostgreSQL calls it an error to ask for anything else.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
