package cachetest

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/cachestore/rueidiscache"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/storetest"
)

// BenchmarkRedisStore is what a request costs in the store.
func BenchmarkRedisStore(b *testing.B) {
	storetest.Benchmark(b, storetest.Harness{New: func(b testing.TB, now func() time.Time) djsession.Store {
		return cachestore.New(rediscache.New(Client(b, ""), nil), &cachestore.Options{KeyPrefix: Prefix(b), Now: now})
	}})
}

// BenchmarkRedisLoad measures a load of a usual login beside the client's own
// bare GET of the same key, by one caller and by sixteen. The two of a pair run
// in turn, in one run: compare those.
func BenchmarkRedisLoad(b *testing.B) {
	client := Client(b, "")
	deaf := redis.NewClient(&redis.Options{Addr: testenv.Redis(b).Addr()})
	b.Cleanup(func() { deaf.Close() })
	quick, memory := rueidisClient(b, rueidis.ClientOption{}), rueidisClient(b, rueidis.ClientOption{})
	prefix := Prefix(b)
	opts, short := &cachestore.Options{KeyPrefix: prefix}, &cachestore.Options{KeyPrefix: prefix, NoExpires: true}
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	rec.Data.Set("_auth_user_id", "42")
	rec.Data.Set("_auth_user_backend", "django.contrib.auth.backends.ModelBackend")
	rec.Data.Set("_auth_user_hash", "f65d501fd749a51c82084c7944dd33909e19b3f5f65d501fd749a51c82084c79")
	db := memstore.New(nil)
	cachedDB := cachestore.NewCachedDB(db, rediscache.New(client, nil), &cachestore.CachedDBOptions{Options: *opts})
	store := cachestore.New(rediscache.New(client, nil), opts)
	for _, s := range []djsession.Store{store, cachedDB} {
		if err := s.Create(b.Context(), rec); err != nil {
			b.Fatal(err)
		}
	}
	name := prefix + ":1:django.contrib.sessions.cache" + rec.Key
	load := func(s djsession.Store) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.Load(ctx, rec.Key)
			return err
		}
	}
	rows := []struct {
		name string
		do   func(ctx context.Context) error
	}{
		{"go-redis/GET", func(ctx context.Context) error { return client.Get(ctx, name).Err() }},
		{"go-redis/Load", load(store)},
		{"go-redis/Load, NoExpires", load(cachestore.New(rediscache.New(client, nil), short))},
		{"go-redis/Load, no deadlines", load(cachestore.New(rediscache.New(deaf, nil), opts))},
		{"go-redis/Load, cached_db", load(cachedDB)},
		{"rueidis/GET", func(ctx context.Context) error { return quick.Do(ctx, quick.B().Get().Key(name).Build()).Error() }},
		{"rueidis/Load", load(cachestore.New(rueidiscache.New(quick, nil), opts))},
		{"rueidis/Load, NoExpires", load(cachestore.New(rueidiscache.New(quick, nil), short))},
		{"rueidis/GET from memory", func(ctx context.Context) error {
			return memory.DoCache(ctx, memory.B().Get().Key(name).Cache(), time.Hour).Error()
		}},
		{"rueidis/Load from memory", load(cachestore.New(rueidiscache.New(memory, &rueidiscache.Options{ClientCache: true}), opts))},
	}
	ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
	defer cancel()
	for _, row := range rows { // rueidis sends otherwise once it has had several callers, so they come after
		b.Run(row.name+"/1", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := row.do(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, row := range rows {
		b.Run(row.name+"/16", func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := row.do(ctx); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
