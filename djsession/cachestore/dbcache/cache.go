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
	for range sqldb.MaxRaces {
		n, err := c.db.Exec(ctx, c.sql.update, text, expires, key)
		if err != nil || n > 0 {
			return c.wrap("update", err, text, key)
		}
		inserted, err := c.db.InsertNew(ctx, c.sql.insert, c.sql.conflict, c.sql.exists, key, key, text, expires)
		if err != nil || inserted {
			return c.wrap("insert into", err, text, key)
		}
		if !c.dialect.CountsMatches() {
			return nil // there was a row, and it had this value and expiry already
		}
	}
	return djsession.ErrRaces
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
		return c.wrap("insert into", err, text, key)
	}
	n, err := c.db.Exec(ctx, c.sql.revive, text, expires, key, c.now())
	if err == nil && n == 0 {
		return djsession.ErrKeyExists
	}
	return c.wrap("update", err, text, key)
}

// Replace implements [cachestore.Cache].
func (c *Cache) Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	expires, ok := c.expires(ttl)
	if !ok {
		n, err := c.db.Exec(ctx, c.sql.take, key, c.now())
		if err == nil && n == 0 {
			return djsession.ErrNotFound
		}
		return c.wrap("delete from", err, key)
	}
	text := encode(value)
	n, err := c.db.Exec(ctx, c.sql.replace, text, expires, key, c.now())
	if err != nil || n > 0 {
		return c.wrap("update", err, text, key)
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
	return c.wrap("delete from", err, key)
}

// Modify implements [cachestore.Modifier] by compare-and-swap on the value.
func (c *Cache) Modify(ctx context.Context, key string, change cachestore.Change) error {
	for range sqldb.MaxRaces {
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
			n, err := c.db.Exec(ctx, c.sql.takeSwap, key, c.now(), old.text)
			if err != nil || n > 0 {
				return c.wrap("delete from", err, old.text, key)
			}
			continue
		}
		text := encode(value)
		n, err := c.db.Exec(ctx, c.sql.swap, text, expires, key, c.now(), old.text)
		if err != nil {
			return c.wrap("update", err, text, old.text, key)
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
	return djsession.ErrRaces
}

// ClearExpired deletes values whose expiry lies before now, in batches, and
// returns how many.
func (c *Cache) ClearExpired(ctx context.Context, opts *djsession.ClearOptions) (deleted int64, err error) {
	deleted, err = c.db.Clear(ctx, &c.sql.clear, c.now(), opts)
	return deleted, c.wrap("clear", err)
}

// A row is what the table holds of a value.
type row struct {
	text string
	ttl  time.Duration // zero if it is not known
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
	expires := sqldb.ScanTime{Local: c.opts.zone()}
	err := c.db.QueryRow(ctx, c.sql.get, []any{key}, &found, &r.text, &expires)
	if errors.Is(err, sql.ErrNoRows) || err == nil && found != key { // MySQL takes another case for the same key
		return nil, djsession.ErrNotFound
	}
	if err != nil {
		return nil, c.wrap("get from", err, key)
	}
	if expires.Unread {
		return c.ifAlive(ctx, key, &r)
	}
	if r.ttl = expires.Time.Sub(c.opts.Now()); r.ttl <= 0 {
		return nil, djsession.ErrNotFound
	}
	return &r, nil
}

// ifAlive returns r if the database takes its expiry, which is not a time to
// us, for one in the future. How much time it has left is not known.
func (c *Cache) ifAlive(ctx context.Context, key string, r *row) (*row, error) {
	alive, err := c.db.Exists(ctx, c.sql.alive, key, c.now())
	if err == nil && !alive {
		return nil, djsession.ErrNotFound
	}
	return r, c.wrap("get from", err, key)
}

// expires returns the parameter for a time to live, in whole seconds as in
// Django, or false if that has passed already.
func (c *Cache) expires(ttl time.Duration) (any, bool) {
	now := c.opts.Now()
	at := now.Add(ttl).Truncate(time.Second)
	return c.dialect.Time(at, c.opts.zone()), ttl > 0 && at.After(now)
}

func (c *Cache) now() any { return c.dialect.Time(c.opts.Now(), c.opts.zone()) }

// wrap wraps an error of the database. Parameters are named to keep them out of
// its text.
func (c *Cache) wrap(op string, err error, params ...any) error {
	return sqldb.Wrap(c.dialect, op, c.table, err, params...)
}
