// Package dbstore keeps sessions where Django's database backend keeps them: in
// the table django_session of PostgreSQL, MySQL, MariaDB or SQLite. It works
// with any driver for database/sql and imports none.
//
//	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
//	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
//	store := dbstore.New(db, sqldialect.PostgreSQL, codec, nil)
//
// Where models have a ForeignKey to Session, name them in Options.References:
// Django deletes their rows itself, and so must we.
//
// It is a [djsession.Store], [djsession.Modifier], [djsession.Rekeyer],
// [djsession.ExpiredClearer], [djsession.Lister], [djsession.Counter] and
// [djsession.EncodedStore].
//
// A call returns when its context ends, with every driver: lib/pq itself waits
// for a silent network as long as the system does, so its connection is cut.
//
// What a database undoes because of other transactions is repeated for five
// seconds: serialization failures under REPEATABLE READ, SERIALIZABLE and in
// CockroachDB, deadlocks, and statements that an SQLite in use does not begin.
// Then it is an [Error] whose Problem is [Contended]. With a busy timeout,
// SQLite itself waits, and wakes up sooner.
//
// # Connection poolers
//
// A load is one round trip. MySQL and SQLite prepare a statement once for each
// connection. On PostgreSQL nothing is prepared, because a pooler in
// transaction mode may give the connection to another client between two
// messages, and then a prepared statement runs as that client's. Each
// statement is one message instead: pgx sends text and arguments together, and
// for other drivers the arguments are written into the text as literals, as
// psycopg does for Django. Nothing needs to be set. PgBouncer 1.18, and 1.26
// with max_prepared_statements at 0 and at 200, in transaction mode:
//
//	driver, its query mode   direct   1.18    1.26, 0   1.26, 200
//	lib/pq                   right    right   right     right
//	pgx                      right    right   right     right
//	pgx, cache_describe      right    right   right     right
//	pgx, describe_exec       right    right   right     right
//	pgx, exec                right    right   right     right
//	pgx, simple_protocol     right    right   right     right
//
// pgx is github.com/jackc/pgx/v5/stdlib. A driver that wraps one of these, to
// trace for example, works if it passes on what it is given. One that cannot
// send a statement as one message is refused with an error. lib/pq asks
// PgBouncer before 1.20 for extra_float_digits: name that in
// ignore_startup_parameters.
//
// After an outage of the server PgBouncer tries again only every
// server_login_retry, 15 seconds by default, and requests are errors as long:
// set it to 1.
//
// # In production
//
// Each request fails, or waits, while the primary is away. Nothing that was
// acknowledged is lost, no user is logged out, and the service recovers by
// itself: djsession/internal/failover promotes a standby, moves an address,
// kills connections, turns a server read-only and holds a lock, under load.
//
// Connections. Give the pool a limit, keep as many idle as are used at once,
// and let each end after some minutes, so that the pool follows an address that
// moved without an error:
//
//	db.SetMaxOpenConns(20)
//	db.SetMaxIdleConns(20)
//	db.SetConnMaxLifetime(5 * time.Minute)
//	db.SetConnMaxIdleTime(time.Minute) // less than proxies and firewalls wait
//
// DSNs that find the primary, and give up on a server that is gone:
//
//	pgx     postgres://user@a:5432,b:5432/site?target_session_attrs=read-write&connect_timeout=2
//	lib/pq  host=a,b port=5432,5432 user=user dbname=site target_session_attrs=read-write connect_timeout=2
//	mysql   user@tcp(name:3306)/site?timeout=2s
//
// With the MySQL driver nothing else is needed: clientFoundRows, parseTime, loc
// and interpolateParams may be on or off, sql_mode and time_zone as the site
// has them. A password under caching_sha2_password works without TLS.
//
// A server that turned read-only. When a statement is refused for that, the
// store closes the idle connections of the pool, at most four times a second,
// and sends it once more on another one. rejectReadOnly=true of the MySQL
// driver does the same and is not needed. A pooler keeps its own connections:
// end those there (RECONNECT in PgBouncer).
// A switchover must end the connections to the old primary before the
// new one takes writes. MySQL leaves them open when super_read_only is set, and
// what is read there is out of date: with them left open, a few of a thousand
// saves were made of old sessions.
//
// Read sessions from the primary. A replica is behind: a login that was just
// made is not there yet, and the user is sent to the login page again. A
// replica that was 300 ms late was seen to cause 55 wrong logouts in five
// seconds. Django's database routers are to name the default database for the
// sessions app too.
//
// Isolation. READ COMMITTED, REPEATABLE READ and SERIALIZABLE are tested on
// PostgreSQL, MySQL and MariaDB; SERIALIZABLE costs repeated statements.
//
// Tested are PostgreSQL 15 and 18, MySQL 9.7, MariaDB 10.11 and 11.8, and
// SQLite; the drivers since pgx 5.5.5, lib/pq 1.10.9, which takes one host, and
// go-sql-driver/mysql 1.8.1. Not tested:
//
//   - Citus: distribute django_session by session_key; foreign keys to it
//     cannot stay.
//   - CockroachDB and YugabyteDB: the PostgreSQL dialect. Their serialization
//     failures, 40001, are repeated.
//   - Aurora: the endpoint of the cluster, not that for readers. A failover
//     leaves connections that are read-only, which are dropped as above.
//   - TiDB: the MySQL dialect.
//   - Vitess and PlanetScale: the MySQL dialect, sharded by session_key, which
//     each statement but those of lists and of clearing names.
//
// Django: django.contrib.sessions.backends.db.
package dbstore

