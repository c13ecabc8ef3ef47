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
		return nil, auth.ReasonNoSuchUser
	}
	return u.find(ctx, u.sql.byID, param)
}

// UserByName implements [auth.NameFinder]. Whether case matters is the column's
// affair, as in Django.
func (u *Users) UserByName(ctx context.Context, username string) (*auth.User, error) {
	if u.opts.Columns.Username == None || !isText(username) {
		return nil, auth.ReasonNoSuchUser
	}
	return u.find(ctx, u.sql.byName, username)
}

func (u *Users) find(ctx context.Context, query string, param any) (*auth.User, error) {
	if u.bad != nil {
		return nil, u.bad
	}
	r := u.newRow()
	user := new(auth.User)
	err := u.db.QueryRow(ctx, query, []any{param}, u.dest(&r, user)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, auth.ReasonNoSuchUser
	}
	if err != nil {
		return nil, u.wrap("find a user in", err, param)
	}
	if err := u.fill(user, &r); err != nil {
		return nil, err
	}
	return user, nil
}

// dest are the destinations of a row's columns.
func (u *Users) dest(r *row, user *auth.User) []any {
	dest := r.dest()
	if u.opts.ScanExtra != nil {
		dest = append(dest, u.opts.ScanExtra(user)...)
	}
	return dest
}

// fill puts a row into a user.
func (u *Users) fill(user *auth.User, r *row) error {
	r.fill(user)
	id, ok := u.opts.PK.Parse(r.id) // a UUID may be stored without hyphens
	if !ok {
		return errPK
	}
	user.ID = id
	return nil
}

// errPK refuses a user whose key is not of the kind Options.PK says: the login
// would store an id that no later request could look up.
var errPK = errors.New("dbusers: a user's primary key is not of the kind that Options.PK says")

// A row is what [selectedColumns] selects. A custom model may allow NULL
// anywhere, which is "" and false to us, and to Django no less.
type row struct {
	id                                             string
	username, password, email, firstName, lastName sql.NullString
	isActive, isStaff, isSuperuser                 sql.NullBool
	lastLogin, joined                              sqldb.ScanTime
}

func (u *Users) newRow() row {
	return row{lastLogin: sqldb.ScanTime{Local: u.opts.zone()}, joined: sqldb.ScanTime{Local: u.opts.zone()}}
}

func (r *row) dest() []any {
	return []any{&r.id, &r.username, &r.password, &r.isActive, &r.isStaff, &r.isSuperuser, &r.email, &r.firstName, &r.lastName, &r.lastLogin, &r.joined}
}

func (r *row) fill(user *auth.User) {
	user.Username, user.Password = r.username.String, auth.EncodedPassword(r.password.String)
	user.IsActive, user.IsStaff, user.IsSuperuser = r.isActive.Bool, r.isStaff.Bool, r.isSuperuser.Bool
	user.Email, user.FirstName, user.LastName = r.email.String, r.firstName.String, r.lastName.String
	user.LastLogin, user.DateJoined = r.lastLogin.Time, r.joined.Time
}

// id returns a user's id as a parameter, or false if no row can have it.
func (u *Users) id(id string) (any, bool) {
	switch u.opts.PK {
	case auth.PKInt:
		n, err := strconv.ParseInt(id, 10, 64)
		return n, err == nil
	case auth.PKUUID:
		// Without hyphens it is what Django stores where the database has no
		// such type, and good for those that have.
		id, ok := auth.PKUUID.Parse(id)
		return strings.ReplaceAll(id, "-", ""), ok
	}
	return id, isText(id)
}

// isText reports whether a column of text can hold s: PostgreSQL calls it an
// error to ask for anything else.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
