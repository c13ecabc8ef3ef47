// Package rediscache is a cache in Redis, or Valkey, through
// github.com/redis/go-redis: one server, Sentinel or Cluster.
//
//	client := redis.NewClient(&redis.Options{Addr: "localhost:6379"})
//	store := cachestore.New(rediscache.New(client, nil), nil)
//
// Nil options are Django's RedisCache, and django-redis as it comes. A
// COMPRESSOR of django-redis is Options.Compressor; a SERIALIZER, as the
// KEY_PREFIX and VERSION, is for cachestore.Options.
//
// A load is one round trip, for the value and the time it has left; so is every
// write. A modification is two, by a script: it needs no more than GET, SET,
// DEL, PTTL, EXISTS and EVALSHA. Read from the servers that are written to: a
// replica may not have a new session yet, and the answer is
// djsession.ErrNotFound, a logout. Do not use allkeys-* eviction on a Redis
// that has the only copy of sessions.
//
// go-redis sends a command again when its answer was lost (MaxRetries). Add may
// then return djsession.ErrKeyExists for the value that its own first attempt
// stored, and a modification that adds to a value may add twice. Set MaxRetries
// to -1 where that matters.
//
// Django: django.core.cache.backends.redis.RedisCache,
// django_redis.cache.RedisCache.
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

// Options is how values are stored. Nil and the zero value are the other side's
// defaults.
type Options struct {
	// Compressor is that of django-redis: one of package compress. Default:
	// none.
	// Django: COMPRESSOR in OPTIONS.
	Compressor cachestore.Compressor
}

// A Cache keeps values in Redis. It is safe for concurrent use.
type Cache struct {
	client redis.UniversalClient
	format rediswire.Format
	prompt bool                  // the client itself obeys deadlines
	reload func(context.Context) // has the client of a Cluster look for the nodes; else nil
}

var (
	_ cachestore.Cache     = (*Cache)(nil)
	_ cachestore.TTLGetter = (*Cache)(nil)
	_ cachestore.Modifier  = (*Cache)(nil)
)

// New returns a cache over a client, which stays the caller's to close. Add
// hooks to it before. Set ContextTimeoutEnabled in that of a Cluster: a
// deadline is obeyed without it too, but at the cost of a goroutine for each
// call. Nothing is asked of Redis yet.
func New(client redis.UniversalClient, opts *Options) *Cache {
	c := new(Cache)
	c.client, c.prompt = prompt(client)
	if cluster, ok := client.(*redis.ClusterClient); ok {
		c.reload = cluster.ReloadState
	}
	if opts != nil {
		c.format.Compressor = opts.Compressor
	}
	return c
}

// Get implements [cachestore.Cache]. It asks for the time left too: the types
// of two answers show whether they belong to these questions.
func (c *Cache) Get(ctx context.Context, key string) ([]byte, error) {
	value, _, err := c.GetTTL(ctx, key)
	return value, err
}

// Set implements [cachestore.Cache].
func (c *Cache) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if ttl <= 0 {
		return c.Delete(ctx, key)
	}
	return c.write(ctx, "set", key, value, func(stored []byte) (bool, error) {
		return true, c.client.Set(ctx, key, stored, ttl).Err()
	}, nil)
}

// Add implements [cachestore.Cache].
func (c *Cache) Add(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return c.write(ctx, "add", key, value, func(stored []byte) (bool, error) {
		if ttl <= 0 {
			n, err := c.client.Exists(ctx, key).Result()
			return n == 0, err
		}
		return c.client.SetNX(ctx, key, stored, ttl).Result()
	}, djsession.ErrKeyExists)
}

// Replace implements [cachestore.Cache].
func (c *Cache) Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return c.write(ctx, "replace", key, value, func(stored []byte) (bool, error) {
		if ttl <= 0 {
			n, err := c.client.Del(ctx, key).Result()
			return n > 0, err
		}
		return c.client.SetXX(ctx, key, stored, ttl).Result()
	}, djsession.ErrNotFound)
}

// Delete implements [cachestore.Cache].
func (c *Cache) Delete(ctx context.Context, key string) error {
	_, err := within(ctx, c.prompt, func() (int64, error) { return c.client.Del(ctx, key).Result() })
	return c.wrap(ctx, "delete", key, err)
}

// write stores a value; if do does not find it fit to be stored, that is the
// error otherwise.
func (c *Cache) write(ctx context.Context, op, key string, value []byte, do func(stored []byte) (bool, error), otherwise error) error {
	stored, err := c.format.Wrap(value)
	if err != nil {
		return err
	}
	done, err := within(ctx, c.prompt, func() (bool, error) { return do(stored) })
	if err != nil {
		return c.wrap(ctx, op, key, err)
	}
	if !done {
		return otherwise
	}
	return nil
}

// wrap says what an error means. The client of a Cluster that has lost a node
// would look for its successor after some time only, a minute in newer
// versions: it is told to do so now. It does not do it more often than it
// should.
func (c *Cache) wrap(ctx context.Context, op, key string, err error) error {
	if err == redis.Nil {
		return djsession.ErrNotFound
	}
	if err != nil && c.reload != nil && !errors.Is(err, context.Canceled) {
		c.reload(context.WithoutCancel(ctx))
	}
	return rediswire.Wrap(op, key, err)
}
