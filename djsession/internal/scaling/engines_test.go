package main

import (
	"context"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth/hashers"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/memcached"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/cachetest"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func database(b *testing.B, db *testenv.Database) djsession.Store {
	conn, dialect := dbtest.Open(b, db)
	dbtest.CreateTable(b, conn, db.Vendor)
	store := dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), nil)
	b.Cleanup(func() { store.Close() })
	return store
}

func login() *djsession.Record {
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	rec.Data.Set("_auth_user_id", "42")
	rec.Data.Set("_auth_user_backend", "django.contrib.auth.backends.ModelBackend")
	rec.Data.Set("_auth_user_hash", "f65d501fd749a51c82084c7944dd33909e19b3f5f65d501fd749a51c82084c79")
	return rec
}

func redisCache(b *testing.B) cachestore.Cache {
	return rediscache.New(cachetest.Client(b, ""), nil)
}

// BenchmarkEngine is what 16 clients at once get from one server that shares
// its processors with them: a load of a login, and the write of a new one.
func BenchmarkEngine(b *testing.B) {
	prefix := &cachestore.Options{KeyPrefix: "scaling"}
	for _, engine := range []struct {
		name string
		open func(b *testing.B) djsession.Store
	}{
		{"postgresql", func(b *testing.B) djsession.Store { return database(b, testenv.PostgreSQL(b).Database(b)) }},
		{"mysql", func(b *testing.B) djsession.Store { return database(b, testenv.MySQL(b).Database(b)) }},
		{"mariadb", func(b *testing.B) djsession.Store { return database(b, testenv.MariaDB(b).Database(b)) }},
		{"sqlite", func(b *testing.B) djsession.Store { return database(b, testenv.SQLite(b)) }},
		{"redis", func(b *testing.B) djsession.Store { return cachestore.New(redisCache(b), prefix) }},
		{"memcached", func(b *testing.B) djsession.Store {
			cache, err := memcached.New([]string{testenv.Memcached(b).Addr()}, nil)
			if err != nil {
				b.Fatal(err)
			}
			return cachestore.New(cache, prefix)
		}},
		{"cached_db", func(b *testing.B) djsession.Store {
			db := database(b, testenv.PostgreSQL(b).Database(b))
			return cachestore.NewCachedDB(db, redisCache(b), &cachestore.CachedDBOptions{Options: *prefix})
		}},
	} {
		b.Run(engine.name, func(b *testing.B) {
			store := engine.open(b)
			known := login()
			if err := store.Create(b.Context(), known); err != nil {
				b.Fatal(err)
			}
			run := func(name string, do func(ctx context.Context) error) {
				b.Run(name, func(b *testing.B) {
					b.SetParallelism(8)
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							if err := do(context.Background()); err != nil {
								b.Error(err)
								return
							}
						}
					})
				})
			}
			run("load", func(ctx context.Context) error { _, err := store.Load(ctx, known.Key); return err })
			run("create", func(ctx context.Context) error { return store.Create(ctx, login()) })
		})
	}
}

// BenchmarkPassword is what checking a password takes, which each login does.
func BenchmarkPassword(b *testing.B) {
	passwords := hashers.New(hashers.ForDjango(5, 2))
	stored, err := passwords.Make("a password")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, _, err := passwords.Check("a password", stored); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
