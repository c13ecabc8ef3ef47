package rueidiscache

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/rediswire"
)

// forever is the bound where there is none: rueidis wants one, and tells the time that a value has left if that is shorter.
const forever = 100 * 365 * 24 * time.Hour

// Get implements [cachestore.Cache].
func (c *Cache) Get(ctx context.Context, key string) ([]byte, error) {
	if c.fromMemory(key) {
		value, _, err := c.getCached(ctx, key)
		return value, err
	}
	answer, err := c.do(ctx, c.client.B().Get().Key(key).Build())
	if err != nil {
		return nil, fail("get", key, err)
	}
	stored, err := answer.AsBytes()
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
	value, err := c.format.Unwrap(found.stored)
	return value, found.ttl, err
}

func (c *Cache) fromMemory(key string) bool { return c.opts.ClientCache && !c.recent.has(key) }

// getCached takes a value from memory, or from Redis into memory. What is in memory needs no goroutine to be had in time: it gets one only
// when the last call failed.
func (c *Cache) getCached(ctx context.Context, key string) ([]byte, time.Duration, error) {
	bound := c.opts.MaxStale
	if bound <= 0 {
		bound = forever
	}
	ctx = c.bounded(ctx)
	answer, err := rediswire.Within(ctx, !c.uneasy.Load(), func() (rueidis.RedisMessage, error) {
		return c.client.DoCache(ctx, c.client.B().Get().Key(key).Cache(), bound).ToMessage()
	})
	if uneasy := err != nil && !rueidis.IsRedisNil(err); uneasy != c.uneasy.Load() {
		c.uneasy.Store(uneasy)
	}
	if err != nil {
		return nil, 0, fail("get", key, err)
	}
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

// found is what Redis holds.
type found struct {
	stored []byte
	ttl    time.Duration
}

// fetch asks Redis for a value and the time it has left, in one round trip.
func (c *Cache) fetch(ctx context.Context, key string) (found, error) {
	ctx = c.bounded(ctx)
	f, err := rediswire.Within(ctx, false, func() (found, error) {
		answers := c.client.DoMulti(ctx, c.client.B().Get().Key(key).Build(), c.client.B().Pttl().Key(key).Build())
		stored, err := answers[0].AsBytes()
		if err != nil {
			return found{}, err
		}
		left, err := answers[1].AsInt64()
		return found{stored, time.Duration(left) * time.Millisecond}, err
	})
	switch {
	case err != nil:
		return f, fail("get", key, err)
	case f.ttl == -2*time.Millisecond: // it expired between the two
		return f, djsession.ErrNotFound
	case f.ttl < 0: // it does not expire
		f.ttl = 0
	}
	return f, nil
}

func (c *Cache) swap(ctx context.Context, key string, old, changed []byte, ttl time.Duration) (bool, error) {
	c.wrote(key)
	defer c.wrote(key)
	ctx = c.bounded(ctx)
	n, err := rediswire.Within(ctx, false, func() (int64, error) {
		return swap.Exec(ctx, c.client, []string{key}, []string{rueidis.BinaryString(old), rueidis.BinaryString(changed),
			strconv.FormatInt(ttl.Milliseconds(), 10)}).AsInt64()
	})
	return n == 1, err
}

// bounded is the context with a deadline, at which rueidis stops trying. It has no timer, so that a value from memory costs none.
func (c *Cache) bounded(ctx context.Context) context.Context {
	if _, ok := ctx.Deadline(); ok {
		return ctx
	}
	return deadlineContext{ctx, time.Now().Add(c.opts.Timeout)}
}

type deadlineContext struct {
	context.Context
	deadline time.Time
}

func (d deadlineContext) Deadline() (time.Time, bool) { return d.deadline, true }
