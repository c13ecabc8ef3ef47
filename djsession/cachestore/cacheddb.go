package cachestore

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// NewCachedDB returns the store of sessions in a database with a cache before
// it. It is a djsession.Modifier, djsession.ExpiredClearer and
// djsession.Lister if the database is.
//
// A session in the cache is read from there. Every change goes to the database
// first and then to the cache. After that the database is read again, and the
// session is deleted from the cache if another save or a logout came between:
// the cache keeps what the last writer of the database wrote. Django does not
// read again when it saves at the same moment. djsession.Event tells what
// happened in the cache.
//
// # When the cache fails
//
// No request waits for the cache longer than CachedDBOptions.CacheTimeout, nor
// longer than half of the time that it has left. After three failures in a row
// the cache counts as away: only one probe at a time asks it, and sessions go
// on from the database alone. The log says so once, and once more when the
// cache is back.
//
// Saves and deletions during the outage stand. The store remembers which
// sessions the cache must forget, and deletes them there before it reads from
// the cache again. A cache that comes back may also be older than the database
// for other reasons: other programs went on without it, its disk was behind, or
// a replica took over. So the store compares each session with the database
// when it first meets it after an outage, after a second without an answer from
// the cache, or after the program's start. Where they differ, the row counts.
//
// Others who read the cache may not compare. A Django with cached_db answers
// 500 while its cache is away. Afterwards it shows what the cache has: for
// about 200 milliseconds sessions as they were before the outage, logged out
// ones too, until this store has made the cache forget them; or until they
// expire, if this program ended first. If Django saves such a session, that
// overwrites the row. To rule that out, set CachedDBOptions.CacheRequired.
//
// If only this program loses its connection to the cache, the others see the
// cache as Django does.
//
// One case is left: a write that the cache carries out after this program gave
// it up.
//
// Django: django.contrib.sessions.backends.cached_db.
func NewCachedDB(db djsession.Store, cache Cache, opts *CachedDBOptions) djsession.Store {
	if opts == nil {
		opts = new(CachedDBOptions)
	}
	c := &cachedDB{
		db:       db,
		cache:    newStore(cache, &opts.Options, "django.contrib.sessions.cached_db"),
		timeout:  opts.CacheTimeout,
		required: opts.CacheRequired,
		log:      opts.Logger,
	}
	if c.timeout == 0 {
		c.timeout = time.Second
	}
	c.watch = &watch{
		forget: c.cache.Delete,
		ask: func(ctx context.Context, key string) error {
			_, err := cache.Get(ctx, c.cache.opts.cacheKey(key))
			return err
		},
		limit:   c.timeout,
		tell:    c.changed,
		trusted: newKeySet(),
	}
	return c.withOptional()
}

type cachedDB struct {
	db       djsession.Store
	cache    *store
	timeout  time.Duration
	required bool
	log      *slog.Logger
	watch    *watch
}

// WithDatabase returns a store like one of [NewCachedDB] over another store of
// the same database, for a site whose keys have changed. Both know the same of
// the cache, and of what it must still forget.
func WithDatabase(cached, db djsession.Store) djsession.Store {
	before := cached.(interface{ self() *cachedDB }).self()
	c := *before
	c.db = db
	return c.withOptional()
}

// self is the store itself, whatever optional methods it was given.
func (c *cachedDB) self() *cachedDB { return c }

// Load implements [djsession.Store].
func (c *cachedDB) Load(ctx context.Context, key string) (*djsession.Record, error) {
	if !c.cache.opts.ValidKey(key) {
		return nil, djsession.ErrInvalidKey
	}
	if !c.watch.enter() {
		djsession.ReportCache(ctx, djsession.CacheFailed)
		return c.db.Load(ctx, key)
	}
	rec, sight, err := c.loadCached(ctx, key)
	if err == nil {
		return c.hit(ctx, rec, sight)
	}
	missing, corrupt := errors.Is(err, djsession.ErrNotFound), errors.Is(err, djsession.ErrCorrupt)
	if ctx.Err() != nil && !missing && !corrupt {
		return nil, err
	}
	if missing {
		djsession.ReportCache(ctx, djsession.CacheMiss)
	} else {
		c.failed(ctx, "session cache could not be read: the session comes from the database", key, err)
	}
	rec, err = c.db.Load(ctx, key)
	if err == nil && (missing || corrupt) {
		c.fill(ctx, rec, missing)
	}
	return rec, err
}

