package rediscache

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/internal/rediswire"
)

// GetTTL implements [cachestore.TTLGetter].
func (c *Cache) GetTTL(ctx context.Context, key string) ([]byte, time.Duration, error) {
	found, err := c.getTTL(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	value, err := c.format.Unwrap(found.stored)
	return value, found.ttl, err
}

// found is what Redis holds.
type found struct {
	stored []byte
	ttl    time.Duration
}

func (c *Cache) getTTL(ctx context.Context, key string) (found, error) {
	f, err := within(ctx, c.prompt, func() (found, error) {
		pipe := c.client.Pipeline()
		get, left := pipe.Get(ctx, key), pipe.PTTL(ctx, key)
		if _, err := pipe.Exec(ctx); err != nil {
			return found{}, err
		}
		stored, err := get.Bytes()
		return found{stored, left.Val()}, err
	})
	if err != nil {
		return f, fail("get", key, err)
	}
	switch f.ttl {
	case -2: // it expired between the two
		return f, djsession.ErrNotFound
	case -1: // it does not expire
		f.ttl = 0
	}
	return f, nil
}

var swap = redis.NewScript(rediswire.Swap)

// Modify implements [cachestore.Modifier] by compare-and-swap.
func (c *Cache) Modify(ctx context.Context, key string, change cachestore.Change) error {
	for {
		old, err := c.getTTL(ctx, key)
		if err != nil {
			return err
		}
		value, err := c.format.Unwrap(old.stored)
		if err != nil {
			value = nil
		}
		value, ttl, err := change(value, old.ttl)
		if err != nil {
			return err
		}
		stored, err := c.format.Wrap(value)
		if err != nil {
			return err
		}
		swapped, err := within(ctx, c.prompt, func() (int, error) {
			return swap.Run(ctx, c.client, []string{key}, old.stored, stored, ttl.Milliseconds()).Int()
		})
		if err != nil || swapped == 1 {
			return fail("modify", key, err)
		}
	}
}
