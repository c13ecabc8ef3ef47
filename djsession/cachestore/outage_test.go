package cachestore_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

var errDown = fmt.Errorf("%w: connection refused", djsession.ErrUnavailable)

// other returns another process's store over the same table and cache.
func (p *pair) other() djsession.Store {
	return cachestore.NewCachedDB(p.Store, p.cache, &cachestore.CachedDBOptions{Options: cachestore.Options{Now: still}})
}

// a returns what a store says of the session's "a".
func a(t *testing.T, store djsession.Store, key string) int {
	t.Helper()
	rec, err := store.Load(t.Context(), key)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	n, _, err := djsession.Get[int](rec.Data, "a")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func save(t *testing.T, store djsession.Store, rec *djsession.Record, n int) {
	t.Helper()
	rec.Data.Set("a", n)
	if err := store.Update(t.Context(), rec); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// down lets a store find out that the cache does not answer.
func (p *pair) down(t *testing.T, store djsession.Store, key string) {
	t.Helper()
	synctest.Wait()
	p.cache.set(func() { p.cache.fail = errDown })
	for range 3 {
		a(t, store, key)
	}
}

// TestSilentCacheIsAskedByAProbe has the cache stop answering: after three
// calls requests no longer wait for it, one call at a time looks for it, and
// the log says once that it is away and once that it is back.
func TestSilentCacheIsAskedByAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(cachestore.CachedDBOptions{})
		rec := p.session(t)
		p.cache.set(func() { p.cache.slow = time.Hour })
		start := time.Now()
		for range 3 {
			a(t, p.store, rec.Key)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("three loads took %v, want CacheTimeout each", took)
		}
		var asked, most, now int
		var mu sync.Mutex
		count := func(string) {
			mu.Lock()
			defer mu.Unlock()
			asked++
			now++
			most = max(most, now)
			time.AfterFunc(time.Second, func() { mu.Lock(); now--; mu.Unlock() })
		}
		p.cache.set(func() { p.cache.before = count })
		start = time.Now()
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				for range 100 {
					began := time.Now()
					a(t, p.store, rec.Key)
					if took := time.Since(began); took > 0 {
						t.Errorf("a load waited %v for a cache that is away", took)
					}
					time.Sleep(50 * time.Millisecond)
				}
			})
		}
		wait.Wait()
		if asked < 2 || asked > 5 || most != 1 {
			t.Errorf("in %v there were %d probes, %d at once; want some, and one at once", time.Since(start), asked, most)
		}
		if n := strings.Count(p.log.String(), "does not answer"); n != 1 {
			t.Errorf("the log says %d times that the cache is away, want once:\n%s", n, p.log.String())
		}
		p.mend()
		a(t, p.store, rec.Key) // asks for a probe
		synctest.Wait()
		p.cache.set(func() { p.cache.before = nil })
		p.did()
		a(t, p.store, rec.Key)
		p.did()
		for _, want := range []struct {
			when  string
			after time.Duration
			did   string
		}{
			{"when the cache is back", 0, "get, db load"},
			{"while other programs may still do without it", 0, "get, db load"},
			{"after that", 5 * time.Second, "get, db load"},
			{"and then", 0, "get"},
		} {
			time.Sleep(want.after)
			a(t, p.store, rec.Key)
			if got := p.did(); got != want.did {
				t.Errorf("%s: got %s, want %s", want.when, got, want.did)
			}
		}
		if n := strings.Count(p.log.String(), "answers again"); n != 1 {
			t.Errorf("the log says %d times that the cache is back, want once:\n%s", n, p.log.String())
		}
	})
}

