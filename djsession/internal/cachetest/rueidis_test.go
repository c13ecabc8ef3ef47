package cachetest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/compress"
	"github.com/djsession/djsession-go/djsession/cachestore/rueidiscache"
	"github.com/djsession/djsession-go/djsession/internal/faultproxy"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/storetest"
)

// rueidisClient returns a client of a Redis at an address: the shared one if
// that is empty.
func rueidisClient(t testing.TB, opts rueidis.ClientOption) rueidis.Client {
	t.Helper()
	if len(opts.InitAddress) == 0 {
		opts.InitAddress = []string{testenv.Redis(t).Addr()}
	}
	opts.ForceSingleClient = true
	client, err := rueidis.NewClient(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// tracking are the ways in which Redis can be asked to tell of changes.
var tracking = map[string][]string{
	"each key":  nil,
	"broadcast": {"PREFIX", "TestRueidis", "BCAST"},
}

func TestRueidis(t *testing.T) {
	run := func(t *testing.T, opts *rueidiscache.Options, client rueidis.Client) {
		cache := rueidiscache.New(client, opts)
		t.Run("suite", func(t *testing.T) { Suite(t, cache, Prefix(t)) })
		t.Run("store", func(t *testing.T) {
			h := harness(t, "", func(_ testing.TB, prefix string, now func() time.Time) djsession.Store {
				return cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now})
			})
			age := h.Advance
			h.Advance = func(t testing.TB, store djsession.Store, d time.Duration) {
				age(t, store, d)
				time.Sleep(20 * time.Millisecond) // until Redis has told of it
			}
			h.NoExpiry = opts != nil && opts.MaxStale > 0
			h.Limited = func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
				prefix := Prefix(t)
				return cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now}),
					cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now, MaxSize: maxSize})
			}
			storetest.Run(t, h)
		})
	}
	t.Run("plain", func(t *testing.T) { run(t, nil, rueidisClient(t, rueidis.ClientOption{})) })
	for name, track := range tracking {
		t.Run(name, func(t *testing.T) {
			run(t, &rueidiscache.Options{ClientCache: true, Compressor: compress.LZ4(nil)}, rueidisClient(t, rueidis.ClientOption{ClientTrackingOptions: track}))
		})
	}
	t.Run("a server that cannot tell", func(t *testing.T) {
		run(t, &rueidiscache.Options{ClientCache: true}, rueidisClient(t, rueidis.ClientOption{DisableCache: true, AlwaysRESP2: true}))
	})
}

var getCalls = regexp.MustCompile(`cmdstat_get:calls=(\d+)`)

