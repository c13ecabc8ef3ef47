package cachetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
	"github.com/djsession/djsession-go/djsession/cachestore/memcached"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/faultproxy"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/storetest"
)

func TestFileCacheSuite(t *testing.T) {
	Suite(t, filecache.New(t.TempDir(), nil), Prefix(t))
}

func TestCacheTableSuite(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := dbtest.Open(t, db)
		dbtest.CreateCacheTable(t, conn, db.Vendor)
		cache := dbcache.New(conn, dialect, "django_cache", nil)
		defer cache.Close()
		Suite(t, cache, Prefix(t))
	})
}

// memcachedAt returns a cache in servers, the shared one by default. It waits
// for answers as long as a busy machine may need.
func memcachedAt(t testing.TB, opts *memcached.Options, servers ...string) *memcached.Cache {
	t.Helper()
	patient := memcached.Options{}
	if opts != nil {
		patient = *opts
	}
	if patient.Timeout == 0 {
		patient.Timeout = 30 * time.Second
	}
	if len(servers) == 0 {
		servers = []string{testenv.Memcached(t).Addr()}
	}
	cache, err := memcached.New(servers, &patient)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	return cache
}

func TestMemcachedSuite(t *testing.T) {
	for name, opts := range map[string]*memcached.Options{"plain": nil, "packed": {CompressAbove: 1}} {
		t.Run(name, func(t *testing.T) { Suite(t, memcachedAt(t, opts), Prefix(t)) })
	}
}

// A dated cache knows when its values expire, so that they can be made older:
// memcached's own clock cannot be moved.
type dated struct {
	*memcached.Cache
	now func() time.Time

	mu      sync.Mutex
	expires map[string]time.Time
}

func (d *dated) note(key string, ttl time.Duration, err error) error {
	if err == nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.expires[key] = d.now().Add(ttl)
	}
	return err
}

func (d *dated) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return d.note(key, ttl, d.Cache.Set(ctx, key, value, ttl))
}

func (d *dated) Add(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return d.note(key, ttl, d.Cache.Add(ctx, key, value, ttl))
}

func (d *dated) Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return d.note(key, ttl, d.Cache.Replace(ctx, key, value, ttl))
}

// age gives every value the time that it has left by the suite's clock, or a
// minute of memcached's, whose second may be over at once.
func (d *dated) age(t testing.TB) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, expires := range d.expires {
		err := d.Cache.Modify(t.Context(), key, func(value []byte, _ time.Duration) ([]byte, time.Duration, error) {
			left := expires.Sub(d.now())
			if left > 0 {
				left = max(left, time.Minute)
			}
			return value, left, nil
		})
		if err != nil && !errors.Is(err, djsession.ErrNotFound) {
			t.Fatal(err)
		}
	}
}

func TestMemcached(t *testing.T) {
	cache := memcachedAt(t, nil)
	var current *dated
	h := storetest.Harness{
		DropsExpired: true,
		NoExpiry:     true,
		NotJSON:      true,
		New: func(t testing.TB, now func() time.Time) djsession.Store {
			current = &dated{Cache: cache, now: now, expires: make(map[string]time.Time)}
			return cachestore.New(current, &cachestore.Options{KeyPrefix: Prefix(t), Now: now})
		},
		Advance: func(t testing.TB, _ djsession.Store, _ time.Duration) { current.age(t) },
	}
	h.Limited = func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
		opts := &cachestore.Options{KeyPrefix: Prefix(t), Now: now}
		small := memcachedAt(t, &memcached.Options{MaxSize: maxSize})
		return cachestore.New(cache, opts), cachestore.New(small, opts)
	}
	t.Run("cache", func(t *testing.T) { storetest.Run(t, h) })
	t.Run("cached_db", func(t *testing.T) {
		h.DropsExpired, h.Limited = false, nil
		h.New = func(t testing.TB, now func() time.Time) djsession.Store {
			current = &dated{Cache: cache, now: now, expires: make(map[string]time.Time)}
			opts := &cachestore.CachedDBOptions{Options: cachestore.Options{KeyPrefix: Prefix(t), Now: now}, CacheTimeout: time.Minute}
			return cachestore.NewCachedDB(memstore.New(&memstore.Options{Now: now}), current, opts)
		}
		storetest.Run(t, h)
	})
}

func BenchmarkMemcached(b *testing.B) {
	storetest.Benchmark(b, storetest.Harness{New: func(b testing.TB, now func() time.Time) djsession.Store {
		return cachestore.New(memcachedAt(b, nil), &cachestore.Options{KeyPrefix: Prefix(b)})
	}})
}