// TestSavedDuringAnOutageStands has a cache keep what it has while it is away.
func TestSavedDuringAnOutageStands(t *testing.T) {
	for _, row := range []struct {
		reason string
		reader func(p *pair, other djsession.Store) djsession.Store
		wait   time.Duration // after the cache is back
	}{
		{"the store that saved", func(p *pair, _ djsession.Store) djsession.Store { return p.store }, 0},
		{"the store that saved, later", func(p *pair, _ djsession.Store) djsession.Store { return p.store }, time.Minute},
		{"a process that did nothing meanwhile, at once", func(_ *pair, other djsession.Store) djsession.Store { return other }, 0},
		{"a process that did nothing meanwhile, later", func(_ *pair, other djsession.Store) djsession.Store { return other }, time.Minute},
		{"a process that was started after it", func(p *pair, _ djsession.Store) djsession.Store { return p.other() }, 0},
		{"a Django, which believes the cache", func(p *pair, _ djsession.Store) djsession.Store {
			return cachestore.New(p.cache, &cachestore.Options{Now: still, StorePrefix: "django.contrib.sessions.cached_db"})
		}, time.Second},
	} {
		t.Run(row.reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair(cachestore.CachedDBOptions{})
				rec, gone := p.session(t), p.session(t)
				other := p.other()
				a(t, other, rec.Key)
				a(t, other, gone.Key)
				p.down(t, p.store, rec.Key)
				save(t, p.store, rec, 2)
				if err := p.store.Delete(t.Context(), gone.Key); err != nil {
					t.Errorf("Delete: %v", err)
				}
				fresh := p.session(t)
				if got := a(t, p.store, fresh.Key); got != 1 {
					t.Errorf("a new session has %d, want 1", got)
				}
				time.Sleep(1100 * time.Millisecond)
				synctest.Wait()
				p.cache.set(func() { p.cache.fail = nil })
				time.Sleep(row.wait)
				reader := row.reader(p, other)
				_, compares := reader.(djsession.ExpiredClearer)
				if _, err := reader.Load(t.Context(), gone.Key); !errors.Is(err, djsession.ErrNotFound) {
					t.Errorf("the session that was logged out: got error %v, want ErrNotFound", err)
				}
				got, err := reader.Load(t.Context(), rec.Key)
				if !compares && errors.Is(err, djsession.ErrNotFound) {
					return // Django would read the table now
				}
				if err != nil {
					t.Fatal(err)
				}
				if n, _, _ := djsession.Get[int](got.Data, "a"); n != 2 {
					t.Errorf("saved as 2 during the outage, loaded as %d", n)
				}
				got.Data.Set("b", 1)
				if err := reader.Update(t.Context(), got); err != nil {
					t.Fatal(err)
				}
				if n := a(t, p.Store, rec.Key); n != 2 {
					t.Errorf("after another save the table has %d, want 2", n)
				}
				p.mend()
			})
		})
	}
}

// TestCacheThatGoesBackInTime has a cache come back as it was some time ago, as
// a Redis does that writes to its disk now and then. Nothing was saved without
// it.
func TestCacheThatGoesBackInTime(t *testing.T) {
	for _, row := range []struct {
		reason string
		notice bool // a call fails while the cache is away
		away   time.Duration
	}{
		{"calls fail meanwhile", true, time.Millisecond},
		{"nothing is asked meanwhile", false, 1100 * time.Millisecond},
	} {
		t.Run(row.reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair(cachestore.CachedDBOptions{})
				rec, gone := p.session(t), p.session(t)
				disk := maps.Clone(p.cache.values)
				save(t, p.store, rec, 2)
				if err := p.store.Delete(t.Context(), gone.Key); err != nil {
					t.Fatal(err)
				}
				if row.notice {
					p.down(t, p.store, rec.Key)
					synctest.Wait()
				}
				time.Sleep(row.away)
				p.cache.set(func() { p.cache.values, p.cache.fail = disk, nil })
				if got := a(t, p.store, rec.Key); got != 2 {
					t.Errorf("saved as 2, loaded as %d", got)
				}
				time.Sleep(time.Second)
				if _, err := p.store.Load(t.Context(), gone.Key); !errors.Is(err, djsession.ErrNotFound) {
					t.Errorf("the session that was logged out: got error %v, want ErrNotFound", err)
				}
				p.mend()
			})
		})
	}
}

// TestDoubtfulSessionNeedsTheDatabase has the database fail where the cache
// alone cannot be believed: that is an outage, and no older session.
func TestDoubtfulSessionNeedsTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(cachestore.CachedDBOptions{})
		rec := p.session(t)
		time.Sleep(time.Minute)
		p.fail = djsession.ErrUnavailable
		if _, err := p.store.Load(t.Context(), rec.Key); !errors.Is(err, djsession.ErrUnavailable) {
			t.Errorf("got error %v, want ErrUnavailable", err)
		}
		if len(p.cache.values) != 1 {
			t.Error("the cache was emptied though nothing is known to be wrong with it")
		}
	})
}

