package cachestore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// A pair is a database and a cache before it, with one list of the calls of
// both.
type pair struct {
	*memstore.Store // the database
	cache           *memory
	store           djsession.Store
	log             bytes.Buffer
	fail            error // of every call of the database
	hang            int   // the load of the database, counted from here, that takes as long as its context lasts
}

func newPair(opts cachestore.CachedDBOptions) *pair {
	p := &pair{Store: memstore.New(&memstore.Options{Now: still}), cache: newMemory(still)}
	opts.Now = still
	opts.Logger = slog.New(slog.NewTextHandler(&p.log, nil))
	p.store = cachestore.NewCachedDB(p, p.cache, &opts)
	return p
}

func (p *pair) call(op string) error {
	p.cache.mu.Lock()
	defer p.cache.mu.Unlock()
	p.cache.calls = append(p.cache.calls, "db "+op)
	return p.fail
}

func (p *pair) Load(ctx context.Context, key string) (*djsession.Record, error) {
	if err := p.call("load"); err != nil {
		return nil, err
	}
	p.cache.mu.Lock()
	p.hang--
	hangs := p.hang == 0
	p.cache.mu.Unlock()
	if hangs {
		<-ctx.Done()
	}
	return p.Store.Load(ctx, key)
}

func (p *pair) Create(ctx context.Context, rec *djsession.Record) error {
	return errors.Join(p.call("create"), p.Store.Create(ctx, rec))
}

func (p *pair) Update(ctx context.Context, rec *djsession.Record) error {
	return errors.Join(p.call("update"), p.Store.Update(ctx, rec))
}

func (p *pair) Modify(ctx context.Context, key string, change func(*djsession.Record) error) error {
	return errors.Join(p.call("modify"), p.Store.Modify(ctx, key, change))
}

func (p *pair) Delete(ctx context.Context, key string) error {
	if err := p.call("delete"); err != nil {
		return err
	}
	return p.Store.Delete(ctx, key)
}

// did returns the calls since it was last asked.
func (p *pair) did() string {
	p.cache.mu.Lock()
	defer p.cache.mu.Unlock()
	calls := strings.Join(p.cache.calls, ", ")
	p.cache.calls = nil
	return calls
}

func (p *pair) session(t *testing.T) *djsession.Record {
	t.Helper()
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: start.Add(time.Hour + time.Second/2)}
	rec.Data.Set("a", 1)
	if err := p.store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	return rec
}

// mend makes the cache whole and waits until the store has mended what it must.
func (p *pair) mend() {
	synctest.Wait()
	p.cache.set(func() { p.cache.fail, p.cache.refuse, p.cache.slow = nil, "", 0 })
	time.Sleep(2 * time.Second)
	synctest.Wait()
}

// evict lets the cache forget everything.
func (p *pair) evict() { clear(p.cache.values) }

func TestOrderOfCalls(t *testing.T) {
	p := newPair(cachestore.CachedDBOptions{})
	rec := p.session(t)
	modify := func() error {
		return p.store.(djsession.Modifier).Modify(t.Context(), rec.Key, func(rec *djsession.Record) error {
			rec.Data.Set("b", 2)
			return nil
		})
	}
	load := func() error {
		_, err := p.store.Load(t.Context(), rec.Key)
		return err
	}
	missing := func(err error) error {
		if errors.Is(err, djsession.ErrNotFound) {
			return nil
		}
		return fmt.Errorf("got error %w", err)
	}
	for _, row := range []struct {
		reason, want string
		do           func() error
	}{
		{"a new session is in both, and looked at", "db create, set, db load", func() error { return nil }},
		{"a hit never touches the database if this store wrote it", "get", load},
		{"the database is written first, and looked at", "db update, replace, db load", func() error { return p.store.Update(t.Context(), rec) }},
		{"the database is changed first, and looked at", "db modify, replace, db load", modify},
		{"a miss is read through, and looked at again", "get, db load, add, db load", func() error { p.evict(); return load() }},
		{"and is a hit then", "get", load},
		{"an evicted session is cached again when it is saved, and looked at", "db update, replace, set, db load", func() error { p.evict(); return p.store.Update(t.Context(), rec) }},
		{"a session that is deleted is deleted there first", "db delete, delete", func() error { return p.store.Delete(t.Context(), rec.Key) }},
		{"there is no negative caching", "get, db load", func() error { return missing(load()) }},
		{"a save of what is gone makes sure that the cache has it no more", "db update, delete", func() error { return missing(p.store.Update(t.Context(), rec)) }},
		{"and so does a modification", "db modify, delete", func() error { return missing(modify()) }},
		{"what cannot be a key is looked up nowhere", "", func() error {
			_, err := p.store.Load(t.Context(), "../../etc/passwd")
			if !errors.Is(err, djsession.ErrInvalidKey) {
				return fmt.Errorf("got error %w", err)
			}
			return nil
		}},
	} {
		if err := row.do(); err != nil {
			t.Errorf("%s: %v", row.reason, err)
		}
		if got := p.did(); got != row.want {
			t.Errorf("%s: %s, want %s", row.reason, got, row.want)
		}
	}
}

