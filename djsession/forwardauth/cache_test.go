package forwardauth_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

func TestCache(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Cache: 5 * time.Second})
	alice, nobody := s.as("42"), djsession.NewKey()
	ask := func(key string) int {
		return answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(key))).Code
	}
	step := func(why, key string, wait time.Duration, status int, loads int32) {
		t.Helper()
		s.now = s.now.Add(wait)
		before := s.store.gets.Load()
		if got := ask(key); got != status {
			t.Errorf("%s: got %d, want %d", why, got, status)
		}
		if got := s.store.gets.Load() - before; got != loads {
			t.Errorf("%s: the store was asked %d times, want %d", why, got, loads)
		}
	}
	step("the first", alice, 0, 200, 1)
	step("remembered", alice, 4*time.Second, 200, 0)
	step("another's cookie", nobody, 0, 401, 1)
	step("no user, remembered", nobody, 500*time.Millisecond, 401, 0)
	step("no user, for a second at most", nobody, 500*time.Millisecond, 401, 1)
	step("over", alice, 0, 200, 1)

	if err := s.store.Store.Delete(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	step("logged out, and still remembered", alice, 4*time.Second, 200, 0)
	step("logged out", alice, time.Second, 401, 1)
}

// TestOutageEmptiesTheCache: who passes while nothing can be asked passes until
// the first lookup fails, and then no longer.
func TestOutageEmptiesTheCache(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Cache: time.Hour})
	alice, bob := s.as("42"), s.as("43")
	ask := func(key string) int {
		return answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(key))).Code
	}
	if got := ask(alice); got != 200 {
		t.Fatalf("got %d, want 200", got)
	}
	down := error(djsession.ErrUnavailable)
	s.store.fail.Store(&down)
	if got := ask(alice); got != 200 {
		t.Errorf("remembered: got %d, want 200", got)
	}
	if got := ask(bob); got != 503 {
		t.Errorf("not remembered: got %d, want 503", got)
	}
	if got := ask(alice); got != 503 {
		t.Errorf("after a lookup that failed: got %d, want 503", got)
	}
}

func TestCacheIsBounded(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Cache: time.Hour, CacheSize: 10})
	for range 1000 {
		answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(djsession.NewKey())))
	}
	if got := h.CacheLen(); got > 10 {
		t.Errorf("got %d entries, want 10 at most", got)
	}
}

// TestCacheSharesLookups: of many requests with one cookie, one asks, and its
// going away does not harm the others.
func TestCacheSharesLookups(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Cache: time.Hour})
	alice := s.as("42")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	first := with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(alice)).WithContext(gone)
	before := s.store.gets.Load()
	answerTo(h, first)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got := answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(alice))).Code; got != 200 {
				t.Errorf("got %d, want 200", got)
			}
		})
	}
	all.Wait()
	if got := s.store.gets.Load() - before; got != 1 {
		t.Errorf("the store was asked %d times, want once", got)
	}
}

// TestNoMixUp has two users ask at once, with and without the cache.
func TestNoMixUp(t *testing.T) {
	for _, lifetime := range []time.Duration{0, time.Hour} {
		s := newSite(t)
		h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Cache: lifetime, CacheSize: 1})
		keys := map[string]string{"42": s.as("42"), "43": s.as("43")}
		var all sync.WaitGroup
		for id, key := range keys {
			for range 4 {
				all.Go(func() {
					for range 100 {
						w := answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(key)))
						if got := w.Header().Get("X-Auth-Request-User"); got != id {
							t.Errorf("got the user %q, want %q", got, id)
							return
						}
					}
				})
			}
		}
		all.Wait()
	}
}
