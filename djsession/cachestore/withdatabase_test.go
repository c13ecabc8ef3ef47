package cachestore_test

import (
	"testing"
	"testing/synctest"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// TestWithDatabaseKnowsWhatTheCacheMustForget: a session that was deleted while
// the cache was away is forgotten, also by a store that took over meanwhile.
func TestWithDatabaseKnowsWhatTheCacheMustForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(cachestore.CachedDBOptions{})
		rec := p.session(t)
		p.down(t, p.store, rec.Key)
		other := cachestore.WithDatabase(p.store, p)
		if _, ok := other.(djsession.Modifier); !ok {
			t.Error("the store is no longer a djsession.Modifier")
		}
		p.did()
		a(t, other, rec.Key)
		if got := p.did(); got != "db load" {
			t.Errorf("the other store, while the cache is away: %s, want db load", got)
		}
		if err := p.store.Delete(t.Context(), rec.Key); err != nil {
			t.Fatal(err)
		}
		p.mend()
		synctest.Wait()
		p.cache.set(func() {
			if len(p.cache.values) > 0 {
				t.Errorf("the cache has %d sessions that it was to forget", len(p.cache.values))
			}
		})
	})
}