import (
	"cmp"
	"database/sql"
	"net/http"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// Options is how a site keeps its sessions. Nil and the zero value are Django's
// defaults.
type Options struct {
	// Table is the name of the table. Default: "django_session".
	Table string

	// Schema is where the table is, if the connection would not find it
	// (PostgreSQL), or the database (MySQL).
	Schema string

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False (the default
	// up to Django 4.2). Nil: USE_TZ = True. It decides how MySQL and SQLite
	// store expire_date; djsession.Options.Local is to be the same.
	Local *time.Location

	// TimeZone is the TIME_ZONE of the site's DATABASES entry, under USE_TZ =
	// True. It decides how MySQL and SQLite store expire_date. Default: UTC.
	TimeZone *time.Location

	// Columns are those that a custom session model adds.
	Columns []Column

	// References are the foreign keys of other tables to this one. Where one
	// is missing, deleting a session that has such rows is an [Error] that
	// names it. See [Store.MissingReferences].
	References []Reference

	// Prepare may change the record's data before it is encoded, for a model
	// that keeps something there too.
	Prepare func(s *Write)

	// Unprepared sends every statement with its parameters instead of
	// preparing it once. PostgreSQL's are never prepared.
	Unprepared bool

	// ValidKey decides which keys can be in the table. Default:
	// [djsession.ValidKey].
	ValidKey func(key string) bool

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// A Column is a column of a custom session model besides the three of
// AbstractBaseSession.
type Column struct {
	Name string

	// Value gives what to write when a session is saved: anything that
	// database/sql takes, or a time.Time, which is written as the site's USE_TZ
	// wants it.
	Value func(s *Write) any

	// InsertOnly leaves the column alone when a session is saved again,
	// KeepOnNil only when Value is nil then.
	InsertOnly, KeepOnNil bool
}

// A Write is a session that is being saved. Callbacks must read the session
// from Record. Calling djsession.FromRequest here deadlocks, because the
// session is locked while it is saved.
type Write struct {
	Record  *djsession.Record
	Now     time.Time     // by the store's clock
	Request *http.Request // whose session it is; nil outside of HTTP
}

// A Store keeps sessions in a table. It is safe for concurrent use.
type Store struct {
	db      *sqldb.DB
	dialect sqldb.Dialect
	codec   *djsession.Codec
	opts    Options
	sql     statements
}

var (
	_ djsession.Store          = (*Store)(nil)
	_ djsession.Modifier       = (*Store)(nil)
	_ djsession.Rekeyer        = (*Store)(nil)
	_ djsession.ExpiredClearer = (*Store)(nil)
	_ djsession.Lister         = (*Store)(nil)
	_ djsession.Counter        = (*Store)(nil)
	_ djsession.EncodedStore   = (*Store)(nil)
	_ djsession.ManyLoader     = (*Store)(nil)
	_ djsession.Sharer         = (*Store)(nil)
)

// New returns a store over a database. It asks the database nothing yet.
func New(db *sql.DB, dialect sqldialect.Dialect, codec *djsession.Codec, opts *Options) *Store {
	s := &Store{codec: codec}
	if opts != nil {
		s.opts = *opts
	}
	if s.opts.Table == "" {
		s.opts.Table = "django_session"
	}
	if s.opts.ValidKey == nil {
		s.opts.ValidKey = djsession.ValidKey
	}
	if s.opts.Now == nil {
		s.opts.Now = time.Now
	}
	s.db = sqldb.Open(db, dialect, s.opts.Unprepared)
	s.dialect = s.db.Dialect
	s.sql = newStatements(s.dialect, &s.opts)
	return s
}

// WithCodec returns a store of the same sessions with another codec, for a site
// whose keys have changed. It shares the prepared statements with s: Close is
// for both.
func (s *Store) WithCodec(codec *djsession.Codec) *Store {
	other := *s
	other.codec = codec
	return &other
}

// Close lets go of the prepared statements. The database stays open.
func (s *Store) Close() error { return s.db.Close() }

func (s *Store) now() time.Time { return s.opts.Now() }

// time returns t as a parameter.
func (s *Store) time(t time.Time) any { return s.dialect.Time(t, s.opts.zone()) }

// wrap wraps an error of the database. Parameters are named to keep them out of
// its text.
func (s *Store) wrap(op string, err error, params ...any) error {
	return sqldb.Wrap(s.dialect, op, s.opts.Table, err, params...)
}

// zone is that of times in the table, or nil where they are UTC's.
func (o *Options) zone() *time.Location { return cmp.Or(o.Local, o.TimeZone) }

// Shared implements [djsession.Sharer].
func (s *Store) Shared() []djsession.Shared {
	return []djsession.Shared{{Part: "dbstore.Options", HasLocal: true, Local: s.opts.Local, Keys: s.codec.Keys()}}
}
