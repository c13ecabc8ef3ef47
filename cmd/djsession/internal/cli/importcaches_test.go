package cli

import (
	"net/url"
	"path/filepath"
	"testing"
)

func TestImportedCaches(t *testing.T) {
	const redis, djangoRedis = "django.core.cache.backends.redis.RedisCache", "django_redis.cache.RedisCache"
	const memcached = "django.core.cache.backends.memcached."
	database := &djangoDatabase{Engine: "django.db.backends.postgresql", Name: "shop", Host: "db"}
	for _, row := range []struct {
		reason string
		cache  djangoCache
		want   string // "" is for the site to say
	}{
		{"RedisCache", djangoCache{Backend: redis, Locations: []string{"redis://:p%40ss@host:6380/2"}}, "redis://:p%40ss@host:6380/2"},
		{"the first is the one that is written to", djangoCache{Backend: redis, Locations: []string{"redis://a", "redis://b"}}, "redis://a"},
		{"several in one text", djangoCache{Backend: redis, Locations: []string{"redis://a,redis://b"}}, "redis://a"},
		{"a socket", djangoCache{Backend: redis, Locations: []string{"unix:///run/redis.sock?db=1"}, Prefix: "a&b", Version: 3}, "unix:///run/redis.sock?db=1&prefix=a%26b&version=3"},
		{"a URL that djsession would not open", djangoCache{Backend: redis, Locations: []string{"redis://a?max_connections=3"}}, ""},
		{"options of django-redis", djangoCache{Backend: djangoRedis, Locations: []string{"rediss://h/1"}, Options: map[string]any{
			"CLIENT_CLASS": "django_redis.client.DefaultClient", "SOCKET_TIMEOUT": 5.0, "PASSWORD": "p/w",
			"SERIALIZER": "django_redis.serializers.json.JSONSerializer", "COMPRESSOR": "django_redis.compressors.zstd.ZStdCompressor",
		}}, "rediss://:p%2Fw@h/1?compressor=zstd&serializer=json"},
		{"a serializer of the site's own", djangoCache{Backend: djangoRedis, Locations: []string{"redis://h"}, Options: map[string]any{"SERIALIZER": "shop.Serializer"}}, ""},
		{"Sentinels", djangoCache{Backend: djangoRedis, Locations: []string{"redis://mymaster"}, Options: map[string]any{"SENTINELS": nil}}, ""},
		{"a client that shards", djangoCache{Backend: djangoRedis, Locations: []string{"redis://h"}, Options: map[string]any{"CLIENT_CLASS": "django_redis.client.ShardClient"}}, ""},
		{"a key function", djangoCache{Backend: redis, Locations: []string{"redis://h"}, KeyFunction: true}, ""},
		{"memcached", djangoCache{Backend: memcached + "PyMemcacheCache", Locations: []string{"a:11211", "b:11211"}, StorePrefix: "django.contrib.sessions.cache"}, "memcached://a:11211,b:11211"},
		{"several in one text", djangoCache{Backend: memcached + "PyLibMCCache", Locations: []string{"a:11211;b:11211"}}, "memcached://a:11211,b:11211?client=pylibmc"},
		{"a socket", djangoCache{Backend: memcached + "MemcachedCache", Locations: []string{"unix:/run/m.sock"}, StorePrefix: "shop"}, "memcached:///run/m.sock?cache_key_prefix=shop&client=python-memcached"},
		{"a hash of the site's own", djangoCache{Backend: memcached + "PyMemcacheCache", Locations: []string{"a"}, Options: map[string]any{"hasher": nil}}, ""},
		{"files", djangoCache{Backend: "django.core.cache.backends.filebased.FileBasedCache", Locations: []string{"/var/a b"}, Options: map[string]any{"MAX_ENTRIES": 1000.0}}, "filecache:/var/a%20b"},
		{"a table", djangoCache{Backend: "django.core.cache.backends.db.DatabaseCache", Locations: []string{"my_cache"}, Database: database}, "postgres://db/shop?cache_table=my_cache"},
		{"memory of the process", djangoCache{Backend: "django.core.cache.backends.locmem.LocMemCache", Locations: []string{""}}, ""},
		{"no entry", djangoCache{}, ""},
	} {
		row.cache.Kind = "cache"
		got := row.cache.store("/site")
		if got != row.want {
			t.Errorf("%s: got %s, want %s", row.reason, got, row.want)
		}
		if got == "" {
			continue
		}
		if u, err := parseStore(got); err != nil || kindOf(u.Scheme) == nil || kindOf(u.Scheme).check(u) != nil {
			t.Errorf("%s: %s would not be opened", row.reason, got)
		}
	}
}

func TestWithParams(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?.sqlite3")
	u, err := parseStore(withParams(path, url.Values{"app": {"qsessions"}}))
	if err != nil || u.Query().Get("app") != "qsessions" {
		t.Fatalf("got %v, %v", u, err)
	}
	if got, err := url.PathUnescape(u.Opaque); err != nil || got != path {
		t.Errorf("the database is %s, not %s", got, path)
	}
}
