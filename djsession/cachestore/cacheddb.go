package cachestore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// NewCachedDB returns the store of sessions in a database with a cache before it. It is a djsession.Modifier, djsession.ExpiredClearer and
// djsession.Lister if the database is.
//
// A session in the cache is taken from there, and the database is not asked. Every change goes to the database first. A cache that fails is
// logged and done without, as in Django 5.1 and later, except in a Delete: the session may live on in the cache, so that is an error. One
// that answers and takes no more, or not so much, is told to forget the session. What became of the cache is in djsession.Event.
//
// A logout is not undone by a slower request, as it can be in Django: whoever puts a session into the cache that was not there looks
// into the database once more, and takes it out again if it is gone or another meanwhile. The second look is the price of a miss and of a
// new session. Only what a cache does after it was given up (CachedDBOptions.CacheTimeout) can come too late for that. Two saves of one
// session at once can still leave the one in the cache and the other in the database, until the next save.
//
// Django: django.contrib.sessions.backends.cached_db.
func NewCachedDB(db djsession.Store, cache Cache, opts *CachedDBOptions) djsession.Store {
	if opts == nil {
		opts = new(CachedDBOptions)
	}
	c := &cachedDB{
		db:      db,
		cache:   newStore(cache, &opts.Options, "django.contrib.sessions.cached_db"),
		timeout: opts.CacheTimeout,
		log:     opts.Logger,
	}
	if c.timeout == 0 {
		c.timeout = time.Second
	}
	return c.withOptional()
}

type cachedDB struct {
	db      djsession.Store
	cache   *store
	timeout time.Duration
	log     *slog.Logger
}

// Load implements [djsession.Store].
func (c *cachedDB) Load(ctx context.Context, key string) (*djsession.Record, error) {
	if !c.cache.opts.ValidKey(key) {
		return nil, djsession.ErrInvalidKey
	}
	rec, err := c.loadCached(ctx, key)
	if err == nil {
		djsession.ReportCache(ctx, djsession.CacheHit)
		return rec, nil
	}
	missing, corrupt := errors.Is(err, djsession.ErrNotFound), errors.Is(err, djsession.ErrCorrupt)
	if ctx.Err() != nil && !missing && !corrupt {
		return nil, err
	}
	if missing {
		djsession.ReportCache(ctx, djsession.CacheMiss)
	} else {
		c.failed(ctx, "session cache could not be read", key, err)
	}
	rec, err = c.db.Load(ctx, key)
	if err == nil && (missing || corrupt) {
		c.fill(ctx, rec, missing)
	}
	return rec, err
}

func (c *cachedDB) loadCached(ctx context.Context, key string) (*djsession.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.cache.Load(ctx, key)
}

// Create implements [djsession.Store].
func (c *cachedDB) Create(ctx context.Context, rec *djsession.Record) error {
	rec, err := c.dated(rec)
	if err != nil {
		return err
	}
	if err := c.db.Create(ctx, rec); err != nil {
		return err
	}
	c.set(ctx, rec)
	return nil
}

// Update implements [djsession.Store].
func (c *cachedDB) Update(ctx context.Context, rec *djsession.Record) error {
	rec, err := c.dated(rec)
	if err != nil {
		return err
	}
	return c.updated(ctx, rec.Key, rec, c.db.Update(ctx, rec))
}

// updated brings the cache in line with what became of a session in the database.
func (c *cachedDB) updated(ctx context.Context, key string, rec *djsession.Record, err error) error {
	switch {
	case err == nil:
		c.replace(ctx, rec)
	case errors.Is(err, djsession.ErrNotFound):
		// It was deleted in the database alone, as clearsessions does: the cache must not keep it alive.
		c.written(ctx, key, c.within(ctx, func(ctx context.Context) error { return c.cache.Delete(ctx, key) }))
	}
	return err
}

// Delete implements [djsession.Store].
func (c *cachedDB) Delete(ctx context.Context, key string) error {
	if err := c.db.Delete(ctx, key); err != nil {
		return err
	}
	err := c.within(ctx, func(ctx context.Context) error { return c.cache.Delete(ctx, key) })
	if err != nil && !errors.Is(err, djsession.ErrInvalidKey) { // what the cache cannot have does not live on there
		djsession.ReportCache(ctx, djsession.CacheFailed)
		return fmt.Errorf("djsession: a session was deleted from the database, but may live on in the cache: %w", err)
	}
	return nil
}

// dated returns the record with Expires, which the database cannot do without.
func (c *cachedDB) dated(rec *djsession.Record) (*djsession.Record, error) {
	if !rec.Expires.IsZero() {
		return rec, nil
	}
	end, _, err := c.cache.opts.expires(rec)
	dated := *rec
	dated.Expires = end
	return &dated, err
}

// written tells of a cache that may no longer be in line with the database. The database has been written, so this is no error.
func (c *cachedDB) written(ctx context.Context, key string, err error) {
	if err != nil {
		c.failed(ctx, "session cache could not be written and may be out of date", key, err)
	}
}

// within gives a call a time of its own, also when the client has gone away: the database was written already.
func (c *cachedDB) within(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.timeout)
	defer cancel()
	return do(ctx)
}

func (c *cachedDB) failed(ctx context.Context, message, key string, err error) {
	djsession.ReportCache(ctx, djsession.CacheFailed)
	log := c.log
	if log == nil {
		log = slog.Default()
	}
	log.LogAttrs(ctx, slog.LevelError, message, slog.String("session", djsession.Fingerprint(key)), slog.Any("error", err))
}
