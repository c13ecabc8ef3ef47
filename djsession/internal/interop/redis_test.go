package interop

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/compress"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/internal/cachetest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/msgpacked"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/redisstore"
	"github.com/djsession/djsession-go/pyjson"
)

// A redisSite is a way in which a Django keeps a cache in Redis, and the same
// for Go.
type redisSite struct {
	name       string
	backend    string // "" for Django's own
	options    map[string]any
	serializer djsession.Serializer
	compressor cachestore.Compressor
	magic      string // begins what is stored
}

const (
	djangoRedis  = "django_redis.cache.RedisCache"
	djangoValkey = "django_valkey.cache.ValkeyCache"
)

func serializer(name string) map[string]any {
	return map[string]any{"SERIALIZER": "django_redis.serializers." + name}
}

func compressor(name string) map[string]any {
	return map[string]any{"COMPRESSOR": "django_redis.compressors." + name}
}

var redisSites = []redisSite{
	{name: "RedisCache", magic: "\x80"},
	{name: "django-redis", backend: djangoRedis, magic: "\x80"},
	{name: "protocol 2", backend: djangoRedis, options: map[string]any{"PICKLE_VERSION": 2}, magic: "\x80"},
	{name: "JSON", backend: djangoRedis, options: serializer("json.JSONSerializer"), serializer: cachestore.DjangoJSON, magic: `{"`},
	{name: "msgpack", backend: djangoRedis, options: serializer("msgpack.MSGPackSerializer"), serializer: msgpacked.New(nil)},
	{name: "zlib", backend: djangoRedis, options: compressor("zlib.ZlibCompressor"), compressor: compress.Zlib(nil), magic: "\x78\x9c"},
	{name: "gzip", backend: djangoRedis, options: compressor("gzip.GzipCompressor"), compressor: compress.Gzip(nil), magic: "\x1f\x8b"},
	{name: "lz4", backend: djangoRedis, options: compressor("lz4.Lz4Compressor"), compressor: compress.LZ4(nil), magic: "\x04\x22\x4d\x18"},
	{name: "lzma", backend: djangoRedis, options: compressor("lzma.LzmaCompressor"), compressor: compress.LZMA(nil), magic: "\xfd7zXZ"},
	{name: "zstd", backend: djangoRedis, options: compressor("zstd.ZStdCompressor"), compressor: compress.Zstd(nil), magic: "\x28\xb5\x2f\xfd"},
	{name: "django-valkey", backend: djangoValkey, magic: "\x80"},
	{name: "django-valkey, zlib", backend: djangoValkey, options: valkeyCompressor("zlib.ZlibCompressor"), compressor: compress.Zlib(nil), magic: "\x78"},
	{name: "django-valkey, brotli", backend: djangoValkey, options: valkeyCompressor("brotli.BrotliCompressor"), compressor: compress.Brotli(nil)},
}

func valkeyCompressor(name string) map[string]any {
	return map[string]any{"COMPRESSOR": "django_valkey.compressors." + name}
}

// on returns the site of a Django, with keys of its own, or ends the test if
// that Django has no such thing.
func (s redisSite) on(t *testing.T, dj *testenv.Django) (*testenv.Django, *cachestore.Options) {
	if s.backend == "" && !dj.AtLeast(4, 0) {
		t.Skip("RedisCache is there since Django 4.0")
	}
	if (s.serializer != nil || s.compressor != nil) && !dj.AtLeast(3, 2) {
		t.Skip("only the default is tested with so old a django-redis")
	}
	if s.name == "gzip" && !dj.AtLeast(4, 2) {
		t.Skip("django-redis has it since 6.0")
	}
	if s.backend == djangoValkey && dj.Series != "6.1" {
		t.Skip("django-valkey is tested with Django 6.1")
	}
	prefix := cachetest.Prefix(t)
	entry := dj.Cache(dj.Redis(t), prefix)
	if s.backend != "" {
		entry["BACKEND"] = s.backend
	}
	if s.backend == djangoValkey {
		dj.Needs(t, "django_valkey", "brotli")
		entry["LOCATION"] = "valkey://" + dj.Redis(t).Addr()
	}
	if s.options != nil {
		entry["OPTIONS"] = s.options
	}
	opts := &cachestore.Options{KeyPrefix: prefix, Serializer: s.serializer}
	if !dj.AtLeast(2, 0) {
		opts.Serializer = pickled.New(&pickled.Options{Protocol: 2}) // all that Python 2 reads
	}
	return dj.With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "CACHES": map[string]any{"default": entry}}), opts
}

