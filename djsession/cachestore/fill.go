package cachestore

import (
	"bytes"
	"context"
	"errors"

	"github.com/djsession/djsession-go/djsession"
)

// fill puts what the database has into the cache, to live whole seconds until the row expires. What somebody else put there meanwhile
// is newer, and stays. Django: cached_db.SessionStore.load.
func (c *cachedDB) fill(ctx context.Context, rec *djsession.Record, missing bool) {
	ttl := floor(rec.Expires.Sub(c.cache.opts.Now()))
	value, err := c.cache.opts.Serializer.Dumps(nil, rec.Data)
	if err != nil || ttl <= 0 {
		return // such a session is read from the database each time
	}
	write := c.cache.cache.Set // over what cannot be read
	if missing {
		write = c.cache.cache.Add
	}
	c.put(ctx, rec, value, func(ctx context.Context) error {
		return write(ctx, c.cache.opts.cacheKey(rec.Key), value, ttl)
	})
}

// replace puts a saved session into the cache, in place of what is there. If nothing is, it was evicted, or the session was deleted a
// moment ago.
func (c *cachedDB) replace(ctx context.Context, rec *djsession.Record) {
	err := c.within(ctx, func(ctx context.Context) error { return c.cache.Update(ctx, rec) })
	if errors.Is(err, djsession.ErrNotFound) {
		c.set(ctx, rec)
		return
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		// A cache that is full, or has no room for so large a value, must not go on with the one it has.
		err = errors.Join(err, c.within(ctx, func(ctx context.Context) error { return c.cache.Delete(ctx, rec.Key) }))
	}
	c.written(ctx, rec.Key, err)
}

// set puts a session into the cache that is not there.
func (c *cachedDB) set(ctx context.Context, rec *djsession.Record) {
	c.put(ctx, rec, nil, func(ctx context.Context) error { return c.cache.set(ctx, rec) })
}

// put has a session that was not in the cache written there. If the database no longer has it, or has other than value where that is given,
// it takes it out again. A deletion is first in the database and then in the cache, so one that put does not see comes after what was
// written. What could not be written is looked after too: only the answer may have been lost.
func (c *cachedDB) put(ctx context.Context, rec *djsession.Record, value []byte, write func(ctx context.Context) error) {
	err := c.within(ctx, write)
	if errors.Is(err, djsession.ErrKeyExists) {
		err = nil // somebody else's, or our own: a client that hears nothing sends a command again
	}
	if !c.current(ctx, rec, value) {
		err = errors.Join(err, c.within(ctx, func(ctx context.Context) error { return c.cache.Delete(ctx, rec.Key) }))
	}
	c.written(ctx, rec.Key, err)
}

// current reports whether the database has a session still, and as value if that is given. If it cannot be asked, it may not.
func (c *cachedDB) current(ctx context.Context, rec *djsession.Record, value []byte) bool {
	var now *djsession.Record
	err := c.within(ctx, func(ctx context.Context) (err error) {
		now, err = c.db.Load(ctx, rec.Key)
		return err
	})
	return err == nil && (value == nil || now.Expires.Equal(rec.Expires) && c.isValue(now, value))
}

func (c *cachedDB) isValue(rec *djsession.Record, value []byte) bool {
	again, err := c.cache.opts.Serializer.Dumps(nil, rec.Data)
	return err == nil && bytes.Equal(again, value)
}