func TestReadThrough(t *testing.T) {
	p := newPair(cachestore.CachedDBOptions{})
	rec := p.session(t)
	p.evict()
	if _, err := p.store.Load(t.Context(), rec.Key); err != nil {
		t.Fatal(err)
	}
	_, ttl, err := p.cache.GetTTL(t.Context(), ":1:django.contrib.sessions.cached_db"+rec.Key)
	if err != nil || ttl != time.Hour {
		t.Errorf("the session lives %v in the cache (%v), want whole seconds to the row's end", ttl, err)
	}
	// What the cache holds and cannot be read is put right from the database.
	p.cache.put(":1:django.contrib.sessions.cached_db"+rec.Key, []byte("junk"), time.Hour)
	for range 2 {
		if got, err := p.store.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("a") {
			t.Errorf("behind junk: %v", err)
		}
	}
	if !strings.Contains(p.log.String(), "could not be read") {
		t.Errorf("the log: %s", p.log.String())
	}
}

// TestCacheFails breaks single calls of a cache that answers others: the log
// names the session by its fingerprint, and what was saved or deleted stands.
func TestCacheFails(t *testing.T) {
	for _, row := range []struct{ refuse, text string }{
		{"get", "could not be read"},
		{"replace", "could not take a session"},
		{"delete", "could not be told of a change"},
	} {
		t.Run(row.refuse, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair(cachestore.CachedDBOptions{})
				rec := p.session(t)
				gone := p.session(t)
				p.cache.set(func() { p.cache.refuse = row.refuse })
				rec.Data.Set("b", 2)
				if err := p.store.Update(t.Context(), rec); err != nil {
					t.Errorf("Update: %v", err)
				}
				if got, err := p.store.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("b") {
					t.Errorf("Load: got error %v, want what was saved", err)
				}
				if err := p.store.Delete(t.Context(), gone.Key); err != nil {
					t.Errorf("Delete: %v", err)
				}
				if _, err := p.store.Load(t.Context(), gone.Key); !errors.Is(err, djsession.ErrNotFound) && row.refuse != "get" {
					t.Errorf("Load of a deleted session: got error %v, want ErrNotFound", err)
				}
				p.mend()
				if log := p.log.String(); !strings.Contains(log, row.text) {
					t.Errorf("the log is %s, want %q in it", log, row.text)
				}
				for _, key := range []string{rec.Key, gone.Key} {
					if strings.Contains(p.log.String(), key) {
						t.Error("the log shows a key")
					}
				}
			})
		})
	}
}

// TestCacheCannotHaveTheKey has a KEY_PREFIX with which a memcached takes no
// key: the database goes on alone, as in Django.
func TestCacheCannotHaveTheKey(t *testing.T) {
	p := newPair(cachestore.CachedDBOptions{})
	p.cache.fail = fmt.Errorf("%w: too long", djsession.ErrInvalidKey)
	rec := p.session(t)
	if got, err := p.store.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("a") {
		t.Errorf("Load: %v", err)
	}
	if err := p.store.Update(t.Context(), rec); err != nil {
		t.Errorf("Update: %v", err)
	}
	if !strings.Contains(p.log.String(), "too long") {
		t.Errorf("the log: %s", p.log.String())
	}
	if err := p.store.Delete(t.Context(), rec.Key); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if _, err := p.store.Load(t.Context(), rec.Key); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("Load of a deleted one: got error %v", err)
	}
}

// TestRefusedByTheCache has a cache that answers, and has no room for what was
// saved: it must not go on with what it has.
func TestRefusedByTheCache(t *testing.T) {
	p := newPair(cachestore.CachedDBOptions{})
	rec := p.session(t)
	p.cache.refuse = "replace" // and takes "delete"
	rec.Data.Set("a", 2)
	if err := p.store.Update(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	p.cache.refuse = ""
	got, err := p.store.Load(t.Context(), rec.Key)
	if err != nil {
		t.Fatal(err)
	}
	if a, _, _ := djsession.Get[int](got.Data, "a"); a != 2 || p.log.Len() == 0 {
		t.Errorf("saved as 2, loaded as %d; the log: %s", a, p.log.String())
	}
}

func TestDatabaseFails(t *testing.T) {
	p := newPair(cachestore.CachedDBOptions{})
	rec := p.session(t)
	p.fail = djsession.ErrUnavailable
	if _, err := p.store.Load(t.Context(), rec.Key); err != nil {
		t.Errorf("a session in the cache: %v", err)
	}
	if err := p.store.Delete(t.Context(), rec.Key); !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("Delete: %v", err)
	}
	if len(p.cache.values) != 1 {
		t.Error("the cache was emptied though the row is still there")
	}
	p.evict()
	if _, err := p.store.Load(t.Context(), rec.Key); !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("a session in the database: %v", err)
	}
}

func TestSlowCacheLeavesTimeForTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(cachestore.CachedDBOptions{})
		rec := p.session(t)
		p.cache.slow = time.Hour
		for _, row := range []struct {
			reason      string
			left, spent time.Duration
		}{
			{"CacheTimeout bounds a call", time.Hour, time.Second},
			{"half of what is left is for the database", time.Second, time.Second / 2},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), row.left)
			start := time.Now()
			if got, err := p.store.Load(ctx, rec.Key); err != nil || !got.Data.Has("a") {
				t.Errorf("%s: Load: %v", row.reason, err)
			}
			if took := time.Since(start); took != row.spent {
				t.Errorf("%s: the load took %v, want %v", row.reason, took, row.spent)
			}
			cancel()
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		p.log.Reset()
		if _, err := p.store.Load(gone, rec.Key); !errors.Is(err, djsession.ErrUnavailable) || p.log.Len() > 0 {
			t.Errorf("a client that went away: got error %v; the log: %s", err, p.log.String())
		}
		p.mend()
	})
}

// TestLogoutIsNotUndone has a logout happen between any two steps of a request
// that started before it.
func TestLogoutIsNotUndone(t *testing.T) {
	load := func(p *pair, rec *djsession.Record) { p.store.Load(context.Background(), rec.Key) }
	update := func(p *pair, rec *djsession.Record) { p.store.Update(context.Background(), rec) }
	create := func(p *pair, rec *djsession.Record) {
		rec.Key = djsession.NewKey()
		p.store.Create(context.Background(), rec)
	}
	for _, row := range []struct {
		request string
		do      func(*pair, *djsession.Record)
		evicted bool
		at      string // the cache's call before which the logout happens
		hang    int    // the request's load of the database that finds no answer
		lost    int    // times that the answer of that call is lost; its client tries twice
	}{
		{"a load", load, true, "add", 0, 0},
		{"a load whose second look is too slow", load, true, "add", 2, 0},
		{"a load that does not hear from the cache", load, true, "add", 0, 2},
		{"a load whose client sends it again, having heard nothing", load, true, "add", 0, 1},
		{"a save", update, false, "replace", 0, 0},
		{"a save of an evicted session", update, true, "replace", 0, 0},
		{"a save of an evicted session", update, true, "set", 0, 0},
		{"a save of an evicted session that does not hear from the cache", update, true, "set", 0, 2},
		{"a login", create, false, "set", 0, 0},
		{"a login that does not hear from the cache", create, false, "set", 0, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPair(cachestore.CachedDBOptions{CacheTimeout: 50 * time.Millisecond})
			rec := p.session(t)
			if row.evicted {
				p.evict()
			}
			happened := false
			p.cache.before = func(op string) {
				if op != row.at || happened {
					return
				}
				happened = true
				if err := p.store.Delete(t.Context(), rec.Key); err != nil {
					t.Error(err)
				}
			}
			p.hang = row.hang
			if row.lost > 0 {
				p.cache.lost = map[string]int{row.at: row.lost}
			}
			row.do(p, rec)
			if _, err := p.store.Load(t.Context(), rec.Key); !errors.Is(err, djsession.ErrNotFound) || !happened {
				t.Errorf("%s with a logout before %q: got error %v", row.request, row.at, err)
			}
			p.mend()
		})
	}
}

// TestMissOfALateRequest has the cache find nothing when a request's time is
// over: that is no logout.
func TestMissOfALateRequest(t *testing.T) {
	p := newPair(cachestore.CachedDBOptions{})
	rec := p.session(t)
	p.evict()
	ctx, cancel := context.WithCancel(t.Context())
	p.cache.after = cancel
	if _, err := p.store.Load(ctx, rec.Key); !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("got error %v", err)
	}
}

// TestReadThroughIsNotStale has a save happen while a load that missed is under
// way.
func TestReadThroughIsNotStale(t *testing.T) {
	p := newPair(cachestore.CachedDBOptions{})
	rec := p.session(t)
	p.evict()
	happened := false
	p.cache.before = func(op string) {
		if op == "add" && !happened {
			happened = true
			saved := &djsession.Record{Key: rec.Key, Data: rec.Data.Clone(), Expires: rec.Expires}
			saved.Data.Set("saved", true)
			if err := p.Store.Update(t.Context(), saved); err != nil { // the other one's cache is not written yet
				t.Error(err)
			}
		}
	}
	if _, err := p.store.Load(t.Context(), rec.Key); err != nil {
		t.Fatal(err)
	}
	if got, err := p.store.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("saved") {
		t.Errorf("the save is not seen: %v", err)
	}
}

func TestCacheIsObserved(t *testing.T) {
	p := newPair(cachestore.CachedDBOptions{})
	var seen []string
	m := djsession.NewManager(p.store, &djsession.Options{Now: still, Observe: func(_ context.Context, e djsession.Event) {
		seen = append(seen, e.Op+" "+e.Cache.String())
	}})
	s := m.New()
	s.Set("a", 1)
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	open := func() {
		if _, err := m.Open(t.Context(), s.Key()); err != nil {
			t.Error(err)
		}
	}
	open()
	p.evict()
	open()
	p.cache.refuse = "get"
	open()
	if got, want := strings.Join(seen, ", "), "create none, load hit, load miss, load failed"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
