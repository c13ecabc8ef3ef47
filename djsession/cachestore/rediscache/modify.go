package rediscache

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/internal/rediswire"
)

// GetTTL implements [cachestore.TTLGetter].
func (c *Cache) GetTTL(ctx context.Context, key string) ([]byte, time.Duration, error) {
	found, err := c.fetch(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	value, err := c.format.Unwrap(found.Stored)
	return value, found.TTL, err
}

// fetch asks Redis for a value and the time it has left, in one round trip. An
// answer to another command has another type; it must not look like a missing
// value.
func (c *Cache) fetch(ctx context.Context, key string) (rediswire.Found, error) {
	found, err := within(ctx, c.prompt, func() (rediswire.Found, error) {
		pipe := c.client.Pipeline()
		get, left := pipe.Get(ctx, key), pipe.PTTL(ctx, key)
		if _, err := pipe.Exec(ctx); err != nil && err != redis.Nil {
			return rediswire.Found{}, err
		}
		if left.Err() != nil {
			return rediswire.Found{}, errMixedUp
		}
		stored, err := get.Bytes()
		return rediswire.Found{Stored: stored, TTL: left.Val()}, err
	})
	switch {
	case err != nil:
		return found, c.wrap(ctx, "get", key, err)
	case found.TTL == -2: // it expired between the two
		return found, djsession.ErrNotFound
	case found.TTL < 0: // it does not expire
		found.TTL = 0
	}
	return found, nil
}

// errMixedUp says that a server, or the client, mixed up answers.
var errMixedUp = errors.New("the answer is to another question")

var swap = redis.NewScript(rediswire.Swap)

// Modify implements [cachestore.Modifier] by compare-and-swap.
func (c *Cache) Modify(ctx context.Context, key string, change cachestore.Change) error {
	return c.format.Modify(change,
		func() (rediswire.Found, error) { return c.fetch(ctx, key) },
		func(old, changed []byte, ttl time.Duration) (bool, error) {
			n, err := within(ctx, c.prompt, func() (int, error) {
				return swap.Run(ctx, c.client, []string{key}, old, changed, ttl.Milliseconds()).Int()
			})
			return n == 1, c.wrap(ctx, "modify", key, err)
		})
}
