// Package rueidiscache is a cache in Redis, or Valkey, through
// github.com/redis/rueidis: one server, Sentinel or Cluster. Its formats are
// those of package rediscache; the client sends the commands of all callers
// through a few connections, and can keep values in memory.
//
//	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"localhost:6379"}})
//	store := cachestore.New(rueidiscache.New(client, &rueidiscache.Options{ClientCache: true}), nil)
//
// # Values in memory
//
// With Options.ClientCache a session that is loaded again and again costs no
// round trip: Redis (6.0 and later) remembers which keys were read, and tells
// when a client, such as Django, redis-cli or another Go service, changes or
// deletes one.
//
// So a logout elsewhere takes effect when that message arrives: in a fraction
// of a millisecond on a healthy network, and not before. If the connection dies
// silently, values are used until the client notices, ten to eleven seconds by
// default: rueidis sends a PING every Dialer.KeepAlive and gives up after
// ClientOption.ConnWriteTimeout. Then it forgets them all. Make those shorter,
// or set Options.MaxStale, where that is too long. A key that was written
// through this cache is not read from memory for a while, so that its own
// writes are seen at once.
//
// Memory is bounded by ClientOption.CacheSizeEachConn. ClientTrackingOptions
// can ask for broadcasts ("PREFIX", ":1:django.contrib.sessions", "BCAST") in
// place of Redis remembering each key.
package rueidiscache

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/internal/rediswire"
)

// Options is how values are stored and found. Nil and the zero value are the
// other side's defaults, and no values in memory.
type Options struct {
	// Compressor is that of django-redis: one of package compress. Default:
	// none.
	// Django: COMPRESSOR in OPTIONS.
	Compressor cachestore.Compressor

	// ClientCache keeps values in memory until Redis says that they have
	// changed.
	ClientCache bool

	// MaxStale bounds how long a value is taken from memory, whatever Redis
	// says. The time that values have left is not known then: see the package's
	// doc on Expires in cachestore. Default: no bound.
	MaxStale time.Duration

	// Timeout bounds calls whose context has no deadline: rueidis would go on
	// trying. Default: 3 seconds.
	Timeout time.Duration
}

// A Cache keeps values in Redis. It is safe for concurrent use.
type Cache struct {
	client rueidis.Client
	format rediswire.Format
	opts   Options
	recent recent
}

var (
	_ cachestore.Cache     = (*Cache)(nil)
	_ cachestore.TTLGetter = (*Cache)(nil)
	_ cachestore.Modifier  = (*Cache)(nil)
)

// Format hides the keys that were written a moment ago from every verb of
// package fmt.
func (c *Cache) Format(f fmt.State, _ rune) { io.WriteString(f, "rueidiscache.Cache") }

// New returns a cache over a client, which stays the caller's to close. Nothing
// is asked of Redis yet.
func New(client rueidis.Client, opts *Options) *Cache {
	c := &Cache{client: client}
	if opts != nil {
		c.opts = *opts
	}
	if c.opts.Timeout == 0 {
		c.opts.Timeout = 3 * time.Second
	}
	c.format.Compressor = c.opts.Compressor
	return c
}

// Set implements [cachestore.Cache].
func (c *Cache) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if ttl <= 0 {
		return c.Delete(ctx, key)
	}
	stored, err := c.format.Wrap(value)
	if err != nil {
		return err
	}
	return wrap("set", key, c.write(ctx, key, c.client.B().Set().Key(key).Value(rueidis.BinaryString(stored)).Px(ttl).Build()).Error())
}

// Add implements [cachestore.Cache].
func (c *Cache) Add(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	stored, err := c.format.Wrap(value)
	if err != nil {
		return err
	}
	if ttl <= 0 {
		n, err := c.do(ctx, c.client.B().Exists().Key(key).Build()).AsInt64()
		if err == nil && n > 0 {
			return djsession.ErrKeyExists
		}
		return wrap("add", key, err)
	}
	err = c.write(ctx, key, c.client.B().Set().Key(key).Value(rueidis.BinaryString(stored)).Nx().Px(ttl).Build()).Error()
	if rueidis.IsRedisNil(err) {
		return djsession.ErrKeyExists
	}
	return wrap("add", key, err)
}

// Replace implements [cachestore.Cache].
func (c *Cache) Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	stored, err := c.format.Wrap(value)
	if err != nil {
		return err
	}
	if ttl <= 0 {
		n, err := c.write(ctx, key, c.client.B().Del().Key(key).Build()).AsInt64()
		if err == nil && n == 0 {
			return djsession.ErrNotFound
		}
		return wrap("replace", key, err)
	}
	return wrap("replace", key, c.write(ctx, key, c.client.B().Set().Key(key).Value(rueidis.BinaryString(stored)).Xx().Px(ttl).Build()).Error())
}

// Delete implements [cachestore.Cache].
func (c *Cache) Delete(ctx context.Context, key string) error {
	return wrap("delete", key, c.write(ctx, key, c.client.B().Del().Key(key).Build()).Error())
}

// write sends a command that changes what is stored under the key.
func (c *Cache) write(ctx context.Context, key string, cmd rueidis.Completed) rueidis.RedisResult {
	c.wrote(key)
	defer c.wrote(key) // also from the moment of the answer
	return c.do(ctx, cmd)
}

// wrote keeps a key's value from being read from memory for a while.
func (c *Cache) wrote(key string) {
	if c.opts.ClientCache {
		c.recent.add(key)
	}
}

func (c *Cache) do(ctx context.Context, cmd rueidis.Completed) rueidis.RedisResult {
	ctx, ours := c.bounded(ctx)
	defer ours.stop()
	return c.client.Do(ctx, cmd)
}

func wrap(op, key string, err error) error {
	if rueidis.IsRedisNil(err) {
		return djsession.ErrNotFound
	}
	return rediswire.Wrap(op, key, err)
}
