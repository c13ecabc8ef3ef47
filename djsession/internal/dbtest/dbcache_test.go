package dbtest

import (
	"bufio"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/storetest"
)

func openCacheTable(t testing.TB, db *testenv.Database, c connection) *sql.DB {
	t.Helper()
	conn := OpenDriver(t, c.driver, db.DSN+c.params)
	if _, err := conn.Exec("DELETE FROM django_cache"); err != nil {
		CreateCacheTable(t, conn, db.Vendor)
	}
	return conn
}

func newCache(t testing.TB, conn *sql.DB, c connection, now func() time.Time) *dbcache.Cache {
	cache := dbcache.New(conn, c.dialect, "django_cache", &dbcache.Options{Local: c.options.Local, Unprepared: c.options.Unprepared, Now: now})
	t.Cleanup(func() { cache.Close() })
	return cache
}

func TestStoreInCacheTable(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, c := range connections[db.Vendor] {
			t.Run(c.name, func(t *testing.T) {
				storetest.Run(t, storetest.Harness{
					DropsExpired: true,
					NotJSON:      true,
					New: func(t testing.TB, now func() time.Time) djsession.Store {
						return cachestore.New(newCache(t, openCacheTable(t, db, c), c, now), &cachestore.Options{Now: now})
					},
					Limited: func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
						cache := newCache(t, openCacheTable(t, db, c), c, now)
						return cachestore.New(cache, &cachestore.Options{Now: now}),
							cachestore.New(cache, &cachestore.Options{Now: now, MaxSize: maxSize})
					},
				})
			})
		}
	})
}

// TestCacheTable has what storetest cannot ask: an expiry between seconds,
// values that are no values, clearing.
func TestCacheTable(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, c := range connections[db.Vendor] {
			t.Run(c.name, func(t *testing.T) {
				now := time.Date(2026, 11, 25, 12, 0, 0, 900e6, time.UTC)
				conn := openCacheTable(t, db, c)
				cache := newCache(t, conn, c, func() time.Time { return now })
				set := func(key string, ttl time.Duration) {
					t.Helper()
					if err := cache.Set(t.Context(), key, []byte("value of "+key), ttl); err != nil {
						t.Fatal(err)
					}
				}
				want := func(reason, key string, want error) {
					t.Helper()
					if value, err := cache.Get(t.Context(), key); !errors.Is(err, want) || err == nil && string(value) != "value of "+key {
						t.Errorf("%s: got %q, %v", reason, value, err)
					}
				}
				set("a", time.Minute)
				set("a", time.Minute)
				want("set twice", "a", nil)
				want("another case is another key", "A", djsession.ErrNotFound)
				if _, ttl, _ := cache.GetTTL(t.Context(), "a"); ttl != time.Minute-900*time.Millisecond {
					t.Errorf("%v are left of a minute: Django drops the fraction", ttl)
				}
				set("short", 50*time.Millisecond)
				want("over before the second is", "short", djsession.ErrNotFound)
				set("a", 0)
				want("no time to live", "a", djsession.ErrNotFound)

				set("b", time.Second)
				now = now.Add(time.Second)
				want("expired", "b", djsession.ErrNotFound)
				if err := cache.Replace(t.Context(), "b", nil, time.Minute); !errors.Is(err, djsession.ErrNotFound) {
					t.Errorf("Replace of an expired value: got error %v", err)
				}
				set("c", time.Hour)
				if n, err := cache.ClearExpired(t.Context(), nil); n != 1 || err != nil {
					t.Errorf("%d were cleared (%v)", n, err)
				}
				want("not expired", "c", nil)

				for reason, text := range map[string]string{"no base64": "%%%", "half of it": "YWJjZ", "lines, as in Django 1.4": "YW\nJj\n"} {
					if _, err := conn.Exec(strings.ReplaceAll("UPDATE django_cache SET value = 'x'", "x", text)); err != nil {
						t.Fatal(err)
					}
					if value, err := cache.Get(t.Context(), "c"); !errors.Is(err, djsession.ErrCorrupt) && string(value) != "abc" {
						t.Errorf("%s: got %q, %v", reason, value, err)
					}
				}
			})
		}
	})
}

// TestCacheTableVectors reads the rows that each Django wrote.
func TestCacheTableVectors(t *testing.T) {
	file, err := os.Open("testdata/cache.db.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	db := testenv.SQLite(t)
	conn := openCacheTable(t, db, connections["sqlite"][0])
	now := func() time.Time { return time.Unix(1700000000, 250e6) }
	cache := newCache(t, conn, connections["sqlite"][0], now)
	store := cachestore.New(cache, &cachestore.Options{Now: now})
	n := 0
	for scanner := bufio.NewScanner(file); scanner.Scan(); n++ {
		var v struct {
			Django, Input string
			Output        []string
		}
		if err := json.Unmarshal(scanner.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec("REPLACE INTO django_cache VALUES (?, ?, ?)", v.Output[0], v.Output[1], v.Output[2]); err != nil {
			t.Fatal(err)
		}
		rec, err := store.Load(t.Context(), strings.Repeat("k", 32))
		if err != nil {
			t.Errorf("%s: %v", v.Django, err)
			continue
		}
		foo, _ := rec.Data.Text("foo")
		if user, ok := rec.Data.Text("_auth_user_id"); foo != "bar" || ok != strings.Contains(v.Input, "_auth_user_id") || ok && user != "42" {
			t.Errorf("%s: foo is %q, the user %q", v.Django, foo, user)
		}
		if rec.Expires.Unix() != 1701209600 {
			t.Errorf("%s: expires %v", v.Django, rec.Expires.UTC())
		}
		// What Go writes in its place is in the same form.
		if err := store.Update(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		var value, expires string
		if err := conn.QueryRow("SELECT value, CAST(expires AS TEXT) FROM django_cache").Scan(&value, &expires); err != nil {
			t.Fatal(err)
		}
		if _, err := base64.StdEncoding.Strict().DecodeString(value); err != nil || expires != "2023-11-28 22:13:20" {
			t.Errorf("%s: written as %q, %q", v.Django, value, expires)
		}
	}
	if n < 15 {
		t.Errorf("only %d vectors", n)
	}
}

func BenchmarkStoreInCacheTable(b *testing.B) {
	for _, db := range []*testenv.Database{testenv.SQLite(b), testenv.PostgreSQL(b).Database(b), testenv.MariaDB(b).Database(b)} {
		c := connections[db.Vendor][0]
		b.Run(db.Vendor, func(b *testing.B) {
			storetest.Benchmark(b, storetest.Harness{New: func(b testing.TB, now func() time.Time) djsession.Store {
				return cachestore.New(newCache(b, openCacheTable(b, db, c), c, now), &cachestore.Options{Now: now})
			}})
		})
	}
}
