package interop

import (
	"context"
	"crypto/md5"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/pickle"
)

// A sharedCache is one that Django and Go use at once.
type sharedCache struct {
	settings map[string]any // of Django's CACHES
	frozen   bool           // its clock is ours
	local    *time.Location // without USE_TZ
	open     func(now func() time.Time) cachestore.Cache
	expires  func(t *testing.T, key string) time.Time // what the cache itself says
}

// tradeThroughCache tries the cache and cached_db engines over a shared cache.
func tradeThroughCache(t *testing.T, dj *testenv.Django, db *testenv.Database, c sharedCache) {
	clock, now := time.Now, time.Time{}
	if c.frozen {
		now = time.Date(2026, 11, 23, 20, 17, 27, 123456000, time.UTC)
		clock = func() time.Time { return now }
	}
	prefix := fmt.Sprintf("p%d", time.Now().UnixNano())
	c.settings["KEY_PREFIX"] = prefix
	c.settings["VERSION"] = 3
	dj = dj.On(t, db).At(now).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": c.local == nil, "CACHES": map[string]any{"default": c.settings}})
	dj.Migrate(t)
	conn, dialect := dbtest.Open(t, db)
	rows := dbstore.New(conn, dialect, djsession.NewCodec(secret, nil), &dbstore.Options{Local: c.local, Now: clock})
	defer rows.Close()
	opts := cachestore.Options{KeyPrefix: prefix, Version: 3, Local: c.local, Now: clock}
	cache := c.open(clock)
	for _, engine := range []struct {
		name  string
		store djsession.Store
	}{
		{testenv.EngineCache, cachestore.New(cache, &opts)},
		{testenv.EngineCachedDB, cachestore.NewCachedDB(rows, cache, &cachestore.CachedDBOptions{Options: opts, CacheTimeout: time.Minute, Logger: slog.New(slog.DiscardHandler)})},
	} {
		name := engine.name[strings.LastIndexByte(engine.name, '.')+1:]
		t.Run(name, func(t *testing.T) {
			dj := dj.With(testenv.Settings{"SESSION_ENGINE": engine.name})
			tradeSessions(t, dj, engine.store, clock())
			t.Run("time to live", func(t *testing.T) {
				sameLife(t, dj, engine.store, clock, func(t *testing.T, key string) time.Time {
					return c.expires(t, prefix+":3:django.contrib.sessions."+name+key)
				})
			})
			t.Run("foreign values", func(t *testing.T) { foreignValues(t, dj, engine.store, name, clock) })
		})
	}
}

// sameLife has both sides leave entries that the cache lets go of at the second
// that their life says. The cache's own clock may tick once a second and begin
// between two, and a life is cut to whole ones: memcached may tell two seconds
// too many, at a moment after ours.
func sameLife(t *testing.T, dj *testenv.Django, store djsession.Store, clock func() time.Time, expires func(t *testing.T, key string) time.Time) {
	const near = 3 * time.Second
	for _, row := range []struct {
		expiry testenv.Py
		goes   djsession.Expiry
		life   time.Duration
	}{
		{"", djsession.ExpireDefault, djsession.DefaultAge},
		{"600", djsession.ExpireAfter(10 * time.Minute), 10 * time.Minute},
		{"0", djsession.ExpireOnClose, djsession.DefaultAge},
		{"3456000", djsession.ExpireAfter(40 * 24 * time.Hour), 40 * 24 * time.Hour},
	} {
		// check has save leave an entry between two looks at the clock.
		check := func(what string, save func() string) {
			t.Helper()
			before := clock()
			key := save()
			after := clock()
			end := expires(t, key)
			if end.Before(before.Add(row.life-near)) || end.After(after.Add(row.life+near)) {
				t.Errorf("%v: %s between %v and %v, it ends at %v", row.life, what, before, after, end)
			}
			loaded, err := store.Load(t.Context(), key)
			if err != nil || !loaded.Expires.IsZero() && loaded.Expires.Sub(end).Abs() > near {
				t.Errorf("%v: %s, it ends at %v, and loaded at %v (%v)", row.life, what, end, loaded.Expires, err)
			}
		}
		check("saved by Django", func() string { return dj.Create(t, "", `{"a": 1}`, row.expiry) })
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data)}
		rec.Data.Set("a", 1)
		rec.Data.SetExpiry(row.goes, nil)
		check("created by Go", func() string { return saveFor(t, store.Create, rec, clock().Add(row.life)) })
		check("updated by Go", func() string { return saveFor(t, store.Update, rec, clock().Add(row.life)) })
	}
	gone := dj.Create(t, "", `{"a": 1}`, "-5")
	if _, err := store.Load(t.Context(), gone); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("a session that Django saved as over: got error %v", err)
	}
}

