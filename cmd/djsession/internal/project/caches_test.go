package project

import (
	"net/url"
	"path/filepath"
	"testing"

	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

func TestImportedCaches(t *testing.T) {
	const redis, djangoRedis = "django.core.cache.backends.redis.RedisCache", "django_redis.cache.RedisCache"
	const memcached = "django.core.cache.backends.memcached."
	database := &database{Engine: "django.db.backends.postgresql", Name: "shop", Host: "db"}
	for _, row := range []struct {
		reason string
		cache  cache
		want   string // "" is for the site to say
	}{
		{"RedisCache", cache{Backend: redis, Locations: []string{"redis://:p%40ss@host:6380/2"}}, "redis://:p%40ss@host:6380/2"},
		{"the first is the one that is written to", cache{Backend: redis, Locations: []string{"redis://a", "redis://b"}}, "redis://a"},
		{"several in one text", cache{Backend: redis, Locations: []string{"redis://a,redis://b"}}, "redis://a"},
		{"a socket", cache{Backend: redis, Locations: []string{"unix:///run/redis.sock?db=1"}, Prefix: "a&b", Version: 3}, "unix:///run/redis.sock?db=1&prefix=a%26b&version=3"},
		{"a parameter of redis-py's connections", cache{Backend: redis, Locations: []string{"redis://a?max_connections=3"}}, "redis://a"},
		{"a password as a parameter", cache{Backend: redis, Locations: []string{"redis://a?password=p%40&username=u"}}, "redis://u:p%40@a"},
		{"host and port", cache{Backend: redis, Locations: []string{"127.0.0.1:6379"}}, "redis://127.0.0.1:6379"},
		{"options of redis-py", cache{Backend: redis, Locations: []string{"redis://h:6379"}, Options: map[string]any{"db": "10", "username": "u", "password": "p"}}, "redis://u:p@h:6379/10"},
		{"the URL is stronger than the options", cache{Backend: redis, Locations: []string{"redis://a:b@h/2"}, Options: map[string]any{"db": 10.0, "password": "p"}}, "redis://a:b@h/2"},
		{"a serializer of the site's own in RedisCache", cache{Backend: redis, Locations: []string{"redis://h"}, Options: map[string]any{"serializer": "shop.Serializer"}}, ""},
		{"a pool's options", cache{Backend: djangoRedis, Locations: []string{"redis://h/1"}, Options: map[string]any{
			"CONNECTION_POOL_KWARGS": map[string]any{"max_connections": 50.0, "retry_on_timeout": true}, "PARSER_CLASS": "redis.connection.HiredisParser",
			"REDIS_CLIENT_KWARGS": map[string]any{"health_check_interval": 30.0},
		}}, "redis://h/1"},
		{"a pool without certificates", cache{Backend: djangoRedis, Locations: []string{"rediss://:pw@h:6380/0"}, Options: map[string]any{
			"CONNECTION_POOL_KWARGS": map[string]any{"ssl_cert_reqs": nil},
		}}, "rediss://:pw@h:6380/0?ssl_cert_reqs=none"},
		{"a pool with an option that djsession does not know", cache{Backend: djangoRedis, Locations: []string{"redis://h"}, Options: map[string]any{
			"CONNECTION_POOL_KWARGS": map[string]any{"shop_keys": 1.0},
		}}, ""},
		{"a user", cache{Backend: djangoRedis, Locations: []string{"redis://h/1"}, Options: map[string]any{"USERNAME": "app", "PASSWORD": "p@ss/#%"}}, "redis://app:p%40ss%2F%23%25@h/1"},
		{"a client that stores more", cache{Backend: djangoRedis, Locations: []string{"redis://h"}, Options: map[string]any{"CLIENT_CLASS": "django_redis.client.HerdClient"}}, ""},
		{"a wrapper", cache{Backend: "django_prometheus.cache.backends.redis.RedisCache", Classes: []string{djangoRedis}, Locations: []string{"redis://h/1"}}, "redis://h/1"},
		{"django-valkey", cache{Backend: "django_valkey.cache.ValkeyCache", Locations: []string{"valkey://h/1"}, Options: map[string]any{
			"COMPRESSOR": "django_valkey.compressors.zlib.ZlibCompressor",
		}}, "redis://h/1?compressor=zlib"},
		{"options of django-redis", cache{Backend: djangoRedis, Locations: []string{"rediss://h/1"}, Options: map[string]any{
			"CLIENT_CLASS": "django_redis.client.DefaultClient", "SOCKET_TIMEOUT": 5.0, "PASSWORD": "p/w",
			"SERIALIZER": "django_redis.serializers.json.JSONSerializer", "COMPRESSOR": "django_redis.compressors.zstd.ZStdCompressor",
		}}, "rediss://:p%2Fw@h/1?compressor=zstd&serializer=json"},
		{"a serializer of the site's own", cache{Backend: djangoRedis, Locations: []string{"redis://h"}, Options: map[string]any{"SERIALIZER": "shop.Serializer"}}, ""},
		{"Sentinels", cache{Backend: djangoRedis, Locations: []string{"redis://mymaster"}, Options: map[string]any{"SENTINELS": nil}}, ""},
		{"a list of Sentinels", cache{Backend: djangoRedis, Locations: []string{"redis://mymaster/0"}, Options: map[string]any{
			"CLIENT_CLASS": "django_redis.client.SentinelClient", "SENTINELS": []any{[]any{"s1", 26379.0}, []any{"s2", 26380.0}}, "SENTINEL_KWARGS": map[string]any{"password": "s"},
		}}, "redis+sentinel://s1:26379,s2:26380/mymaster/0?sentinel_password=s"},
		{"a client that shards", cache{Backend: djangoRedis, Locations: []string{"redis://h"}, Options: map[string]any{"CLIENT_CLASS": "django_redis.client.ShardClient"}}, ""},
		{"a key function", cache{Backend: redis, Locations: []string{"redis://h"}, KeyFunction: "shop.key"}, ""},
		{"memcached", cache{Backend: memcached + "PyMemcacheCache", Locations: []string{"a:11211", "b:11211"}, StorePrefix: "django.contrib.sessions.cache"}, "memcached://a:11211,b:11211"},
		{"several in one text", cache{Backend: memcached + "PyLibMCCache", Locations: []string{"a:11211;b:11211"}}, "memcached://a:11211,b:11211?client=pylibmc"},
		{"a socket", cache{Backend: memcached + "MemcachedCache", Locations: []string{"unix:/run/m.sock"}, StorePrefix: "shop"}, "memcached:///run/m.sock?cache_key_prefix=shop&client=python-memcached"},
		{"a hash of the site's own", cache{Backend: memcached + "PyMemcacheCache", Locations: []string{"a"}, Options: map[string]any{"hasher": nil}}, ""},
		{"files", cache{Backend: "django.core.cache.backends.filebased.FileBasedCache", Locations: []string{"/var/a b"}, Options: map[string]any{"MAX_ENTRIES": 1000.0}}, "filecache:/var/a%20b"},
		{"files in the project's directory", cache{
			Backend: "django.core.cache.backends.filebased.FileBasedCache", Locations: []string{"cache"},
		}, "filecache:/site/cache"},
		{"a table", cache{Backend: "django.core.cache.backends.db.DatabaseCache", Locations: []string{"my_cache"}, Database: database}, "postgres://db/shop?cache_table=my_cache"},
		{"memory of the process", cache{Backend: "django.core.cache.backends.locmem.LocMemCache", Locations: []string{""}}, ""},
		{"no entry", cache{}, ""},
	} {
		row.cache.Kind = "cache"
		got, notes := row.cache.store("/site")
		if got != row.want {
			t.Errorf("%s: got %s, want %s", row.reason, got, row.want)
		}
		if got == "" && len(notes) == 0 {
			t.Errorf("%s: no reason is given", row.reason)
		}
		if got == "" {
			continue
		}
		if u, err := storeurl.Parse(got); err != nil || storeurl.KindOf(u.Scheme) == nil || storeurl.KindOf(u.Scheme).Check(u) != nil {
			t.Errorf("%s: %s would not be opened", row.reason, got)
		}
	}
}

func TestImportedRedisSessions(t *testing.T) {
	sentinels := []any{[]any{"s1", 26379.0}, []any{"s2", 26379.0}}
	for _, row := range []struct {
		reason   string
		settings redisSessions
		want     string // "" is for the site to say
	}{
		{"nothing set", redisSessions{"host": "localhost", "port": 6379.0, "db": 0.0, "prefix": "", "password": nil}, "redis://localhost:6379/0?engine=django-redis-sessions"},
		{"a URL", redisSessions{"host": "localhost", "port": 6379.0, "db": 0.0, "url": "redis://:p%40@h:1/3"}, "redis://:p%40@h:1/3?engine=django-redis-sessions"},
		{"a socket", redisSessions{"host": "localhost", "db": 4.0, "unix_domain_socket_path": "/run/redis.sock", "prefix": "a&b"}, "unix:///run/redis.sock?db=4&engine=django-redis-sessions&prefix=a%26b"},
		{"Sentinels", redisSessions{"host": "localhost", "db": 1.0, "sentinel_list": sentinels, "sentinel_master_alias": "mymaster"}, "redis+sentinel://s1:26379,s2:26379/mymaster/1?engine=django-redis-sessions"},
		{"a pool", redisSessions{"host": "localhost", "pool": []any{map[string]any{"host": "a"}}}, ""},
		{"a connection of the site's own", redisSessions{"host": "localhost", "connection_object": true}, ""},
		{"a URL of something else", redisSessions{"url": "http://h"}, ""},
	} {
		got, notes := row.settings.store()
		if got != row.want || got == "" && len(notes) == 0 {
			t.Errorf("%s: got %s, %q; want %s", row.reason, got, notes, row.want)
		}
		if got == "" {
			continue
		}
		if u, err := storeurl.Parse(got); err != nil || storeurl.KindOf(u.Scheme) == nil || storeurl.KindOf(u.Scheme).Check(u) != nil {
			t.Errorf("%s: %s would not be opened", row.reason, got)
		}
	}
}

func TestWithParams(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?.sqlite3")
	u, err := storeurl.Parse(withParams(path, url.Values{"app": {"qsessions"}}))
	if err != nil || u.Query().Get("app") != "qsessions" {
		t.Fatalf("got %v, %v", u, err)
	}
	if got, err := url.PathUnescape(u.Opaque); err != nil || got != path {
		t.Errorf("the database is %s, not %s", got, path)
	}
}