// gets is how often anybody asked the server for a value.
func gets(t *testing.T, client *redis.Client) int {
	t.Helper()
	info, err := client.Info(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if m := getCalls.FindStringSubmatch(info); m != nil {
		n, _ = strconv.Atoi(m[1])
	}
	return n
}

// TestRueidisHearsOfChanges has somebody else change and delete what is in
// memory.
func TestRueidisHearsOfChanges(t *testing.T) {
	for name, track := range tracking {
		t.Run(name, func(t *testing.T) {
			if track != nil {
				track = []string{"PREFIX", "TestRueidisHearsOfChanges", "BCAST"}
			}
			elsewhere := Client(t, "")
			prefix := Prefix(t)
			store := cachestore.New(rueidiscache.New(rueidisClient(t, rueidis.ClientOption{ClientTrackingOptions: track}), &rueidiscache.Options{ClientCache: true}),
				&cachestore.Options{KeyPrefix: prefix, Serializer: cachestore.DjangoJSON})
			key := djsession.NewKey()
			name := prefix + ":1:django.contrib.sessions.cache" + key
			set := func(n int) {
				if err := elsewhere.Set(t.Context(), name, fmt.Sprintf(`{"n": %d}`, n), time.Hour).Err(); err != nil {
					t.Fatal(err)
				}
			}
			load := func() (int, error) {
				rec, err := store.Load(t.Context(), key)
				if err != nil {
					return -1, err
				}
				if left := time.Until(rec.Expires); left > time.Hour || left < time.Hour-time.Minute {
					t.Errorf("it lives for %v", left)
				}
				n, _, err := djsession.Get[int](rec.Data, "n")
				return n, err
			}
			// until waits for what somebody else did, which takes a moment.
			until := func(want int, wantErr error) time.Duration {
				start := time.Now()
				for {
					n, err := load()
					if n == want && errors.Is(err, wantErr) {
						return time.Since(start)
					}
					if time.Since(start) > 5*time.Second {
						t.Fatalf("after 5 seconds it is still %d, %v", n, err)
					}
				}
			}
			set(0)
			until(0, nil)
			before := gets(t, elsewhere)
			for range 100 {
				if n, err := load(); n != 0 || err != nil {
					t.Fatal(n, err)
				}
			}
			if asked := gets(t, elsewhere) - before; asked > 0 {
				t.Errorf("100 loads of a session in memory asked Redis %d times", asked)
			}
			var longest time.Duration
			for n := 1; n < 50; n++ {
				set(n)
				longest = max(longest, until(n, nil))
			}
			if err := elsewhere.Del(t.Context(), name).Err(); err != nil {
				t.Fatal(err)
			}
			longest = max(longest, until(-1, djsession.ErrNotFound))
			set(1) // what was not there is there
			longest = max(longest, until(1, nil))
			t.Logf("at the latest after %v", longest)
		})
	}
}

// TestRueidisOwnChanges are never read from memory as they were before.
func TestRueidisOwnChanges(t *testing.T) {
	store := cachestore.New(rueidiscache.New(rueidisClient(t, rueidis.ClientOption{PipelineMultiplex: 3}), &rueidiscache.Options{ClientCache: true}),
		&cachestore.Options{KeyPrefix: Prefix(t)})
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // so that it comes from memory
	for n := range 300 {
		rec.Data.Set("n", n)
		if err := store.Update(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		got, err := store.Load(t.Context(), rec.Key)
		if err != nil {
			t.Fatal(err)
		}
		if v, _, _ := djsession.Get[int](got.Data, "n"); v != n {
			t.Fatalf("written as %d, read as %d", n, v)
		}
	}
	if err := store.Delete(t.Context(), rec.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Load(t.Context(), rec.Key); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("deleted: got error %v", err)
	}
}

// TestRueidisStaleness cuts off Redis's word of changes without a sign, and
// wants the old value no longer than is promised.
func TestRueidisStaleness(t *testing.T) {
	for _, row := range []struct {
		name    string
		client  rueidis.ClientOption
		options rueidiscache.Options
		bound   time.Duration
	}{
		{"until the connection is found dead", rueidis.ClientOption{ConnWriteTimeout: 600 * time.Millisecond}, rueidiscache.Options{ClientCache: true}, 2 * time.Second},
		{"MaxStale", rueidis.ClientOption{}, rueidiscache.Options{ClientCache: true, MaxStale: 300 * time.Millisecond, Timeout: 200 * time.Millisecond}, time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			elsewhere := Client(t, "")
			proxy := faultproxy.New(t, testenv.Redis(t).Addr())
			row.client.InitAddress = []string{proxy.Addr()}
			row.client.Dialer.KeepAlive = 200 * time.Millisecond
			cache := rueidiscache.New(rueidisClient(t, row.client), &row.options)
			key := Prefix(t)
			if err := elsewhere.Set(t.Context(), key, "old", time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
			get := func() (got []byte, err error) {
				err = patient(t, func() (err error) { got, err = cache.Get(t.Context(), key); return err })
				return got, err
			}
			if got, err := get(); err != nil || string(got) != "old" {
				t.Fatalf("got %q, %v", got, err)
			}
			proxy.Set(faultproxy.Fault{Silent: true})
			if err := elsewhere.Set(t.Context(), key, "new", time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			for {
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				got, err := cache.Get(ctx, key)
				cancel()
				if errors.Is(err, djsession.ErrNotFound) {
					t.Fatal("an outage was taken for a logout")
				}
				if string(got) != "old" {
					break
				}
				if time.Since(start) > row.bound+5*time.Second { // on a busy machine; it would be eleven seconds by default
					t.Fatalf("still old after %v", time.Since(start))
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Logf("old for %v", time.Since(start))
			proxy.Cut()
			proxy.Set(faultproxy.Fault{})
			if got, err := get(); err != nil || string(got) != "new" {
				t.Errorf("when it is mended: got %q, %v", got, err)
			}
		})
	}
}

// TestRueidisTimeout has Redis go silent under calls whose context has no
// deadline, as that of a request has none.
func TestRueidisTimeout(t *testing.T) {
	for name, opts := range map[string]rueidiscache.Options{"plain": {}, "values in memory": {ClientCache: true}} {
		t.Run(name, func(t *testing.T) {
			proxy := faultproxy.New(t, testenv.Redis(t).Addr())
			opts.Timeout = 200 * time.Millisecond
			cache := rueidiscache.New(rueidisClient(t, rueidis.ClientOption{InitAddress: []string{proxy.Addr()}}), &opts)
			key := Prefix(t)
			if _, err := cache.Get(t.Context(), key); !errors.Is(err, djsession.ErrNotFound) {
				t.Fatal(err)
			}
			proxy.Set(faultproxy.Fault{Silent: true})
			for op, do := range map[string]func() error{
				"Get":    func() error { _, err := cache.Get(t.Context(), key+"other"); return err },
				"GetTTL": func() error { _, _, err := cache.GetTTL(t.Context(), key+"another"); return err },
				"Set":    func() error { return cache.Set(t.Context(), key, nil, time.Hour) },
			} {
				start := time.Now()
				if err := do(); !errors.Is(err, djsession.ErrUnavailable) {
					t.Errorf("%s: got error %v", op, err)
				}
				if took := time.Since(start); took > 3*time.Second {
					t.Errorf("%s took %v of 200ms", op, took)
				}
			}
		})
	}
}

// TestRueidisTimeLeft has a value written by somebody else, read by a client
// that keeps nothing in memory though the cache would let it.
func TestRueidisTimeLeft(t *testing.T) {
	cache := rueidiscache.New(rueidisClient(t, rueidis.ClientOption{DisableCache: true}), &rueidiscache.Options{ClientCache: true})
	elsewhere := Client(t, "")
	for _, row := range []struct{ set, from, to time.Duration }{{time.Hour, 59 * time.Minute, time.Hour}, {0, 0, 0}} {
		key := Prefix(t)
		if err := elsewhere.Set(t.Context(), key, "x", row.set).Err(); err != nil {
			t.Fatal(err)
		}
		if _, left, err := cache.GetTTL(t.Context(), key); err != nil || left < row.from || left > row.to {
			t.Errorf("of %v are left %v (%v)", row.set, left, err)
		}
	}
}
