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
	key := c.cache.opts.cacheKey(rec.Key)
	c.write(ctx, rec.Key, func(ctx context.Context) error {
		put := c.cache.cache.Set // over what cannot be read
		if missing {
			put = c.cache.cache.Add
		}
		err := put(ctx, key, value, ttl)
		if errors.Is(err, djsession.ErrKeyExists) {
			return nil
		}
		if err != nil {
			return err
		}
		return c.verify(ctx, rec, value)
	})
}

// replace puts a saved session into the cache, in place of what is there. If nothing is, it was evicted, or the session was deleted a
// moment ago.
func (c *cachedDB) replace(ctx context.Context, rec *djsession.Record) error {
	err := c.cache.Update(ctx, rec)
	if !errors.Is(err, djsession.ErrNotFound) {
		return err
	}
	if err := c.cache.set(ctx, rec); err != nil {
		return err
	}
	return c.verify(ctx, rec, nil)
}

// verify takes a session out of the cache again if the database no longer has it, or has other than value where that is given. A deletion
// is first in the database and then in the cache, so one that verify does not see comes after what was put there.
func (c *cachedDB) verify(ctx context.Context, rec *djsession.Record, value []byte) error {
	now, err := c.db.Load(ctx, rec.Key)
	if err == nil && (value == nil || now.Expires.Equal(rec.Expires) && c.isValue(now, value)) {
		return nil
	}
	return c.cache.Delete(ctx, rec.Key)
}

func (c *cachedDB) isValue(rec *djsession.Record, value []byte) bool {
	again, err := c.cache.opts.Serializer.Dumps(nil, rec.Data)
	return err == nil && bytes.Equal(again, value)
}
