// Package dbcache is Django's DatabaseCache: a table that createcachetable made, in PostgreSQL, MySQL, MariaDB or SQLite. It works with
// any driver for database/sql and imports none.
//
//	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
//	cache := dbcache.New(db, dbcache.PostgreSQL, "django_cache", nil)
//
// It is a [cachestore.Cache], [cachestore.TTLGetter] and [cachestore.Modifier]. Nothing is culled here, but a Django that writes does cull:
// with more than MAX_ENTRIES rows, 300 unless OPTIONS says otherwise, it deletes those that have expired and then a third of
// the rest, sessions or not. Where Django does not write, call [Cache.ClearExpired] now and then.
//
// Django: django.core.cache.backends.db.DatabaseCache.
package dbcache

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// A Dialect is how a database wants to be spoken to.
type Dialect = sqldb.Dialect

// The dialects. MySQL is for MariaDB too.
var (
	PostgreSQL = sqldb.PostgreSQL
	MySQL      = sqldb.MySQL
	SQLite     = sqldb.SQLite
)

// An Error says which statement failed, on which table and why, as far as the driver tells. It matches
// [djsession.ErrUnavailable].
type Error = sqldb.Error

// Options is how a site keeps the table. Nil and the zero value are Django's defaults.
type Options struct {
	// Schema is where the table is, if the connection would not find it (PostgreSQL), or the database (MySQL).
	Schema string

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False (the default up to Django 4.2). Nil: USE_TZ = True.
	Local *time.Location

	// Unprepared sends every statement with its parameters instead of preparing it once, for transaction poolers.
	Unprepared bool

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// A Cache keeps values in a table. It is safe for concurrent use.
type Cache struct {
	db      *sqldb.DB
	dialect Dialect
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

// New returns the cache in a table, which is LOCATION in Django's CACHES. Nothing is asked of the database yet.
func New(db *sql.DB, dialect Dialect, table string, opts *Options) *Cache {
	c := &Cache{dialect: dialect, table: table}
	if opts != nil {
		c.opts = *opts
	}
	if c.opts.Now == nil {
		c.opts.Now = time.Now
	}
	c.db = sqldb.Open(db, dialect, c.opts.Unprepared)
	c.sql = newStatements(dialect, c.opts.Schema, table)
	return c
}

// Close lets go of the prepared statements. The database stays open.
func (c *Cache) Close() error { return c.db.Close() }

// Get implements [cachestore.Cache].
func (c *Cache) Get(ctx context.Context, key string) ([]byte, error) {
	value, _, err := c.GetTTL(ctx, key)
	return value, err
}

// GetTTL implements [cachestore.TTLGetter].
func (c *Cache) GetTTL(ctx context.Context, key string) ([]byte, time.Duration, error) {
	r, err := c.row(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	value, err := r.value()
	return value, r.ttl, err
}

// Set implements [cachestore.Cache].
func (c *Cache) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	expires, ok := c.expires(ttl)
	if !ok {
		return c.Delete(ctx, key)
	}
	text := encode(value)
	for {
		n, err := c.db.Exec(ctx, c.sql.update, text, expires, key)
		if err != nil || n > 0 {
			return c.fail("update", err, text, key)
		}
		inserted, err := c.db.InsertNew(ctx, c.sql.insert, c.sql.conflict, c.sql.exists, key, key, text, expires)
		if err != nil || inserted {
			return c.fail("insert into", err, text, key)
		}
		if !c.dialect.CountsMatches() {
			return nil // there was a row, and it had this value and expiry already
		}
	}
}

// Add implements [cachestore.Cache].
func (c *Cache) Add(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	expires, ok := c.expires(ttl)
	if !ok {
		switch _, err := c.row(ctx, key); {
		case err == nil:
			return djsession.ErrKeyExists
		case errors.Is(err, djsession.ErrNotFound):
			return nil // it would have expired at once
		default:
			return err
		}
	}
	text := encode(value)
	inserted, err := c.db.InsertNew(ctx, c.sql.insert, c.sql.conflict, c.sql.exists, key, key, text, expires)
	if err != nil || inserted {
		return c.fail("insert into", err, text, key)
	}
	n, err := c.db.Exec(ctx, c.sql.revive, text, expires, key, c.now())
	if err == nil && n == 0 {
		return djsession.ErrKeyExists
	}
	return c.fail("update", err, text, key)
}

// Replace implements [cachestore.Cache].
func (c *Cache) Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	expires, ok := c.expires(ttl)
	if !ok {
		if _, err := c.row(ctx, key); err != nil {
			return err
		}
		return c.Delete(ctx, key)
	}
	text := encode(value)
	n, err := c.db.Exec(ctx, c.sql.replace, text, expires, key, c.now())
	if err != nil || n > 0 {
		return c.fail("update", err, text, key)
	}
	if c.dialect.CountsMatches() {
		return djsession.ErrNotFound
	}
	// Nothing changed, or nothing there? Only a look tells.
	_, err = c.row(ctx, key)
	return err
}

// Delete implements [cachestore.Cache].
func (c *Cache) Delete(ctx context.Context, key string) error {
	_, err := c.db.Exec(ctx, c.sql.delete, key)
	return c.fail("delete from", err, key)
}

// Modify implements [cachestore.Modifier] by compare-and-swap on the value.
func (c *Cache) Modify(ctx context.Context, key string, change cachestore.Change) error {
	for {
		old, err := c.row(ctx, key)
		if err != nil {
			return err
		}
		value, err := old.value()
		if err != nil {
			value = nil // it cannot be read; change makes another
		}
		value, ttl, err := change(value, old.ttl)
		if err != nil {
			return err
		}
		expires, ok := c.expires(ttl)
		if !ok {
			return c.Delete(ctx, key)
		}
		text := encode(value)
		n, err := c.db.Exec(ctx, c.sql.swap, text, expires, key, c.now(), old.text)
		if err != nil {
			return c.fail("update", err, text, old.text, key)
		}
		if n > 0 {
			return nil
		}
		if text == old.text && !c.dialect.CountsMatches() {
			// Nothing changed, or nothing there? Only a look tells.
			_, err := c.row(ctx, key)
			return err
		}
	}
}

// ClearExpired deletes values whose expiry lies before now, in batches, and returns how many.
func (c *Cache) ClearExpired(ctx context.Context, opts *djsession.ClearOptions) (deleted int64, err error) {
	deleted, err = c.db.DeleteBatches(ctx, c.sql.clear, c.now(), opts)
	return deleted, c.fail("clear", err)
}

// A row is what the table holds of a value.
type row struct {
	text string
	ttl  time.Duration
}

// value undoes the base64, in which Django 1.4 broke lines.
func (r *row) value() ([]byte, error) {
	value, err := base64.StdEncoding.DecodeString(r.text)
	if err != nil {
		return nil, &djsession.CorruptError{Err: fmt.Errorf("%w: %w", djsession.ErrUndecodable, err)}
	}
	return value, nil
}

func encode(value []byte) string { return base64.StdEncoding.EncodeToString(value) }

// row returns what lives under a key.
func (c *Cache) row(ctx context.Context, key string) (*row, error) {
	var r row
	var found string
	expires := sqldb.ScanTime{Local: c.opts.Local}
	err := c.db.QueryRow(ctx, c.sql.get, []any{key}, &found, &r.text, &expires)
	if errors.Is(err, sql.ErrNoRows) || err == nil && found != key { // MySQL takes another case for the same key
		return nil, djsession.ErrNotFound
	}
	if err != nil {
		return nil, c.fail("get from", err, key)
	}
	if r.ttl = expires.Time.Sub(c.opts.Now()); r.ttl <= 0 {
		return nil, djsession.ErrNotFound
	}
	return &r, nil
}

// expires returns the parameter for a time to live, in whole seconds as in Django, or false if that has passed already.
func (c *Cache) expires(ttl time.Duration) (any, bool) {
	now := c.opts.Now()
	at := now.Add(ttl).Truncate(time.Second)
	return c.dialect.Time(at, c.opts.Local), ttl > 0 && at.After(now)
}

func (c *Cache) now() any { return c.dialect.Time(c.opts.Now(), c.opts.Local) }

// fail wraps an error of the database. Parameters are named to keep them out of its text.
func (c *Cache) fail(op string, err error, params ...any) error {
	return sqldb.Wrap(c.dialect, op, c.table, err, params...)
}
