// Package dbusers finds users where Django keeps them: in the table auth_user, or that of a custom user model, of PostgreSQL, MySQL,
// MariaDB or SQLite. It works with any driver for database/sql and imports none.
//
//	users := dbusers.New(db, dbusers.PostgreSQL, nil)
//	login := auth.New(users, os.Getenv("DJANGO_SECRET_KEY"), nil)
//
// Who a session is about costs one query by primary key, whose statement is prepared once for each connection. Behind a pooler that
// hands out another connection for each transaction, set Options.Unprepared. Permissions are asked for when somebody wants to
// know one.
//
// Django: django.contrib.auth.backends.ModelBackend.
package dbusers

import (
	"database/sql"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// A Dialect is how a database wants to be spoken to. It is the same type as dbstore.Dialect.
type Dialect = sqldb.Dialect

// The dialects. MySQL is for MariaDB too.
var (
	PostgreSQL = sqldb.PostgreSQL
	MySQL      = sqldb.MySQL
	SQLite     = sqldb.SQLite
)

// An Error says which statement failed, on which table and why, as far as the driver tells. It matches djsession.ErrUnavailable.
type Error = sqldb.Error

// Options is how a site keeps its users. Nil and the zero value are Django's own user model.
type Options struct {
	// Table is the name of the user model's table. Default: "auth_user".
	Table string

	// Schema is where the tables are, if the connection would not find them (PostgreSQL), or the database (MySQL).
	Schema string

	// PK is what the model's primary key is. Default: auth.IntPK.
	PK auth.PK

	// Columns are the model's, where they differ from Django's.
	Columns Columns

	// Extra are further columns to read, and ScanExtra says where to: it is given a new user and returns a destination for each of
	// them, as sql.Rows.Scan takes it. Keep what they belong to in the user's Extra.
	Extra     []string
	ScanExtra func(u *auth.User) []any

	// Model is the model's name in lower case, which the columns of the tables of groups and permissions are named after.
	// Default: what follows the last underscore of Table.
	Model string

	// GroupsTable and PermissionsTable tie users to groups and to permissions. Default: Table and "_groups" or "_user_permissions".
	GroupsTable, PermissionsTable string

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False (the default up to Django 4.2). Nil: USE_TZ = True.
	Local *time.Location

	// Unprepared sends every statement with its parameters instead of preparing it once.
	Unprepared bool
}

// None is the name of a column that the model does not have.
const None = "-"

// Columns are the names of a user model's columns. An empty name is Django's own, and [None] one that the model lacks: then nobody is
// staff, nobody is a superuser, everybody is active.
type Columns struct {
	ID          string // default "id"
	Username    string // the model's USERNAME_FIELD; default "username"
	Password    string // default "password"
	LastLogin   string // default "last_login"
	IsSuperuser string // default "is_superuser"
	IsStaff     string // default "is_staff"
	IsActive    string // default "is_active"
	Email       string // default "email"
	FirstName   string // default "first_name"
	LastName    string // default "last_name"
	DateJoined  string // default "date_joined"
}

// Users are the users in a database. It is safe for concurrent use.
type Users struct {
	db   *sqldb.DB
	opts Options
	sql  statements
}

var (
	_ auth.UserFinder       = (*Users)(nil)
	_ auth.NameFinder       = (*Users)(nil)
	_ auth.PasswordUpgrader = (*Users)(nil)
	_ auth.LoginRecorder    = (*Users)(nil)
	_ auth.PermissionFinder = (*Users)(nil)
)

// New returns the users in a database. Nothing is asked of the database yet.
func New(db *sql.DB, dialect Dialect, opts *Options) *Users {
	u := &Users{}
	if opts != nil {
		u.opts = *opts
	}
	u.opts.fillIn()
	u.db = sqldb.Open(db, dialect, u.opts.Unprepared)
	u.sql = newStatements(dialect, &u.opts)
	return u
}

func (o *Options) fillIn() {
	if o.Table == "" {
		o.Table = "auth_user"
	}
	if o.Model == "" {
		o.Model = strings.ToLower(o.Table[strings.LastIndex(o.Table, "_")+1:])
	}
	if o.GroupsTable == "" {
		o.GroupsTable = o.Table + "_groups"
	}
	if o.PermissionsTable == "" {
		o.PermissionsTable = o.Table + "_user_permissions"
	}
	o.Columns.fillIn()
}

func (c *Columns) fillIn() {
	for name, standard := range map[*string]string{
		&c.ID: "id", &c.Username: "username", &c.Password: "password", &c.LastLogin: "last_login", &c.IsSuperuser: "is_superuser",
		&c.IsStaff: "is_staff", &c.IsActive: "is_active", &c.Email: "email", &c.FirstName: "first_name", &c.LastName: "last_name",
		&c.DateJoined: "date_joined",
	} {
		if *name == "" {
			*name = standard
		}
	}
}

// PK implements [auth.UserFinder].
func (u *Users) PK() auth.PK { return u.opts.PK }

// Close lets go of the prepared statements. The database stays open.
func (u *Users) Close() error { return u.db.Close() }

// fail wraps an error of the database. Parameters are named to keep them out of its text.
func (u *Users) fail(op string, err error, params ...any) error {
	return sqldb.Wrap(u.db.Dialect, op, u.opts.Table, err, params...)
}
