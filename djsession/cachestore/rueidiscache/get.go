package rueidiscache

import (
	"context"
	"time"
)

// forever is the bound where there is none: rueidis wants one, and tells the
// time that a value has left if that is shorter.
const forever = 100 * 365 * 24 * time.Hour

// Get implements [cachestore.Cache]. It asks Redis for the time left too: the
// types of two answers show whether they belong to these questions.
func (c *Cache) Get(ctx context.Context, key string) ([]byte, error) {
	if c.fromMemory(key) {
		value, _, err := c.getCached(ctx, key)
		return value, err
	}
	found, err := c.fetch(ctx, key)
	if err != nil {
		return nil, err
	}
	return c.format.Unwrap(found.Stored)
}

// GetTTL implements [cachestore.TTLGetter].
func (c *Cache) GetTTL(ctx context.Context, key string) ([]byte, time.Duration, error) {
	if c.fromMemory(key) {
		value, left, err := c.getCached(ctx, key)
		if err != nil || left >= 0 || c.opts.MaxStale > 0 {
			return value, max(left, 0), err
		}
		// The client has no memory (ClientOption.DisableCache), and no idea of
		// the time that is left.
	}
	found, err := c.fetch(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	value, err := c.format.Unwrap(found.Stored)
	return value, found.TTL, err
}

func (c *Cache) fromMemory(key string) bool { return c.opts.ClientCache && !c.recent.has(key) }

// getCached takes a value from memory, or from Redis into memory. The time that
// it has left is negative if that is not known.
func (c *Cache) getCached(ctx context.Context, key string) ([]byte, time.Duration, error) {
	longest := c.opts.MaxStale
	if longest <= 0 {
		longest = forever
	}
	if err := ctx.Err(); err != nil { // what is in memory would come all the same
		return nil, 0, wrap("get", key, err)
	}
	bounded, ours := c.bounded(ctx)
	defer ours.stop()
	answer := c.client.DoCache(bounded, c.client.B().Get().Key(key).Cache(), longest)
	stored, err := answer.AsBytes()
	if err != nil {
		return nil, 0, wrap("get", key, err)
	}
	value, err := c.format.Unwrap(stored)
	left := time.Duration(answer.CachePTTL()) * time.Millisecond
	switch {
	case c.opts.MaxStale > 0:
		left = -1 // it is that of what is in memory
	case left > forever/2:
		left = 0 // without end
	}
	return value, left, err
}
