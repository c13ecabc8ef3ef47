// Package memcached is Django's memcached backends: PyMemcacheCache,
// PyLibMCCache, and MemcachedCache, which Django had until 4.0.
//
//	cache, err := memcached.New([]string{"10.0.0.1:11211", "10.0.0.2:11211"}, nil)
//
// It is a [cachestore.Cache] and, by compare-and-swap, a [cachestore.Modifier].
// memcached does not return the time that a value has left in the same round
// trip, so a session's Expires is known only if its _session_expiry is a time.
//
// # Several servers
//
// Each Python client distributes keys among the servers in its own way, and Go
// must do the same to find Django's sessions: set Options.Distribution, and
// name the servers as Django's LOCATION does, in the same order. Python clients
// that cannot reach a server ask another one for its keys; this package does
// not, because a session that seems to be gone is a logout: the error matches
// djsession.ErrUnavailable.
//
// # What memcached does to sessions
//
// When it is full it forgets values that have time left, which is a logout for
// a site without cached_db. A session of more than 1 MB (memcached -I) is
// refused: see [Error].
//
// A command whose connection closes before the reply is retried once, as after
// a restart of the server. Add may then return djsession.ErrKeyExists for the
// value that its own first attempt stored.
//
// Django: django.core.cache.backends.memcached.
package memcached

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// Options is how a site uses memcached. Nil and the zero value are the
// defaults.
type Options struct {
	// Distribution is how the site's Python client shares keys out among
	// several servers. Default: [DistributionRendezvous].
	Distribution Distribution

	// CompressAbove packs values of more bytes, if that makes them smaller, for
	// sites whose client does it: 400 for pymemcache's compressed_serde. Packed
	// values are read in any case. Default: never.
	CompressAbove int

	// MaxSize bounds a value that is read or written, in bytes, packed and
	// unpacked: a larger one is a djsession.ErrTooLarge.
	// Default: 8 MiB.
	MaxSize int

	// Timeout bounds each call, in addition to the context's deadline. Default:
	// 500 milliseconds.
	Timeout time.Duration

	// MaxIdleConns is how many connections to each server are kept between
	// calls. Default: 64.
	MaxIdleConns int

	// DialContext connects to a server, with a tls.Dialer for instance.
	// Default: that of a net.Dialer.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)

	// Now is the clock, for times to live of more than 30 days. Default:
	// time.Now.
	Now func() time.Time
}

// A Cache keeps values in one or several memcached servers. It is safe for
// concurrent use.
type Cache struct {
	client        *memcache.Client
	compressAbove int
	maxSize       int
	now           func() time.Time
}

var (
	_ cachestore.Cache    = (*Cache)(nil)
	_ cachestore.Modifier = (*Cache)(nil)
)

// New returns the cache in servers that are named as in Django's LOCATION:
// "host:port", "host", "unix:/path" or "/path". It is an error if there are
// none, or one is named otherwise. Nothing is asked of them yet.
func New(servers []string, opts *Options) (*Cache, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	selector, err := newSelector(servers, o.Distribution)
	if err != nil {
		return nil, err
	}
	c := &Cache{client: memcache.NewFromSelector(selector), compressAbove: o.CompressAbove, maxSize: o.MaxSize, now: o.Now}
	c.client.Timeout = o.Timeout
	// The client's own default is 2, and every call beyond that would make a
	// connection.
	c.client.MaxIdleConns = 64
	if o.MaxIdleConns > 0 {
		c.client.MaxIdleConns = o.MaxIdleConns
	}
	if c.maxSize <= 0 {
		c.maxSize = 8 << 20
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.client.DialContext = bounded(o.DialContext, c.maxSize)
	return c, nil
}

// Close closes the connections that no call uses.
func (c *Cache) Close() error { return c.client.Close() }

// Get implements [cachestore.Cache].
func (c *Cache) Get(ctx context.Context, key string) ([]byte, error) {
	item, err := c.get(ctx, key)
	if err != nil {
		return nil, err
	}
	return unwrap(item.Value, item.Flags, c.maxSize)
}

// Set implements [cachestore.Cache]. A value that memcached refuses leaves none
// behind, as in Django.
func (c *Cache) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	err := c.store(ctx, "set", key, value, ttl, c.client.Set)
	var refused *Error
	if errors.As(err, &refused) && refused.TooLarge {
		err = errors.Join(err, c.Delete(ctx, key))
	}
	return err
}

// Add implements [cachestore.Cache].
func (c *Cache) Add(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	err := c.store(ctx, "add", key, value, ttl, c.client.Add)
	if errors.Is(err, memcache.ErrNotStored) {
		return djsession.ErrKeyExists
	}
	return err
}

