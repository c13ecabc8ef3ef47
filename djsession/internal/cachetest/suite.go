package cachetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// Suite checks what a cache promises beyond what the stores over it need.
// Prefix keeps its keys apart.
func Suite(t *testing.T, cache cachestore.Cache, prefix string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	n := 0
	fresh := func() string { n++; return fmt.Sprintf("%s:%d", prefix, n) }
	is := func(t *testing.T, what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: got error %v, want %v", what, err, want)
		}
	}
	holds := func(t *testing.T, key, want string) {
		t.Helper()
		got, err := cache.Get(ctx, key)
		if want == "" {
			is(t, "Get", err, djsession.ErrNotFound)
		} else if err != nil || string(got) != want {
			t.Errorf("Get: got %.100q (%v), want %.100q", got, err, want)
		}
	}
	t.Run("values", func(t *testing.T) {
		for _, value := range []string{"\x80\x04}\x94.", "{}", "\x00\xff\r\n\x00", "VALUE x 0 1\r\n", string(make([]byte, 200_000))} {
			key := fresh()
			is(t, "Set", cache.Set(ctx, key, []byte(value), time.Hour), nil)
			holds(t, key, value)
		}
	})
	t.Run("Add and Replace", func(t *testing.T) {
		key := fresh()
		is(t, "Replace of nothing", cache.Replace(ctx, key, []byte("1"), time.Hour), djsession.ErrNotFound)
		holds(t, key, "")
		is(t, "Add", cache.Add(ctx, key, []byte("two"), time.Hour), nil)
		is(t, "Add again", cache.Add(ctx, key, []byte("three"), time.Hour), djsession.ErrKeyExists)
		holds(t, key, "two")
		is(t, "Replace", cache.Replace(ctx, key, []byte("four"), time.Hour), nil)
		holds(t, key, "four")
	})
	t.Run("Delete", func(t *testing.T) {
		key := fresh()
		is(t, "Set", cache.Set(ctx, key, []byte("one"), time.Hour), nil)
		for range 2 {
			is(t, "Delete", cache.Delete(ctx, key), nil)
			holds(t, key, "")
		}
	})
	t.Run("no time to live", func(t *testing.T) {
		for _, ttl := range []time.Duration{0, -time.Hour} {
			key := fresh()
			is(t, "Add", cache.Add(ctx, key, []byte("one"), ttl), nil)
			holds(t, key, "")
			is(t, "Replace of nothing", cache.Replace(ctx, key, []byte("one"), ttl), djsession.ErrNotFound)
			is(t, "Set", cache.Set(ctx, key, []byte("one"), time.Hour), nil)
			is(t, "Add of what is there", cache.Add(ctx, key, []byte("two"), ttl), djsession.ErrKeyExists)
			holds(t, key, "one")
			is(t, "Replace", cache.Replace(ctx, key, []byte("two"), ttl), nil)
			holds(t, key, "")
			is(t, "Set", cache.Set(ctx, key, []byte("one"), time.Hour), nil)
			is(t, "Set", cache.Set(ctx, key, []byte("two"), ttl), nil)
			holds(t, key, "")
		}
	})
	t.Run("taken once", func(t *testing.T) {
		for range 5 {
			key := fresh()
			is(t, "Set", cache.Set(ctx, key, []byte("one"), time.Hour), nil)
			if won := takers(t, ctx, cache, key); won != 1 {
				t.Errorf("%d of 8 took the value away, want 1", won)
			}
			holds(t, key, "")
		}
	})
	t.Run("time to live", func(t *testing.T) {
		for _, ttl := range []time.Duration{time.Hour, 29 * 24 * time.Hour, 31 * 24 * time.Hour, 2 * 365 * 24 * time.Hour} {
			key, start := fresh(), time.Now()
			is(t, "Set", cache.Set(ctx, key, []byte("one"), ttl), nil)
			holds(t, key, "one")
			if getter, ok := cache.(cachestore.TTLGetter); ok {
				_, left, err := getter.GetTTL(ctx, key)
				// A cache may keep whole seconds, and this took its time too.
				if err != nil || left > ttl || left < ttl-time.Second-time.Since(start) && left != 0 {
					t.Errorf("of %v are left %v (%v)", ttl, left, err)
				}
			}
		}
	})
	t.Run("expires", func(t *testing.T) { expires(t, ctx, cache, fresh()) })
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		key := fresh()
		_, err := cache.Get(ctx, key)
		is(t, "Get", err, djsession.ErrUnavailable)
		is(t, "Set", cache.Set(ctx, key, []byte("one"), time.Hour), djsession.ErrUnavailable)
		is(t, "Delete", cache.Delete(ctx, key), djsession.ErrUnavailable)
	})
	if modifier, ok := cache.(cachestore.Modifier); ok {
		t.Run("Modify", func(t *testing.T) { modify(t, ctx, cache, modifier, fresh()) })
	}
}