func (c *cachedDB) loadCached(ctx context.Context, key string) (rec *djsession.Record, sight int, err error) {
	within, cancel := context.WithTimeout(ctx, c.share(ctx))
	defer cancel()
	rec, err = c.cache.Load(within, key)
	if ctx.Err() == nil || err == nil { // a client that went away says nothing about the cache
		sight = c.watch.answered(key, err)
	}
	return rec, sight, err
}

// hit returns a session that the cache has, if the table has the same; it is
// asked only where that is not known.
func (c *cachedDB) hit(ctx context.Context, cached *djsession.Record, sight int) (*djsession.Record, error) {
	if c.watch.trusts(cached.Key) {
		djsession.ReportCache(ctx, djsession.CacheHit)
		return cached, nil
	}
	row, err := c.db.Load(ctx, cached.Key)
	switch {
	case err == nil && c.same(cached.Data, row.Data):
		djsession.ReportCache(ctx, djsession.CacheHit)
		c.watch.trust(cached.Key, sight)
	case err == nil, errors.Is(err, djsession.ErrNotFound):
		djsession.ReportCache(ctx, djsession.CacheMiss)
		ctx, cancel := c.afterwards(ctx)
		defer cancel()
		_ = c.forget(ctx, cached.Key, nil)
	}
	return row, err
}

// Create implements [djsession.Store]. The cache cannot have an older session
// under a new key, so it need not answer.
func (c *cachedDB) Create(ctx context.Context, rec *djsession.Record) error {
	rec, err := c.dated(rec)
	if err != nil {
		return err
	}
	if err := c.db.Create(ctx, rec); err != nil {
		return err
	}
	c.created(ctx, rec)
	return nil
}

// created gives the cache a session under a key that it cannot have yet.
func (c *cachedDB) created(ctx context.Context, rec *djsession.Record) {
	if !c.watch.enter() {
		djsession.ReportCache(ctx, djsession.CacheFailed)
		return
	}
	_ = c.follow(ctx, rec, c.create(rec))
}

// Update implements [djsession.Store].
func (c *cachedDB) Update(ctx context.Context, rec *djsession.Record) error {
	rec, err := c.dated(rec)
	if err != nil {
		return err
	}
	return c.updated(ctx, rec.Key, rec, c.db.Update(ctx, rec))
}

// updated brings the cache in line with what became of a session in the table.
func (c *cachedDB) updated(ctx context.Context, key string, rec *djsession.Record, err error) error {
	switch {
	case err == nil:
		return c.follow(ctx, rec, c.replace(rec))
	case errors.Is(err, djsession.ErrNotFound):
		// It was deleted in the table alone, as clearsessions does: the cache
		// must not keep it alive.
		_ = c.deleted(ctx, key)
	default:
		c.watch.distrust(key) // it may have been done all the same
	}
	return err
}

// Delete implements [djsession.Store].
func (c *cachedDB) Delete(ctx context.Context, key string) error {
	if err := c.db.Delete(ctx, key); err != nil {
		c.watch.distrust(key) // it may have been done all the same
		return err
	}
	return c.deleted(ctx, key)
}

// deleted makes the cache forget a session that the table no longer has.
func (c *cachedDB) deleted(ctx context.Context, key string) error {
	if !c.watch.enter() {
		return c.forgetLater(ctx, key, errAway)
	}
	ctx, cancel := c.afterwards(ctx)
	defer cancel()
	return c.forget(ctx, key, nil)
}

// dated returns the record with Expires, which the table cannot do without.
func (c *cachedDB) dated(rec *djsession.Record) (*djsession.Record, error) {
	if !rec.Expires.IsZero() {
		return rec, nil
	}
	end, _, err := c.cache.opts.expires(rec)
	dated := *rec
	dated.Expires = end
	return &dated, err
}

// share is how long the cache may take: half of what the context has left is
// for the database.
func (c *cachedDB) share(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return c.timeout
	}
	return min(c.timeout, time.Until(deadline)/2)
}

// afterwards is the context of what follows a change of the table. That goes
// on when the client has gone away, and has a little time in any case.
func (c *cachedDB) afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), max(c.share(ctx), c.timeout/20))
}