// Replace implements [cachestore.Cache].
func (c *Cache) Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return c.store(ctx, "replace", key, value, ttl, c.client.Replace)
}

// Delete implements [cachestore.Cache].
func (c *Cache) Delete(ctx context.Context, key string) error {
	_, err := fresh(ctx, c, func() (struct{}, error) { return struct{}{}, c.client.Delete(key) })
	if err = explain("delete", key, err); errors.Is(err, djsession.ErrNotFound) {
		return nil
	}
	return err
}

// Modify implements [cachestore.Modifier] by compare-and-swap.
func (c *Cache) Modify(ctx context.Context, key string, change cachestore.Change) error {
	for range maxRaces {
		item, err := c.get(ctx, key)
		if err != nil {
			return err
		}
		value, err := unwrap(item.Value, item.Flags, c.maxSize)
		if errors.Is(err, djsession.ErrTooLarge) {
			return err
		}
		if err != nil {
			value = nil // change makes another
		}
		value, ttl, err := change(value, 0)
		if err != nil {
			return err
		}
		err = c.store(ctx, "cas", key, value, ttl, func(changed *memcache.Item) error {
			changed.CasID = item.CasID
			return c.client.CompareAndSwap(changed)
		})
		if !errors.Is(err, memcache.ErrCASConflict) {
			return err
		}
	}
	return djsession.ErrRaces
}

// maxRaces is how often a swap may be lost before something else must be wrong.
const maxRaces = 1000

func (c *Cache) get(ctx context.Context, key string) (*memcache.Item, error) {
	item, err := fresh(ctx, c, func() (*memcache.Item, error) { return c.client.Get(key) })
	if err == nil && item.Key != key {
		err = errors.New("it answered another question")
	}
	return item, explain("get", key, err)
}

func (c *Cache) store(ctx context.Context, op, key string, value []byte, ttl time.Duration, store func(*memcache.Item) error) error {
	if len(value) > c.maxSize {
		return djsession.ErrTooLarge
	}
	value, flags := wrap(value, c.compressAbove)
	item := &memcache.Item{Key: key, Value: value, Flags: flags, Expiration: c.expiration(ttl)}
	send := func() (struct{}, error) { return struct{}{}, store(item) }
	var err error
	if op == "cas" || op == "replace" && ttl <= 0 {
		// Sent again, it would take its own first attempt for someone else's
		// change.
		_, err = call(ctx, send)
	} else {
		_, err = fresh(ctx, c, send)
	}
	if err = explain(op, key, err); errors.Is(err, memcache.ErrNotStored) && op != "add" {
		return djsession.ErrNotFound
	}
	return err
}

// fresh is call, once more if the connection ended: when a server restarts,
// every one that lay idle has. So no other of them is tried.
func fresh[T any](ctx context.Context, c *Cache, f func() (T, error)) (T, error) {
	result, err := call(ctx, f)
	if wasCut(err) {
		c.client.Close() // those that are in use go on
		result, err = call(ctx, f)
	}
	return result, err
}

// call runs a command of the client until the context ends: the client takes no
// contexts. A command that was sent by then may still be carried out, and ends
// by the client's own timeout.
func call[T any](ctx context.Context, f func() (T, error)) (result T, err error) {
	if err := ctx.Err(); err != nil {
		return result, err
	}
	if ctx.Done() == nil {
		return f()
	}
	type answer struct {
		result T
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		result, err := f()
		done <- answer{result, err}
	}()
	select {
	case a := <-done:
		return a.result, a.err
	case <-ctx.Done():
		return result, ctx.Err()
	}
}

// longestRelative is the time to live beyond which memcached takes a number for
// an instant: 30 days.
const longestRelative = 30 * 24 * 60 * 60

// expiration is what to send for a time to live, in whole seconds.
// Django: BaseMemcachedCache.get_backend_timeout.
func (c *Cache) expiration(ttl time.Duration) int32 {
	seconds := int64(ttl / time.Second)
	switch {
	case seconds <= 0:
		return -1 // 0 would be for ever
	case seconds > longestRelative:
		return int32(min(c.now().Unix()+seconds, 1<<31-1))
	}
	return int32(seconds)
}

// checkKey says what memcached does not take for a key.
// Django: django.core.cache.backends.base.memcache_key_warnings.
func checkKey(err error) error {
	return fmt.Errorf("%w: memcached takes keys of at most 250 bytes, without blanks and control characters: %w", djsession.ErrInvalidKey, err)
}
