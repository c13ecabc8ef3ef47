// Package dbusers finds users where Django keeps them: in the table auth_user,
// or that of a custom user model, of PostgreSQL, MySQL, MariaDB or SQLite. It
// works with any driver for database/sql and imports none.
//
//	users := dbusers.New(db, sqldialect.PostgreSQL, nil)
//	login := auth.New(users, os.Getenv("DJANGO_SECRET_KEY"), nil)
//
// Who a session is about costs one query by primary key: one round trip, also
// through a connection pooler (see package dbstore). Permissions are asked for
// when a caller wants to know one.
//
// Django: django.contrib.auth.backends.ModelBackend.
package dbusers

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// Options is how a site keeps its users. Nil and the zero value are Django's
// own user model.
type Options struct {
	// Table is the name of the user model's table, as its db_table has it, also
	// if that names a schema by crm"."users. Default: "auth_user".
	Table string

	// Parents are the tables of the models that the user model inherits from,
	// if it has fields of theirs (multi-table inheritance). Each is joined.
	Parents []Parent

	// Schema is where the tables are, if the connection would not find them
	// (PostgreSQL), or the database (MySQL).
	Schema string

	// PK is the kind of the model's primary key; if that is a OneToOneField, or
	// a parent's, the kind of the key that it points to. Default: auth.PKInt.
	PK auth.PK

	// Columns are the model's, where they differ from Django's.
	Columns Columns

	// Where is a condition in SQL that a row must meet to be a user, such as
	// "deleted_at IS NULL", for a model whose default manager filters, or a
	// backend whose get_user does. Who does not meet it is
	// auth.ReasonNoSuchUser, by id and by name. It may name the columns of all
	// of the model's tables. It is put into queries as it is: never make it of
	// what came from outside. It must not hold a question mark.
	// Django: Model._default_manager.
	Where string

	// ActiveWhere is a condition in SQL that says whether a user is active,
	// such as "status = 'active'", for a model whose is_active is a property or
	// a method. It takes the place of Columns.IsActive; what is said of Where
	// holds for it.
	ActiveWhere string

	// Extra are further columns to read, and ScanExtra says where to: it is
	// given a new user and returns a destination for each of them, as
	// sql.Rows.Scan takes it. Keep what they belong to in the user's Extra.
	Extra     []string
	ScanExtra func(u *auth.User) []any

	// Model is the name in lower case of the model that has groups and
	// permissions, after which the columns of their tables are named.
	// Default: what follows the last underscore, or quote, of Table, or of the
	// Parent's that has the column is_superuser.
	Model string

	// GroupsTable and PermissionsTable tie users to groups and to permissions.
	// Default: that table and "_groups" or "_user_permissions".
	GroupsTable, PermissionsTable string

	// Devices are the tables of models of django-otp devices that are the
	// site's own, each by "app_label.model" in lower case.
	// Django: subclasses of django_otp.models.Device.
	Devices map[string]string

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False (the default
	// up to Django 4.2). Nil: USE_TZ = True.
	Local *time.Location

	// TimeZone is the TIME_ZONE of the site's DATABASES entry, under USE_TZ =
	// True, for MySQL and SQLite. Default: UTC.
	TimeZone *time.Location

	// Unprepared sends every statement with its parameters instead of
	// preparing it once. PostgreSQL's are never prepared.
	Unprepared bool
}

// None is the name of a column that the model does not have.
const None = "-"

// Columns are the names of a user model's columns. An empty name is Django's
// own. [None] says that the model lacks the column: then no user is staff or a
// superuser, and every user is active.
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
	bad  error // what is wrong with the options, or nil
}

var (
	_ auth.UserFinder       = (*Users)(nil)
	_ auth.NameFinder       = (*Users)(nil)
	_ auth.ManyFinder       = (*Users)(nil)
	_ auth.PasswordUpgrader = (*Users)(nil)
	_ auth.LoginRecorder    = (*Users)(nil)
	_ auth.PermissionFinder = (*Users)(nil)
	_ auth.GroupFinder      = (*Users)(nil)
	_ djsession.Sharer      = (*Users)(nil)
)

// New returns the users in a database. Nothing is asked of the database yet.
func New(db *sql.DB, dialect sqldialect.Dialect, opts *Options) *Users {
	u := &Users{}
	if opts != nil {
		u.opts = *opts
	}
	u.db = sqldb.Open(db, dialect, u.opts.Unprepared)
	u.opts.fillIn(u.db.Dialect)
	u.sql = newStatements(u.db.Dialect, &u.opts)
	if strings.Contains(u.opts.Where+u.opts.ActiveWhere, "?") {
		u.bad = errPlaceholder
	}
	return u
}

// errPlaceholder refuses a condition whose question mark would be taken for a
// parameter, as JSON operators of PostgreSQL have it: jsonb_exists has none.
var errPlaceholder = errors.New("dbusers: Options.Where and ActiveWhere must not hold a question mark")

func (o *Options) fillIn(d sqldb.Dialect) {
	if o.Table == "" {
		o.Table = "auth_user"
	}
	o.Columns.fillIn()
	o.Parents = slices.Clone(o.Parents)
	for i := range o.Parents {
		if o.Parents[i].Key == "" {
			o.Parents[i].Key = "id"
		}
	}
	t := tables{d, o}
	permitted := t.name(t.has(o.Columns.IsSuperuser))
	if o.Model == "" {
		name := strings.TrimRight(permitted, "\"`")
		o.Model = strings.ToLower(name[strings.LastIndexAny(name, "_\"`")+1:])
	}
	if o.GroupsTable == "" {
		o.GroupsTable = sqldb.TableOfField(d, permitted, "groups")
	}
	if o.PermissionsTable == "" {
		o.PermissionsTable = sqldb.TableOfField(d, permitted, "user_permissions")
	}
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

// zone is that of times in the table, or nil where they are UTC's.
func (o *Options) zone() *time.Location { return cmp.Or(o.Local, o.TimeZone) }

// Shared implements [djsession.Sharer].
func (u *Users) Shared() []djsession.Shared {
	return []djsession.Shared{{Part: "dbusers.Options", HasLocal: true, Local: u.opts.Local}}
}

// Close lets go of the prepared statements. The database stays open.
func (u *Users) Close() error { return u.db.Close() }

// wrap wraps an error of the database. Parameters are named to keep them out of
// its text.
func (u *Users) wrap(op string, err error, params ...any) error {
	return sqldb.Wrap(u.db.Dialect, op, u.opts.Table, err, params...)
}