// TestRedisBothWays has each Django and Go read, change and delete each other's
// sessions in a cache in Redis, alone and before a database.
func TestRedisBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		client := cachetest.Client(t, dj.Redis(t).Addr())
		db := testenv.SQLite(t)
		dj = dj.On(t, db)
		dj.Migrate(t)
		for _, site := range redisSites {
			t.Run(site.name, func(t *testing.T) {
				cache := rediscache.New(client, &rediscache.Options{Compressor: site.compressor})
				t.Run("cache", func(t *testing.T) {
					dj, opts := site.on(t, dj)
					dj = dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCache})
					cacheBothWays(t, dj, cachestore.New(cache, opts), client, opts.KeyPrefix, site.magic)
				})
				t.Run("cached_db", func(t *testing.T) {
					dj, opts := site.on(t, dj)
					dj = dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCachedDB})
					store := cachestore.NewCachedDB(storeFor(t, dj, db, nil, time.Now), cache, &cachestore.CachedDBOptions{Options: *opts, CacheTimeout: time.Minute})
					cacheBothWays(t, dj, store, client, opts.KeyPrefix, site.magic)
					evictedBothWays(t, dj, store, client, opts.KeyPrefix)
				})
			})
		}
	})
}

// cachedContents is a session that every serializer of a cache can hold.
const cachedContents = `{"_auth_user_id":"42","cart":[{"sku":"A"},[1,19.0]],"float":1e+16,"text":"Zo\u00eb \ud83d\ude00 \u007f <&>","none":null}`

func cacheBothWays(t *testing.T, dj *testenv.Django, store djsession.Store, client *redis.Client, prefix, magic string) {
	// wantStored looks at what Redis holds, and for how long.
	wantStored := func(key string, life time.Duration) {
		t.Helper()
		names, err := client.Keys(t.Context(), prefix+"*"+key).Result()
		if err != nil || len(names) != 1 {
			t.Fatalf("%d keys hold the session: %v", len(names), err)
		}
		stored, err := client.Get(t.Context(), names[0]).Result()
		if err != nil || !strings.HasPrefix(stored, magic) {
			t.Errorf("it is stored as %.10q (%v)", stored, err)
		}
		left, err := client.PTTL(t.Context(), names[0]).Result()
		if err != nil || left > life || left < life-10*time.Second {
			t.Errorf("it lives for %v (%v), want %v", left, err, life)
		}
	}

	key := dj.Create(t, "", testenv.FromJSON(cachedContents), "")
	wantStored(key, djsession.DefaultAge)
	rec, err := store.Load(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := djsession.JSON.Dumps(nil, rec.Data); string(text) != cachedContents && compact(string(text)) != cachedContents && dj.AtLeast(2, 0) {
		t.Errorf("Go reads %s (%v)", text, err)
	}
	if off := time.Until(rec.Expires) - djsession.DefaultAge; off > 0 || off < -10*time.Second {
		t.Errorf("it expires %v off", off)
	}
	rec.Data.Set("from_go", []any{true, 1.0, "é"})
	rec.Data.Delete("none")
	if err := store.Update(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	wantStored(key, djsession.DefaultAge)
	wantValue(t, dj, key, "from_go", `[true,1.0,"\u00e9"]`)
	wantValue(t, dj, key, "float", `1e+16`)
	dj.Update(t, key, `{"again": {"x": 1}}`, "")
	if rec, err = store.Load(t.Context(), key); err != nil || !rec.Data.Has("again") || rec.Data.Has("none") {
		t.Errorf("what Django changed after Go: %v", err)
	}
	dj.Delete(t, key)
	if _, err := store.Load(t.Context(), key); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("deleted by Django: got error %v", err)
	}
	if err := store.Update(t.Context(), rec); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("saved after Django deleted it: got error %v", err)
	}

	data, err := djsession.JSON.Loads(cachedContents)
	if err != nil {
		t.Fatal(err)
	}
	rec = &djsession.Record{Key: djsession.NewKey(), Data: data, Expires: time.Now().Add(time.Hour)}
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	wantStored(rec.Key, time.Hour)
	for name := range data.Names() {
		value, _, _ := djsession.Get[pyjson.Raw](data, name)
		wantValue(t, dj, rec.Key, name, string(value))
	}
	dj.Update(t, rec.Key, `{"from_django": [1.0]}`, "600")
	wantStored(rec.Key, 10*time.Minute)
	again, err := store.Load(t.Context(), rec.Key)
	if err != nil {
		t.Fatal(err)
	}
	if v, _, err := djsession.Get[[]float64](again.Data, "from_django"); err != nil || len(v) != 1 {
		t.Errorf("Django's change: %v, %v", v, err)
	}
	if err := store.(djsession.Modifier).Modify(t.Context(), rec.Key, func(rec *djsession.Record) error {
		rec.Data.Set("modified", 1)
		return nil
	}); err != nil {
		t.Error(err)
	}
	wantStored(rec.Key, 10*time.Minute)
	wantValue(t, dj, rec.Key, "modified", "1")
	if err := store.Delete(t.Context(), rec.Key); err != nil {
		t.Fatal(err)
	}
	if dj.Exists(t, rec.Key) {
		t.Error("deleted by Go, but Django has it")
	}
}

