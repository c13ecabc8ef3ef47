package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestSettingsVariants has settings import read CACHES and DATABASES as sites
// have them, by a real Django that loads each backend.
func TestSettingsVariants(t *testing.T) {
	built := buildCommand(t)
	source, err := os.ReadFile("../../../cmd/djsession/internal/project/askdjango.py")
	if err != nil {
		t.Fatal(err)
	}
	zooDir, err := filepath.Abs("zoosite")
	if err != nil {
		t.Fatal(err)
	}
	own := testenv.GetDjango(t, "5.2").
		Own(t, testenv.Settings{"SECRET_KEY": secret, "PYTHONPATH": []string{zooDir}, "USE_TZ": true,
			"INSTALLED_APPS": []string{
				"django.contrib.auth",
				"django.contrib.contenttypes",
				"django.contrib.sessions",
				"zoo",
			},
			"DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
			"SESSION_REDIS": map[string]any{
				"host":     "h",
				"port":     6380,
				"db":       2,
				"prefix":   "s",
				"password": "p@ss",
			}})
	// read once
	own.Needs(t, "django_redis")
	const server = "redis://127.0.0.1:6379/1"
	cacheDir := filepath.Join(t.TempDir(), "cache")
	djangoRedis := func(options map[string]any) map[string]any {
		return map[string]any{"BACKEND": "django_redis.cache.RedisCache", "LOCATION": server, "OPTIONS": options}
	}
	django := func(location any, options map[string]any) map[string]any {
		return map[string]any{
			"BACKEND":  "django.core.cache.backends.redis.RedisCache",
			"LOCATION": location,
			"OPTIONS":  options,
		}
	}
	caches := []struct {
		reason string
		cache  map[string]any
		store  string // "" if there must be none
		said   string
	}{
		{
			"a pool's options",
			djangoRedis(
				map[string]any{
					"CLIENT_CLASS":           "django_redis.client.DefaultClient",
					"CONNECTION_POOL_KWARGS": map[string]any{"max_connections": 50, "retry_on_timeout": true},
				},
			),
			server,
			"",
		},
		{"a pool without certificates", func() map[string]any {
			cache := djangoRedis(map[string]any{"CONNECTION_POOL_KWARGS": map[string]any{"ssl_cert_reqs": nil}})
			cache["LOCATION"] = "rediss://:pw@h:6380/0"
			return cache
		}(), "rediss://:pw@h:6380/0?ssl_cert_reqs=none", ""},
		{
			"a client's options",
			djangoRedis(map[string]any{"REDIS_CLIENT_KWARGS": map[string]any{"health_check_interval": 30}}),
			server,
			"",
		},
		{"a parser", djangoRedis(map[string]any{"PARSER_CLASS": "redis.connection.HiredisParser"}), server, ""},
		{
			"HerdClient",
			djangoRedis(map[string]any{"CLIENT_CLASS": "django_redis.client.HerdClient"}),
			"",
			"stores more than the session",
		},
		{
			"ShardClient",
			djangoRedis(map[string]any{"CLIENT_CLASS": "django_redis.client.ShardClient"}),
			"",
			"among several servers",
		},
		{
			"the database as an option",
			django("redis://127.0.0.1:6379", map[string]any{"db": "10"}),
			"redis://127.0.0.1:6379/10",
			"",
		},
		{
			"a user as an option",
			django("redis://127.0.0.1:6379", map[string]any{"username": "u", "password": "p"}),
			"redis://u:p@127.0.0.1:6379",
			"",
		},
		{
			"several servers",
			django([]string{"redis://a:6379", "redis://b:6379"}, map[string]any{}),
			"redis://a:6379",
			"of several servers",
		},
		{
			"user and password",
			djangoRedis(map[string]any{"USERNAME": "app", "PASSWORD": "p@ss/#%"}),
			"redis://app:p%40ss%2F%23%25@127.0.0.1:6379/1",
			"",
		},
		{
			"Sentinels",
			djangoRedis(
				map[string]any{
					"CLIENT_CLASS": "django_redis.client.SentinelClient",
					"SENTINELS":    []any{[]any{"s1", 26379}},
				},
			),
			"redis+sentinel://s1:26379/127.0.0.1/1",
			"",
		},
		{
			"LocMemCache",
			map[string]any{"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
			"",
			"cannot be shared",
		},
		{
			"DummyCache",
			map[string]any{"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
			"",
			"cannot be shared",
		},
		{
			"a cache of the site's own",
			map[string]any{"BACKEND": "zoo.caches.Own", "LOCATION": "x"},
			"",
			"does not know how zoo.caches.Own stores",
		},
		{"a wrapper", map[string]any{"BACKEND": "zoo.caches.Measured", "LOCATION": server}, server, ""},
		{
			"a KEY_FUNCTION",
			map[string]any{
				"BACKEND":      "django.core.cache.backends.redis.RedisCache",
				"LOCATION":     server,
				"KEY_FUNCTION": "zoo.caches.key",
			},
			"",
			"KEY_FUNCTION of the site's own, zoo.caches.key",
		},
		{
			"a directory",
			map[string]any{"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": cacheDir},
			"filecache:" + cacheDir,
			"",
		},
		{
			"a version",
			map[string]any{
				"BACKEND":    "django_redis.cache.RedisCache",
				"LOCATION":   server,
				"VERSION":    3,
				"KEY_PREFIX": "",
			},
			server + "?version=3",
			"",
		},
	}
	imports := func(t *testing.T, dj *testenv.Django, want, said string) {
		var answer string
		dj.Run(
			t,
			"from zoo.drive import *\nresult = ask(args['source'])",
			map[string]any{"source": string(source)},
			&answer,
		)
		c := built.with(t)
		for name, text := range map[string]string{"manage.py": "", "answer.sh": "cat answer\n", "answer": answer} {
			if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, told, status := c.try(
			t,
			"settings",
			"import",
			"--manage-py",
			".",
			"--python",
			"sh answer.sh",
			"--output",
			"-",
		)
		if status != 0 {
			t.Fatalf("settings import failed: %s", told)
		}
		store := ""
		for line := range strings.Lines(out) {
			if value, ok := strings.CutPrefix(line, "store = "); ok {
				store = strings.Trim(value, "'\n")
			}
		}
		if store != want || said == "" && told != "" || !strings.Contains(told, said) {
			t.Errorf("the store is %q, and settings import says %q; want %q, %q", store, told, want, said)
		}
	}
	for _, row := range caches {
		t.Run(row.reason, func(t *testing.T) {
			imports(
				t,
				own.With(
					testenv.Settings{
						"SESSION_ENGINE": testenv.EngineCache,
						"CACHES":         map[string]any{"default": row.cache},
					},
				),
				row.store,
				row.said,
			)
		})
	}

	t.Run("django-redis-sessions", func(t *testing.T) {
		own.Needs(t, "redis_sessions")
		imports(
			t,
			own.With(testenv.Settings{"SESSION_ENGINE": "redis_sessions.session"}),
			"redis://:p%40ss@h:6380/2?engine=django-redis-sessions&prefix=s",
			"",
		)
	})

	const postgres = "django.db.backends.postgresql"
	for _, row := range []struct {
		reason   string
		database map[string]any
		store    string
		said     string
	}{
		{"memory", map[string]any{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}, "", "cannot be shared"},
		{"a service", map[string]any{"ENGINE": postgres, "OPTIONS": map[string]any{"service": "s", "passfile": ".pgpass"}}, "postgres:///?passfile=.pgpass", "OPTIONS service"},
		{"several hosts", map[string]any{"ENGINE": postgres, "NAME": "x", "HOST": "a,b", "PORT": "5432,5433", "OPTIONS": map[string]any{"sslmode": "verify-full", "target_session_attrs": "read-write"}},
			"postgres://a:5432,b:5433/x?sslmode=verify-full&target_session_attrs=read-write", ""},
		{"a socket", map[string]any{"ENGINE": postgres, "NAME": "x", "HOST": "/cloudsql/p:r:i", "USER": "u", "PASSWORD": "a b"}, "postgres://u:a%20b@/x?host=%2Fcloudsql%2Fp%3Ar%3Ai", ""},
		{"a wrapper", map[string]any{"ENGINE": "zoo.wrapped", "NAME": "x", "HOST": "h"}, "postgres://h/x", ""},
		{"sslmode prefer", map[string]any{"ENGINE": postgres, "NAME": "x", "HOST": "h", "OPTIONS": map[string]any{"sslmode": "prefer", "pool": true}}, "postgres://h/x", ""},
	} {
		t.Run("database: "+row.reason, func(t *testing.T) {
			imports(
				t,
				own.With(testenv.Settings{"DATABASES": map[string]any{"default": row.database}}),
				row.store,
				row.said,
			)
		})
	}
}