// takers returns how many of eight take a value away that do it at once.
func takers(t *testing.T, ctx context.Context, cache cachestore.Cache, key string) int {
	var wait sync.WaitGroup
	var won atomic.Int32
	for i := range 8 {
		wait.Go(func() {
			err := cache.Replace(ctx, key, nil, -time.Duration(i)*time.Second)
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, djsession.ErrNotFound):
				t.Errorf("Replace: got error %v, want ErrNotFound", err)
			}
		})
	}
	wait.Wait()
	return int(won.Load())
}

// expires waits for the end of a value, which may come a second early, or more
// on a busy machine: a cache may keep whole seconds, and memcached's clock
// ticks once in one.
func expires(t *testing.T, ctx context.Context, cache cachestore.Cache, key string) {
	const ttl = 2 * time.Second
	start := time.Now()
	if err := cache.Set(ctx, key, []byte("one"), ttl); err != nil {
		t.Fatal(err)
	}
	for {
		asked := time.Since(start)
		_, err := cache.Get(ctx, key)
		switch answered := time.Since(start); {
		case errors.Is(err, djsession.ErrNotFound) && answered >= ttl-1500*time.Millisecond:
			return
		case err != nil:
			t.Fatalf("%v after it was set for %v: %v", answered, ttl, err)
		case asked > ttl+10*time.Second:
			t.Fatalf("it is there %v after it was set for %v", asked, ttl)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// modify has many count together, and a deletion come between.
func modify(t *testing.T, ctx context.Context, cache cachestore.Cache, modifier cachestore.Modifier, key string) {
	if err := modifier.Modify(ctx, key, func(value []byte, ttl time.Duration) ([]byte, time.Duration, error) {
		t.Error("change was called without a value")
		return value, ttl, nil
	}); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("of nothing: got error %v", err)
	}
	if err := cache.Set(ctx, key, []byte("n"), time.Hour); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	const workers, rounds = 4, 10
	for range workers {
		wait.Go(func() {
			for range rounds {
				if err := modifier.Modify(ctx, key, func(value []byte, ttl time.Duration) ([]byte, time.Duration, error) {
					if ttl != 0 && (ttl > time.Hour || ttl < time.Hour-time.Minute) {
						t.Errorf("change was told of %v", ttl)
					}
					return append(value, 'x'), time.Hour, nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if got, err := cache.Get(ctx, key); err != nil || len(got) != 1+workers*rounds {
		t.Errorf("%d changes are there of %d (%v)", len(got)-1, workers*rounds, err)
	}
	if err := modifier.Modify(ctx, key, func(value []byte, ttl time.Duration) ([]byte, time.Duration, error) {
		return value, 0, nil
	}); err != nil {
		t.Errorf("a change that ends its time: %v", err)
	}
	if _, err := cache.Get(ctx, key); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("after that: got error %v", err)
	}
	if err := cache.Set(ctx, key, []byte("n"), time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := modifier.Modify(ctx, key, func(value []byte, ttl time.Duration) ([]byte, time.Duration, error) {
		return value, time.Hour, cache.Delete(ctx, key)
	}); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("deleted meanwhile: got error %v", err)
	}
	if _, err := cache.Get(ctx, key); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("it is back: got error %v", err)
	}
}