// compact is what djsession.JSON makes of a text with blanks.
func compact(text string) string { return strings.NewReplacer(", ", ",", ": ", ":").Replace(text) }

// evictedBothWays has each side read from the database what the cache has
// forgotten, and the other find it in the cache again.
func evictedBothWays(t *testing.T, dj *testenv.Django, store djsession.Store, client *redis.Client, prefix string) {
	evict := func() {
		names, err := client.Keys(t.Context(), prefix+"*").Result()
		if err == nil && len(names) > 0 {
			err = client.Del(t.Context(), names...).Err()
		}
		if err != nil || len(names) != 1 {
			t.Errorf("%d sessions were in the cache: %v", len(names), err)
		}
	}
	key := dj.Create(t, "", `{"a": 1}`, "600")
	evict()
	rec, err := store.Load(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if off := time.Until(rec.Expires) - 10*time.Minute; off > 0 || off < -10*time.Second {
		t.Errorf("it expires %v off", off)
	}
	dj.Run(t, `
		from django.contrib.sessions.models import Session
		Session.objects.filter(pk=args["key"]).delete()
	`, map[string]any{"key": key}, nil)
	wantValue(t, dj, key, "a", "1") // from the cache, where Go has put it
	if err := store.Update(t.Context(), rec); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("a save of what is in the cache alone: got error %v", err)
	}
	if _, found := dj.Load(t, key); found {
		t.Error("after that Django still has it")
	}

	rec = &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	rec.Data.Set("b", 2)
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	evict()
	wantValue(t, dj, rec.Key, "b", "2")
	if got, err := store.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("b") {
		t.Errorf("from the cache, where Django has put it: %v", err)
	}
	evict()
}

// TestRedisLifetimes has both sides save the same sessions at the same moment,
// and compares how long they live.
func TestRedisLifetimes(t *testing.T) {
	now := time.Now().Truncate(time.Second).Add(250 * time.Millisecond)
	iso := func(d time.Duration) testenv.Py {
		return testenv.Py(fmt.Sprintf("datetime.datetime.fromtimestamp(%d, datetime.timezone.utc).replace(microsecond=%d)", now.Add(d).Unix(), now.Add(d).Nanosecond()/1000))
	}
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		client := cachetest.Client(t, dj.Redis(t).Addr())
		site := redisSites[0]
		if !dj.AtLeast(4, 0) {
			site = redisSites[1]
		}
		dj, opts := site.on(t, dj)
		opts.Now = func() time.Time { return now.Add(3 * time.Millisecond) } // the store asks a moment after the manager
		for engine, storePrefix := range map[string]string{testenv.EngineCache: "cache", testenv.EngineCachedDB: "cached_db"} {
			db := testenv.SQLite(t)
			dj := dj.On(t, db).At(now).With(testenv.Settings{"SESSION_ENGINE": engine})
			dj.Migrate(t)
			cache := rediscache.New(client, nil)
			store := cachestore.New(cache, opts)
			if engine == testenv.EngineCachedDB {
				store = cachestore.NewCachedDB(storeFor(t, dj, db, nil, opts.Now), cache, &cachestore.CachedDBOptions{Options: *opts, CacheTimeout: time.Minute})
			}
			m := djsession.NewManager(store, &djsession.Options{Now: func() time.Time { return now }})
			for _, row := range []struct {
				reason string
				ours   djsession.Expiry
				theirs testenv.Py
			}{
				{"by default", djsession.ExpireDefault, ""},
				{"until the browser closes", djsession.ExpireOnClose, "0"},
				{"for five minutes", djsession.ExpireAfter(5 * time.Minute), "300"},
				{"for two months", djsession.ExpireAfter(60 * 24 * time.Hour), "5184000"},
				{"until an instant, a fraction of a second later", djsession.ExpireAt(now.Add(90*time.Second + 700*time.Millisecond)), iso(90*time.Second + 700*time.Millisecond)},
				{"until an instant, whole seconds later", djsession.ExpireAt(now.Add(90 * time.Second)), iso(90 * time.Second)},
				{"until a moment ago", djsession.ExpireAfter(-time.Minute), "-60"},
			} {
				if strings.Contains(string(row.theirs), "datetime") && (!dj.AtLeast(4, 1) || row.reason == "until an instant, whole seconds later") {
					// Django up to 4.0 keeps a datetime, which its own JSON
					// cannot. Our store's clock stands a moment later than
					// Django's.
					continue
				}
				began := time.Now()
				theirs := dj.Create(t, "", `{"a": 1}`, row.theirs)
				s := m.New()
				s.Set("a", 1)
				s.SetExpiry(row.ours)
				if err := s.Save(t.Context()); err != nil {
					t.Fatal(err)
				}
				left := func(key string) time.Duration {
					left, err := client.PTTL(context.Background(), opts.KeyPrefix+":1:django.contrib.sessions."+storePrefix+key).Result()
					if err != nil {
						t.Fatal(err)
					}
					return left
				}
				ours, others := left(s.Key()), left(theirs)
				took := time.Since(began) // ours was saved so much later at most, and looked at so much earlier
				const half = 500 * time.Millisecond
				if ours < others-half || ours > others+took+half {
					t.Errorf("%s, %s: here %v are left, there %v", storePrefix, row.reason, ours, others)
				}
			}
		}
	})
}

