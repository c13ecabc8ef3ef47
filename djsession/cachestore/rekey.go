package cachestore

import (
	"context"
	"errors"

	"github.com/djsession/djsession-go/djsession"
)

// Rekey implements [djsession.Rekeyer]: the database decides, and the cache
// forgets the old key. If CacheRequired, it does that before the change too: a
// cache that cannot is an error while nothing has been done. After the change
// it is none, since the browser must get the new key.
func (c *cachedDB) Rekey(ctx context.Context, old string, rec *djsession.Record) error {
	rec, err := c.dated(rec)
	if err != nil {
		return err
	}
	if c.required {
		if err := c.deleted(ctx, old); err != nil {
			return err
		}
	}
	err = djsession.Rekey(ctx, c.db, old, rec)
	switch {
	case err == nil:
		_ = c.deleted(ctx, old)
		c.created(ctx, rec)
	case errors.Is(err, djsession.ErrNotFound):
		_ = c.deleted(ctx, old) // it was deleted in the table alone
	default:
		c.watch.distrust(old) // it may have been done all the same
	}
	return err
}
