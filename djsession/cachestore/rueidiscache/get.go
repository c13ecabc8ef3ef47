package rueidiscache

import (
	"context"
	"time"
)

// forever is the bound where there is none: rueidis wants one, and tells the time that a value has left if that is shorter.
const forever = 100 * 365 * 24 * time.Hour

// Get implements [cachestore.Cache].
func (c *Cache) Get(ctx context.Context, key string) ([]byte, error) {
	if c.fromMemory(key) {
		value, _, err := c.getCached(ctx, key)
		return value, err
	}
	stored, err := c.do(ctx, c.client.B().Get().Key(key).Build()).AsBytes()
	if err != nil {
		return nil, fail("get", key, err)
	}
	return c.format.Unwrap(stored)
}

// GetTTL implements [cachestore.TTLGetter].
func (c *Cache) GetTTL(ctx context.Context, key string) ([]byte, time.Duration, error) {
	if c.fromMemory(key) {
		return c.getCached(ctx, key)
	}
	found, err := c.fetch(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	value, err := c.format.Unwrap(found.Stored)
	return value, found.TTL, err
}

func (c *Cache) fromMemory(key string) bool { return c.opts.ClientCache && !c.recent.has(key) }

// getCached takes a value from memory, or from Redis into memory.
func (c *Cache) getCached(ctx context.Context, key string) ([]byte, time.Duration, error) {
	bound := c.opts.MaxStale
	if bound <= 0 {
		bound = forever
	}
	if err := ctx.Err(); err != nil { // what is in memory would come all the same
		return nil, 0, fail("get", key, err)
	}
	answer := c.client.DoCache(c.bounded(ctx), c.client.B().Get().Key(key).Cache(), bound)
	stored, err := answer.AsBytes()
	if err != nil {
		return nil, 0, fail("get", key, err)
	}
	value, err := c.format.Unwrap(stored)
	left := time.Duration(answer.CachePTTL()) * time.Millisecond
	if c.opts.MaxStale > 0 || left < 0 || left > forever/2 {
		left = 0 // not known, or without end
	}
	return value, left, err
}