// TestDjangoRedisSessionsBothWays has the package of that name and Go use each
// other's sessions.
func TestDjangoRedisSessionsBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		client := cachetest.Client(t, dj.Redis(t).Addr())
		if !dj.AtLeast(3, 2) {
			t.Skip("django-redis-sessions is tested from Django 3.2 on")
		}
		for _, prefix := range []string{"", cachetest.Prefix(t)} {
			dj := dj.Own(t, testenv.Settings{"SESSION_REDIS": map[string]any{"url": dj.Redis(t).URL.String(), "prefix": prefix, "socket_timeout": 10},
				"SECRET_KEY": secret, "SESSION_ENGINE": "redis_sessions.session", "USE_TZ": true})
			store := redisstore.New(rediscache.New(client, nil), djsession.NewCodec(secret, nil), &redisstore.Options{Prefix: prefix})
			key := dj.Create(t, "", testenv.FromJSON(contents), "600")
			rec, err := store.Load(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			if text, _ := djsession.JSON.Dumps(nil, rec.Data); string(text) != strings.TrimSuffix(contents, "}")+`,"_session_expiry":600}` {
				t.Errorf("Go reads %s", text)
			}
			if !rec.Encoding.Verified || time.Until(rec.Expires) > 10*time.Minute || time.Until(rec.Expires) < 9*time.Minute {
				t.Errorf("got %+v, expires %v", rec.Encoding, rec.Expires)
			}
			rec.Data.Set("from_go", 1.0)
			if err := store.Update(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			wantValue(t, dj, key, "from_go", "1.0")
			wantValue(t, dj, key, "big", "123456789012345678901234567890")
			dj.Delete(t, key)
			if err := store.Update(t.Context(), rec); !errors.Is(err, djsession.ErrNotFound) {
				t.Errorf("saved after Django deleted it: got error %v", err)
			}
			rec.Key = djsession.NewKey()
			if err := store.Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			wantValue(t, dj, rec.Key, "float", "1e+16")
			if err := store.Delete(t.Context(), rec.Key); err != nil || dj.Exists(t, rec.Key) {
				t.Errorf("deleted by Go: %v", err)
			}
		}
	})
}

// TestCacheKeepsPickles has Django find again what Go read, changed and wrote:
// what JSON has no form for, shared references among it.
func TestCacheKeepsPickles(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		client := cachetest.Client(t, dj.Redis(t).Addr())
		dj, opts := redisSites[1].on(t, dj)
		dj = dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCache})
		store := cachestore.New(rediscache.New(client, nil), opts)
		key := dj.Create(t, "", pickledSession, "")
		rec, err := store.Load(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		rec.Data.Set("from_go", map[string]any{"n": 1, "f": 1.0, "list": []string{"a"}})
		if err := store.Update(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		var problems string
		dj.Run(t, differencesSource+`
got, want = store(args["key"])._session, eval(args["want"])
want["from_go"] = {"n": 1, "f": 1.0, "list": ["a"]}
result = differences(got, want)
		`, map[string]any{"key": key, "want": pickledSession}, &problems)
		if problems != "" {
			t.Error(problems)
		}
	})
}