// TestOutageThatOthersStillSee has two programs find out at different times
// that the cache is back: what the slower one saves without the cache must not
// be hidden by what the faster one has compared before.
func TestOutageThatOthersStillSee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(cachestore.CachedDBOptions{})
		rec, gone := p.session(t), p.session(t)
		other := p.other()
		p.down(t, other, rec.Key)
		time.Sleep(150 * time.Millisecond) // so that it tries again later
		p.down(t, p.store, rec.Key)
		p.cache.set(func() { p.cache.fail = nil })
		time.Sleep(60 * time.Millisecond)
		a(t, other, rec.Key) // asks for a probe
		synctest.Wait()
		a(t, other, rec.Key)
		a(t, other, gone.Key)

		save(t, p.store, rec, 2) // without the cache
		if err := p.store.Delete(t.Context(), gone.Key); err != nil {
			t.Fatal(err)
		}
		if got := a(t, other, rec.Key); got != 2 {
			t.Errorf("saved as 2, the other program loads %d", got)
		}
		if _, err := other.Load(t.Context(), gone.Key); !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("the session that was logged out: got error %v from the other program, want ErrNotFound", err)
		}
		p.mend()
	})
}

// TestKeyIsChangedOrNot has the cache go away at each point of a change of key:
// the browser gets the new key if the table has it.
func TestKeyIsChangedOrNot(t *testing.T) {
	for _, required := range []bool{false, true} {
		for calls := range 5 { // of the cache that succeed
			t.Run(fmt.Sprintf("required %v, after %d calls", required, calls), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPair(cachestore.CachedDBOptions{CacheRequired: required})
					rec := p.session(t)
					a(t, p.store, rec.Key)
					left := calls
					p.cache.set(func() {
						p.cache.before = func(string) {
							p.cache.set(func() { // mend calls too
								if left--; left < 0 {
									p.cache.fail = errDown
								}
							})
						}
					})
					old := rec.Key
					moved := *rec
					moved.Key = djsession.NewKey()
					err := djsession.Rekey(t.Context(), p.store, old, &moved)
					_, oldErr := p.Store.Load(t.Context(), old)
					_, newErr := p.Store.Load(t.Context(), moved.Key)
					if err == nil && (newErr != nil || !errors.Is(oldErr, djsession.ErrNotFound)) {
						t.Errorf("got no error, but of the old key %v, and of the new one %v", oldErr, newErr)
					}
					if err != nil && (oldErr != nil || !errors.Is(newErr, djsession.ErrNotFound)) {
						t.Errorf("got error %v, but of the old key %v, and of the new one %v", err, oldErr, newErr)
					}
					p.cache.set(func() { p.cache.before = nil })
					p.mend()
				})
			})
		}
	}
}

// TestCacheRequired refuses what the cache has not heard of, and makes up for
// it when the cache is back.
func TestCacheRequired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(cachestore.CachedDBOptions{CacheRequired: true})
		rec, gone := p.session(t), p.session(t)
		p.down(t, p.store, rec.Key)
		for range 2 {
			rec.Data.Set("a", 2)
			if err := p.store.Update(t.Context(), rec); !errors.Is(err, djsession.ErrUnavailable) {
				t.Errorf("Update: got error %v, want ErrUnavailable", err)
			}
			if err := p.store.(djsession.Modifier).Modify(t.Context(), rec.Key, func(*djsession.Record) error { return nil }); !errors.Is(err, djsession.ErrUnavailable) {
				t.Errorf("Modify: got error %v, want ErrUnavailable", err)
			}
			if err := p.store.Delete(t.Context(), gone.Key); !errors.Is(err, djsession.ErrUnavailable) {
				t.Errorf("Delete: got error %v, want ErrUnavailable", err)
			}
			p.session(t) // a new session takes nothing back
		}
		p.mend()
		if len(p.cache.values) != 0 {
			t.Errorf("the cache has %d sessions that it was to forget", len(p.cache.values))
		}
		if err := p.store.Update(t.Context(), rec); err != nil {
			t.Errorf("Update when the cache is back: %v", err)
		}
	})
}

