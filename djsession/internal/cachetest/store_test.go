package cachetest

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/compress"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/msgpacked"
	"github.com/djsession/djsession-go/djsession/redisstore"
	"github.com/djsession/djsession-go/djsession/storetest"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// harness is a store over a cache in Redis, each with keys of its own.
func harness(t testing.TB, address string, make func(t testing.TB, prefix string, now func() time.Time) djsession.Store) storetest.Harness {
	client := Client(t, address)
	prefix := ""
	return storetest.Harness{
		DropsExpired:    true,
		ExpiryPrecision: time.Second,
		NotJSON:         true,
		New: func(t testing.TB, now func() time.Time) djsession.Store {
			prefix = Prefix(t)
			return make(t, prefix, now)
		},
		Advance: func(t testing.TB, _ djsession.Store, d time.Duration) { Age(t, client, prefix, d) },
	}
}

func TestRedis(t *testing.T) {
	client := Client(t, "")
	cache := rediscache.New(client, nil)
	t.Run("suite", func(t *testing.T) {
		for name, opts := range map[string]*rediscache.Options{"plain": nil, "zlib": {Compressor: compress.Zlib(nil)}} {
			t.Run(name, func(t *testing.T) { Suite(t, rediscache.New(client, opts), Prefix(t)) })
		}
	})
	t.Run("a client that obeys no deadline", func(t *testing.T) {
		deaf := redis.NewClient(&redis.Options{Addr: testenv.Redis(t).Addr()})
		defer deaf.Close()
		Suite(t, rediscache.New(deaf, nil), Prefix(t))
		if deaf.Options().ContextTimeoutEnabled {
			t.Error("the caller's client was changed")
		}
	})
	t.Run("cache", func(t *testing.T) {
		h := harness(t, "", func(_ testing.TB, prefix string, now func() time.Time) djsession.Store {
			return cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now})
		})
		h.Limited = func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
			prefix := Prefix(t)
			return cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now}),
				cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now, MaxSize: maxSize})
		}
		storetest.Run(t, h)
	})
	t.Run("cached_db", func(t *testing.T) {
		h := harness(t, "", func(_ testing.TB, prefix string, now func() time.Time) djsession.Store {
			opts := &cachestore.CachedDBOptions{Options: cachestore.Options{KeyPrefix: prefix, Now: now}, CacheTimeout: time.Minute}
			return cachestore.NewCachedDB(memstore.New(&memstore.Options{Now: now}), cache, opts)
		})
		h.DropsExpired = false
		storetest.Run(t, h)
	})
	t.Run("signed", func(t *testing.T) {
		h := harness(t, "", func(_ testing.TB, prefix string, now func() time.Time) djsession.Store {
			return redisstore.New(cache, djsession.NewCodec("a secret", nil), &redisstore.Options{Prefix: prefix, Now: now})
		})
		h.NotJSON = false
		h.Limited = func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
			opts := &redisstore.Options{Prefix: Prefix(t), Now: now}
			return redisstore.New(cache, djsession.NewCodec("a secret", nil), opts),
				redisstore.New(cache, djsession.NewCodec("a secret", &djsession.CodecOptions{MaxSize: maxSize}), opts)
		}
		storetest.Run(t, h)
	})
	t.Run("msgpack and lzma", func(t *testing.T) {
		cache := rediscache.New(client, &rediscache.Options{Compressor: compress.LZMA(nil)})
		h := harness(t, "", func(_ testing.TB, prefix string, now func() time.Time) djsession.Store {
			return cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now, Serializer: msgpacked.New(nil)})
		})
		h.Int64 = true
		storetest.Run(t, h)
	})
	t.Run("JSON and zstd", func(t *testing.T) {
		cache := rediscache.New(client, &rediscache.Options{Compressor: compress.Zstd(nil)})
		h := harness(t, "", func(_ testing.TB, prefix string, now func() time.Time) djsession.Store {
			return cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now, Serializer: cachestore.DjangoJSON})
		})
		h.Limited = func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
			opts := &cachestore.Options{KeyPrefix: Prefix(t), Now: now, Serializer: cachestore.DjangoJSON}
			small := rediscache.New(client, &rediscache.Options{Compressor: compress.Zstd(&compress.Options{MaxSize: maxSize})})
			return cachestore.New(cache, opts), cachestore.New(small, opts)
		}
		h.NotJSON = false
		storetest.Run(t, h)
	})
}