func saveFor(t *testing.T, save func(context.Context, *djsession.Record) error, rec *djsession.Record, expires time.Time) string {
	t.Helper()
	rec.Expires = expires
	if err := save(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	return rec.Key
}

// foreignValues has what is no session under a session's key be corrupt, or
// read from the database.
func foreignValues(t *testing.T, dj *testenv.Django, store djsession.Store, engine string, clock func() time.Time) {
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: clock().Add(time.Hour)}
	rec.Data.Set("a", 1)
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"5", "True", "'text'", "b'bytes'", "None", "1.5", "[1, 2]", "{1, 2}", "datetime.datetime(2026, 1, 2)"} {
		dj.Run(t, `
			from django.core.cache import cache
			cache.set(args["key"], eval(args["value"]), 1000)
		`, map[string]any{"key": "django.contrib.sessions." + engine + rec.Key, "value": value}, nil)
		got, err := store.Load(t.Context(), rec.Key)
		if engine == "cached_db" {
			if err != nil || !got.Data.Has("a") {
				t.Errorf("%s in place of a session, and the database is asked: %v", value, err)
			}
			continue
		}
		if !errors.Is(err, djsession.ErrCorrupt) || got == nil || got.Data.Len() != 0 {
			t.Errorf("%s in place of a session: got %v, %v", value, got, err)
		}
		if err := store.Update(t.Context(), rec); err != nil {
			t.Errorf("%s cannot be replaced: %v", value, err)
		}
	}
}

func TestCacheTableBothWays(t *testing.T) {
	fromSeries32(t, func(t *testing.T, dj *testenv.Django) {
		testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			settings := map[string]any{"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}
			dj.On(t, db).With(testenv.Settings{"CACHES": map[string]any{"default": settings}}).Run(t, `
				from django.core.management import call_command
				call_command("createcachetable", verbosity=0)
			`, nil, nil)
			conn, dialect := dbtest.Open(t, db)
			for name, local := range map[string]*time.Location{"USE_TZ": nil, "no USE_TZ": newYork} {
				if local != nil && dj.Series != "3.2" && dj.Series != "6.1" {
					continue // the first and the last will do
				}
				t.Run(name, func(t *testing.T) {
					dj := dj.With(testenv.Settings{"USE_TZ": local == nil, "TIME_ZONE": "America/New_York"})
					tradeThroughCache(t, dj, db, sharedCache{
						settings: settings,
						frozen:   true,
						local:    local,
						open: func(now func() time.Time) cachestore.Cache {
							cache := dbcache.New(conn, dialect, "shared_cache", &dbcache.Options{Local: local, Now: now})
							t.Cleanup(func() { cache.Close() })
							return cache
						},
						expires: func(t *testing.T, key string) time.Time { return rowExpiry(t, conn, db.Vendor, local, key) },
					})
				})
			}
		})
	})
}

// rowExpiry looks into the table past our own code.
func rowExpiry(t *testing.T, conn *sql.DB, vendor string, local *time.Location, key string) time.Time {
	t.Helper()
	column := map[string]string{"sqlite": "CAST(expires AS TEXT)", "mysql": "CAST(expires AS CHAR(26))",
		"postgresql": "TO_CHAR(expires AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"}[vendor]
	var text string
	if err := conn.QueryRow("SELECT " + column + " FROM shared_cache WHERE cache_key = '" + key + "'").Scan(&text); err != nil {
		t.Fatal(err)
	}
	if local == nil || vendor == "postgresql" {
		local = time.UTC
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, local)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestFileCacheBothWays(t *testing.T) {
	fromSeries32(t, func(t *testing.T, dj *testenv.Django) {
		dir := filepath.Join(t.TempDir(), "cache")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		tradeThroughCache(t, dj, testenv.SQLite(t), sharedCache{
			settings: map[string]any{"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": dir},
			frozen:   true,
			open: func(now func() time.Time) cachestore.Cache {
				return filecache.New(dir, &filecache.Options{Now: now})
			},
			expires: func(t *testing.T, key string) time.Time {
				t.Helper()
				data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%x.djcache", md5.Sum([]byte(key)))))
				if err != nil {
					t.Fatal(err)
				}
				expiry, _, err := pickle.LoadsPrefix(data, nil)
				if err != nil {
					t.Fatal(err)
				}
				return time.UnixMicro(int64(expiry.(float64) * 1e6))
			},
		})
		if entries, err := filepath.Glob(filepath.Join(dir, "tmp*")); err != nil || len(entries) > 0 {
			t.Errorf("%d temporary files are left (%v)", len(entries), err)
		}
	})
}
