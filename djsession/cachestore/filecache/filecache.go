// Package filecache is Django's FileBasedCache: a file for each value in one
// directory, as Django 1.7 and later write it.
//
//	cache := filecache.New("/var/tmp/django_cache", nil)
//
// It is a [cachestore.Cache], [cachestore.TTLGetter] and [cachestore.Modifier].
// The process must run under the account that Django runs under. The directory
// must exist: Django makes it when it starts, and a wrong path must not look
// like an empty cache. This package culls nothing, but Django does when it
// writes: with more than MAX_ENTRIES files, 300 unless OPTIONS says otherwise,
// it deletes a third of them, sessions or not.
//
// Values are changed under a lock that Django does not take; package filestore
// says what that means.
//
// Django: django.core.cache.backends.filebased.FileBasedCache.
package filecache

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/internal/atomicfile"
)

// Options is how the cache is kept. Nil and the zero value are the defaults.
type Options struct {
	// MaxSize bounds a value that is read or written, in bytes, packed and
	// unpacked. Default: 8 MiB.
	MaxSize int

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// A Cache keeps values in a directory. It is safe for concurrent use.
type Cache struct {
	dir     string
	maxSize int
	now     func() time.Time

	swept atomic.Int64 // when, in nanoseconds since 1970

	mu sync.Mutex // stands in for locks on systems without them
}

var (
	_ cachestore.Cache     = (*Cache)(nil)
	_ cachestore.TTLGetter = (*Cache)(nil)
	_ cachestore.Modifier  = (*Cache)(nil)
)

// New returns the cache in dir, which is LOCATION in Django's CACHES.
func New(dir string, opts *Options) *Cache {
	c := &Cache{dir: dir, maxSize: 8 << 20, now: time.Now}
	if opts != nil && opts.MaxSize > 0 {
		c.maxSize = opts.MaxSize
	}
	if opts != nil && opts.Now != nil {
		c.now = opts.Now
	}
	return c
}

// Get implements [cachestore.Cache].
func (c *Cache) Get(ctx context.Context, key string) ([]byte, error) {
	value, _, err := c.GetTTL(ctx, key)
	return value, err
}

// GetTTL implements [cachestore.TTLGetter].
func (c *Cache) GetTTL(ctx context.Context, key string) ([]byte, time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, c.wrap("get", err)
	}
	e, err := c.decode(atomicfile.Read(c.path(key), c.fileSize()))
	return e.value, e.ttl, c.wrap("get", err)
}

// Set implements [cachestore.Cache].
func (c *Cache) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if ttl <= 0 {
		return c.Delete(ctx, key)
	}
	d, err := c.draft(ctx, value, ttl)
	if err != nil {
		return c.wrap("set", err)
	}
	defer d.Discard()
	return c.wrap("set", d.Overwrite(c.path(key)))
}

// Add implements [cachestore.Cache].
func (c *Cache) Add(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	d, err := c.draft(ctx, value, ttl)
	if err != nil {
		return c.wrap("add", err)
	}
	defer d.Discard()
	for range 100 {
		err := d.Create(c.path(key))
		if errors.Is(err, fs.ErrExist) {
			err = c.replace(ctx, key, d, true)
		}
		err = c.wrap("add", err)
		if !errors.Is(err, djsession.ErrNotFound) {
			return err
		}
		// The file in the way has just been deleted.
	}
	return c.wrap("add", errInTheWay)
}

// errInTheWay is for a link that leads nowhere, or a file that appears and
// disappears all the time.
var errInTheWay = errors.New("there is something in the file's place, and nothing in it")

// Replace implements [cachestore.Cache].
func (c *Cache) Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	d, err := c.draft(ctx, value, ttl)
	if err != nil {
		return c.wrap("replace", err)
	}
	defer d.Discard()
	return c.wrap("replace", c.replace(ctx, key, d, false))
}

// replace puts a draft in the place of an expired value, or of one that lives.
func (c *Cache) replace(ctx context.Context, key string, d *atomicfile.Draft, expired bool) error {
	defer c.inProcess()()
	lock, err := atomicfile.Take(ctx, c.path(key))
	if err != nil {
		return err
	}
	defer lock.Release()
	_, err = c.decode(lock.Read(c.fileSize()))
	switch gone := errors.Is(err, djsession.ErrNotFound); {
	case !gone && expired:
		return djsession.ErrKeyExists
	case gone && !expired:
		return djsession.ErrNotFound
	}
	return d.Replace(c.path(key))
}

// Delete implements [cachestore.Cache]. It waits for no lock.
func (c *Cache) Delete(ctx context.Context, key string) error {
	err := ctx.Err()
	if err == nil {
		err = atomicfile.Bare(os.Remove(c.path(key)))
	}
	if err = c.wrap("delete", err); errors.Is(err, djsession.ErrNotFound) {
		return nil
	}
	return err
}

// Modify implements [cachestore.Modifier] under a lock.
func (c *Cache) Modify(ctx context.Context, key string, change cachestore.Change) error {
	if err := ctx.Err(); err != nil {
		return c.wrap("modify", err)
	}
	defer c.inProcess()()
	var stopped error // by the change
	err := atomicfile.Modify(ctx, c.path(key), c.fileSize(), func(v *atomicfile.Version, err error) (*atomicfile.Draft, error) {
		e, err := c.decode(v, err)
		if err != nil && !errors.Is(err, djsession.ErrCorrupt) {
			return nil, err
		}
		value, ttl, err := change(e.value, e.ttl)
		if stopped = err; err != nil {
			return nil, err
		}
		return c.draft(ctx, value, ttl)
	})
	if stopped != nil {
		return stopped
	}
	return c.wrap("modify", err)
}

// path returns the name of a key's file. Django: FileBasedCache._key_to_file.
func (c *Cache) path(key string) string {
	sum := md5.Sum([]byte(key))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:])+".djcache")
}

func (c *Cache) draft(ctx context.Context, value []byte, ttl time.Duration) (*atomicfile.Draft, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(value) > c.maxSize {
		return nil, djsession.ErrTooLarge
	}
	data, err := encode(value, c.now().Add(ttl))
	if err != nil {
		return nil, err
	}
	c.sweep()
	return atomicfile.NewDraft(c.dir, draftPrefix, data, time.Time{})
}

const (
	// draftPrefix begins the names of files that are still being written.
	draftPrefix = "djsession-draft-"

	// sweepEvery is the time after which a draft was surely left by a process
	// that was killed, and between two looks for such.
	sweepEvery = time.Hour
)

// sweep removes what killed processes left. A directory that cannot be read
// stops no write.
func (c *Cache) sweep() {
	now := time.Now().UnixNano()
	last := c.swept.Load()
	if now-last >= int64(sweepEvery) && c.swept.CompareAndSwap(last, now) {
		isDraft := func(name string) bool { return strings.HasPrefix(name, draftPrefix) }
		_ = atomicfile.RemoveDrafts(c.dir, isDraft, time.Now().Add(-sweepEvery))
	}
}

// inProcess keeps the other goroutines out, where the system has no locks that
// would.
func (c *Cache) inProcess() (unlock func()) {
	if atomicfile.CanLock {
		return func() {}
	}
	c.mu.Lock()
	return c.mu.Unlock
}

// wrap says what an error of the system means.
func (c *Cache) wrap(op string, err error) error { return atomicfile.Wrap(op, c.dir, err) }
