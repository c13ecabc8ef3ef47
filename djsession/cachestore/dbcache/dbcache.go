// Package dbcache is Django's DatabaseCache: a table that createcachetable
// made, in PostgreSQL, MySQL, MariaDB or SQLite. It works with any driver for
// database/sql and imports none.
//
//	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
//	cache := dbcache.New(db, sqldialect.PostgreSQL, "django_cache", nil)
//
// It is a [cachestore.Cache], [cachestore.TTLGetter] and [cachestore.Modifier].
// Nothing is culled here, but a Django that writes does cull: with more than
// MAX_ENTRIES rows, 300 unless OPTIONS says otherwise, it deletes those that
// have expired and then a third of the rest, sessions or not. Where Django does
// not write, call [Cache.ClearExpired] now and then.
//
// Django: django.core.cache.backends.db.DatabaseCache.
package dbcache

import (
	"cmp"
	"database/sql"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// Options is how a site keeps the table. Nil and the zero value are Django's
// defaults.
type Options struct {
	// Schema is where the table is, if the connection would not find it
	// (PostgreSQL), or the database (MySQL).
	Schema string

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False (the default
	// up to Django 4.2). Nil: USE_TZ = True.
	Local *time.Location

	// TimeZone is the TIME_ZONE of the site's DATABASES entry, under USE_TZ =
	// True, for MySQL and SQLite. Default: UTC.
	TimeZone *time.Location

	// Unprepared sends every statement with its parameters instead of
	// preparing it once. PostgreSQL's are never prepared.
	Unprepared bool

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// A Cache keeps values in a table. It is safe for concurrent use.
type Cache struct {
	db      *sqldb.DB
	dialect sqldb.Dialect
	table   string
	opts    Options
	sql     statements
}

var (
	_ cachestore.Cache         = (*Cache)(nil)
	_ cachestore.TTLGetter     = (*Cache)(nil)
	_ cachestore.Modifier      = (*Cache)(nil)
	_ djsession.ExpiredClearer = (*Cache)(nil)
)

// New returns the cache in a table, which is LOCATION in Django's CACHES.
// Nothing is asked of the database yet.
func New(db *sql.DB, dialect sqldialect.Dialect, table string, opts *Options) *Cache {
	c := &Cache{table: table}
	if opts != nil {
		c.opts = *opts
	}
	if c.opts.Now == nil {
		c.opts.Now = time.Now
	}
	c.db = sqldb.Open(db, dialect, c.opts.Unprepared)
	c.dialect = c.db.Dialect
	c.sql = newStatements(c.dialect, c.opts.Schema, table)
	return c
}

// zone is that of times in the table, or nil where they are UTC's.
func (o *Options) zone() *time.Location { return cmp.Or(o.Local, o.TimeZone) }

// Close lets go of the prepared statements. The database stays open.
func (c *Cache) Close() error { return c.db.Close() }