// TestMoreThanCanBeRemembered has more sessions change without the cache than
// the store remembers: the rest is refused.
func TestMoreThanCanBeRemembered(t *testing.T) {
	const remembered = 1 << 16
	synctest.Test(t, func(t *testing.T) {
		p := newPair(cachestore.CachedDBOptions{})
		rec := p.session(t)
		p.down(t, p.store, rec.Key)
		for n := range remembered {
			if err := p.store.Delete(t.Context(), fmt.Sprintf("%032d", n)); err != nil {
				t.Fatalf("deletion %d: %v", n, err)
			}
		}
		if err := p.store.Update(t.Context(), rec); !errors.Is(err, djsession.ErrUnavailable) {
			t.Errorf("Update: got error %v, want ErrUnavailable", err)
		}
		p.mend()
		save(t, p.store, rec, 2)
	})
}

// TestLastWriterOfTheTable has the cache's answer to one of two saves come
// late: what stays in the cache is what the table has.
func TestLastWriterOfTheTable(t *testing.T) {
	merge := func(p *pair, key, name string) error {
		return p.store.(djsession.Modifier).Modify(context.Background(), key, func(rec *djsession.Record) error {
			rec.Data.Set(name, 1)
			return nil
		})
	}
	plain := func(p *pair, key, name string) error {
		rec, err := p.Store.Load(context.Background(), key)
		if err != nil {
			return err
		}
		rec.Data.Set(name, 1)
		return p.store.Update(context.Background(), rec)
	}
	for _, row := range []struct {
		reason        string
		first, second func(p *pair, key, name string) error
	}{
		{"two that merge", merge, merge},
		{"two that do not", plain, plain},
	} {
		for _, evicted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, evicted %v", row.reason, evicted), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPair(cachestore.CachedDBOptions{})
					rec := p.session(t)
					if evicted {
						p.evict()
					}
					held := false
					p.cache.before = func(op string) {
						if op == "replace" && !held { // the first's, after it has written the table
							held = true
							if err := row.second(p, rec.Key, "second"); err != nil {
								t.Error(err)
							}
						}
					}
					if err := row.first(p, rec.Key, "first"); err != nil {
						t.Fatal(err)
					}
					table, err := p.Store.Load(t.Context(), rec.Key)
					if err != nil {
						t.Fatal(err)
					}
					for range 2 {
						got, err := p.store.Load(t.Context(), rec.Key)
						if err != nil {
							t.Fatal(err)
						}
						if got, want := slices.Collect(got.Data.Names()), slices.Collect(table.Data.Names()); !slices.Equal(got, want) {
							t.Errorf("the store returns %v, want %v as in the table", got, want)
						}
					}
				})
			})
		}
	}
}

// TestSaveOfUnknownOutcome has the database save, and its answer get lost: what
// the cache has is not believed after that.
func TestSaveOfUnknownOutcome(t *testing.T) {
	for _, row := range []struct {
		reason string
		save   func(p *pair, rec *djsession.Record) error
	}{
		{"Update", func(p *pair, rec *djsession.Record) error {
			rec.Data.Set("a", 2)
			return p.store.Update(t.Context(), rec)
		}},
		{"Modify", func(p *pair, rec *djsession.Record) error {
			return p.store.(djsession.Modifier).Modify(t.Context(), rec.Key, func(rec *djsession.Record) error {
				rec.Data.Set("a", 2)
				return nil
			})
		}},
	} {
		t.Run(row.reason, func(t *testing.T) {
			p := newPair(cachestore.CachedDBOptions{})
			rec := p.session(t)
			p.fail = djsession.ErrUnavailable
			if err := row.save(p, rec); !errors.Is(err, djsession.ErrUnavailable) {
				t.Errorf("got error %v, want ErrUnavailable", err)
			}
			p.fail = nil
			if got := a(t, p.store, rec.Key); got != 2 {
				t.Errorf("the table has 2, loaded as %d", got)
			}
		})
	}
}