// TestMemcachedOnABadNetwork has nothing that happens on the way look like a
// logout, and all be well again afterwards.
func TestMemcachedOnABadNetwork(t *testing.T) {
	proxy := faultproxy.New(t, testenv.Memcached(t).Addr())
	const timeout = time.Second // that much is waited for twice in two of the rows, and no more than a busy machine may need in the others
	store := cachestore.New(memcachedAt(t, &memcached.Options{Timeout: timeout}, proxy.Addr()), &cachestore.Options{KeyPrefix: Prefix(t)})
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	rec.Data.Set("n", 0)
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	for reason, fault := range map[string]faultproxy.Fault{
		"refused":               {Refuse: true},
		"silent":                {Silent: true},
		"slow":                  {Delay: 2 * timeout},
		"cut at once":           {CutAfter: -1},
		"cut in the reply":      {CutAfter: 7},
		"garbled":               {Garble: func(piece []byte) []byte { clear(piece[:min(3, len(piece))]); return piece }},
		"out of memory":         {Answer: "SERVER_ERROR out of memory storing object\r\n"},
		"another's answer":      {Answer: "VALUE other 1 2 3\r\n{}\r\nEND\r\n"},
		"the size of the world": {Answer: "VALUE x 1 99999999999999999999\r\n"},
	} {
		proxy.Set(fault)
		got, err := store.Load(t.Context(), rec.Key)
		if !errors.Is(err, djsession.ErrUnavailable) || got != nil {
			t.Errorf("%s: Load: %v, %v", reason, got, err)
		}
		if err := store.Update(t.Context(), rec); !errors.Is(err, djsession.ErrUnavailable) {
			t.Errorf("%s: Update: got error %v", reason, err)
		}
		proxy.Set(faultproxy.Fault{})
		if _, err := store.Load(t.Context(), rec.Key); err != nil {
			t.Errorf("after %s: %v", reason, err)
		}
	}
	proxy.Cut() // as a restart of the server does to connections that lie idle
	if _, err := store.Load(t.Context(), rec.Key); err != nil {
		t.Errorf("after idle connections were cut: %v", err)
	}
}

// TestFullMemcached has a server without room refuse, or forget somebody else,
// but never lie.
func TestFullMemcached(t *testing.T) {
	cache := memcachedAt(t, nil)
	store := cachestore.New(cache, &cachestore.Options{KeyPrefix: Prefix(t)})
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	rec.Data.Set("a", 1)
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	large := &djsession.Record{Key: rec.Key, Data: rec.Data.Clone(), Expires: rec.Expires}
	large.Data.Set("large", fmt.Sprintf("%02000000d", 1))
	var tooLarge *memcached.Error
	if err := store.Update(t.Context(), large); !errors.As(err, &tooLarge) || !tooLarge.TooLarge || errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("2 MB: got error %v", err)
	}
	got, err := store.Load(t.Context(), rec.Key)
	if err != nil || got.Data.Has("large") || !got.Data.Has("a") {
		t.Errorf("after a save that was refused: %v", err)
	}
	if err := cache.Set(t.Context(), "key", make([]byte, 2<<20), time.Hour); !errors.As(err, &tooLarge) {
		t.Errorf("Set of 2 MB: got error %v", err)
	}
	// Before a database, what is refused must not leave the session as it was:
	// Django deletes it.
	cached := cachestore.NewCachedDB(memstore.New(nil), cache, &cachestore.CachedDBOptions{Options: cachestore.Options{KeyPrefix: Prefix(t)}, Logger: slog.New(slog.DiscardHandler)})
	if err := cached.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	if err := cached.Update(t.Context(), large); err != nil {
		t.Error(err)
	}
	if got, err := cached.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("large") {
		t.Errorf("saved in the database, refused by the cache: loaded as before (%v)", err)
	}
	// Small ones go on.
	if err := store.Update(t.Context(), rec); err != nil {
		t.Error(err)
	}
}

// TestNoMemcached has a server that is not there be no logout.
func TestNoMemcached(t *testing.T) {
	store := cachestore.New(memcachedAt(t, nil, testenv.Refusing(t)), nil)
	if _, err := store.Load(t.Context(), djsession.NewKey()); !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("got error %v", err)
	}
}

// TestMemcachedRestarts has a server close all connections that lie idle, more
// of them than there are calls afterwards.
func TestMemcachedRestarts(t *testing.T) {
	proxy := faultproxy.New(t, testenv.Memcached(t).Addr())
	cache := memcachedAt(t, nil, proxy.Addr())
	key := Prefix(t)
	for op, do := range map[string]func(i int) error{
		"Get":     func(int) error { _, err := cache.Get(t.Context(), key); return err },
		"Set":     func(int) error { return cache.Set(t.Context(), key, []byte("n"), time.Hour) },
		"Add":     func(i int) error { return cache.Add(t.Context(), key+"-"+strconv.Itoa(i), []byte("n"), time.Hour) },
		"Replace": func(int) error { return cache.Replace(t.Context(), key, []byte("n"), time.Hour) },
		"Delete":  func(i int) error { return cache.Delete(t.Context(), key+"-"+strconv.Itoa(i)) },
		"Modify": func(int) error {
			return cache.Modify(t.Context(), key, func(value []byte, ttl time.Duration) ([]byte, time.Duration, error) { return value, time.Hour, nil })
		},
	} {
		if err := cache.Set(t.Context(), key, []byte("n"), time.Hour); err != nil {
			t.Fatal(err)
		}
		proxy.Set(faultproxy.Fault{Delay: 50 * time.Millisecond}) // so that each of these has a connection
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if _, err := cache.Get(t.Context(), key); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		proxy.Set(faultproxy.Fault{})
		proxy.Cut()
		for i := range 4 {
			if err := do(i); err != nil {
				t.Errorf("%s: call %d after it: %v", op, i, err)
			}
		}
	}
}
