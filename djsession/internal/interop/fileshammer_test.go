package interop

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
	"github.com/djsession/djsession-go/djsession/filestore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestLogoutWins has saves of Go race with a logout in Django, where no
// database decides: in files, in memcached, in Django's caches.
func TestLogoutWins(t *testing.T) {
	site := testenv.GetDjango(t, "5.2").With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true})
	t.Run("file", func(t *testing.T) {
		dir := t.TempDir()
		dj := site.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineFile, "SESSION_FILE_PATH": dir})
		logoutWins(t, dj, filestore.New(dir, djsession.NewCodec(secret, nil), nil))
	})
	inCache := func(entry map[string]any) *testenv.Django {
		entry["KEY_PREFIX"] = t.Name()
		return site.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCache, "CACHES": map[string]any{"default": entry}})
	}
	opts := &cachestore.Options{KeyPrefix: t.Name()}
	t.Run("memcached", func(t *testing.T) {
		server := testenv.Memcached(t)
		dj := inCache(map[string]any{"BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache", "LOCATION": server.Addr()})
		logoutWins(t, dj, cachestore.New(openMemcached(t, nil, server.Addr()), opts))
	})
	t.Run("FileBasedCache", func(t *testing.T) {
		dir := t.TempDir()
		dj := inCache(map[string]any{"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": dir})
		logoutWins(t, dj, cachestore.New(filecache.New(dir, nil), opts))
	})
	t.Run("DatabaseCache", func(t *testing.T) {
		db := testenv.PostgreSQL(t).Database(t)
		conn, dialect := dbtest.Open(t, db)
		dbtest.CreateCacheTable(t, conn, db.Vendor)
		cache := dbcache.New(conn, dialect, "django_cache", nil)
		defer cache.Close()
		dj := inCache(map[string]any{"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}).On(t, db)
		logoutWins(t, dj, cachestore.New(cache, opts))
	})
}

func logoutWins(t *testing.T, dj *testenv.Django, store djsession.Store) {
	const rounds, writers = 30, 4
	for round := range rounds {
		m := djsession.NewManager(store, &djsession.Options{Merge: round%2 == 0})
		session := m.New()
		session.Set("_auth_user_id", "42")
		if err := session.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		key := session.Key()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		var wait sync.WaitGroup
		started := make(chan struct{}, writers)
		for w := range writers {
			wait.Go(func() {
				for i := 0; ; i++ {
					err := changeOnce(ctx, m, key, fmt.Sprint(w), i%10)
					if errors.Is(err, djsession.ErrNotFound) || errors.Is(err, djsession.ErrInterrupted) {
						return // as it is to end
					}
					if err != nil {
						t.Errorf("a save failed: %v", err)
						return
					}
					select {
					case started <- struct{}{}:
					default:
					}
				}
			})
		}
		<-started
		dj.Run(t, `store(args["key"]).flush()`, map[string]any{"key": key}, nil)
		wait.Wait()
		cancel()
		if dj.Exists(t, key) {
			t.Fatalf("round %d: the session came back after the logout", round)
		}
	}
}
