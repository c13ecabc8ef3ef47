package interop

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/cachetest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestCommandMovesToCaches has the command take a Django's sessions from a
// database to caches and back, and a Django with each cache go on with them.
func TestCommandMovesToCaches(t *testing.T) {
	built := buildCommand(t)
	dj := testenv.GetDjango(t, "5.2").With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true})
	db := testenv.SQLite(t)
	table := dj.On(t, db)
	table.Migrate(t)
	key := table.Create(t, "", testenv.FromJSON(contents), "3600")
	c := built.with(t, "DJANGO_SECRET_KEY="+secret).on(db)
	lines := c.run(t, "", "export")

	redis, memcached := testenv.Redis(t), testenv.Memcached(t)
	djangoRedisOptions := map[string]any{"SERIALIZER": "django_redis.serializers.json.JSONSerializer", "COMPRESSOR": "django_redis.compressors.zlib.ZlibCompressor"}
	for _, row := range []struct {
		name, store string
		cache       func(prefix string) map[string]any
		lists       bool
	}{
		{"Redis", redis.URL.String() + "?prefix=", func(prefix string) map[string]any { return dj.Cache(redis, prefix) }, true},
		{"django-redis", redis.URL.String() + "?serializer=json&compressor=zlib&prefix=", func(prefix string) map[string]any {
			entry := dj.Cache(redis, prefix)
			entry["BACKEND"], entry["OPTIONS"] = djangoRedis, djangoRedisOptions
			return entry
		}, true},
		{"memcached", "memcached://" + memcached.Addr() + "?prefix=", func(prefix string) map[string]any { return dj.Cache(memcached, prefix) }, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.name == "django-redis" {
				dj.Needs(t, "django_redis")
			}
			prefix := cachetest.Prefix(t)
			cached := dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCache, "CACHES": map[string]any{"default": row.cache(prefix)}})
			c := built.with(t, "DATABASE_URL="+row.store+prefix)
			c.run(t, lines, "import")
			wantValue(t, cached, key, "big", "123456789012345678901234567890")
			c.run(t, "", "set", "--yes", key, "word=hello")
			wantValue(t, cached, key, "word", `"hello"`)
			cached.Update(t, key, testenv.FromJSON(`{"from_django":[1,2.0]}`), "")
			if shown := c.run(t, "", "show", key); !strings.Contains(shown, "from_django") {
				t.Errorf("what Django wrote is not shown:\n%s", shown)
			}
			if row.lists {
				var listed struct{ User string }
				if err := json.Unmarshal([]byte(c.run(t, "", "list", "--json")), &listed); err != nil || listed.User != "42" {
					t.Errorf("one session is to be listed, of user 42: %v, %v", listed, err)
				}
				c.run(t, "", "stats", "--json")
				back := built.with(t, "DJANGO_SECRET_KEY="+secret).on(db)
				back.run(t, c.run(t, "", "export"), "import", "--replace", "--yes")
				wantValue(t, table, key, "from_django", "[1,2.0]")
				wantValue(t, table, key, "big", "123456789012345678901234567890")
				c.run(t, "", "logout", "--yes", "--user", "42")
			} else {
				c.run(t, "", "delete", "--yes", key)
			}
			if _, alive := cached.Load(t, key); alive {
				t.Error("Django has a session that was ended")
			}
		})
	}
	t.Run("cached_db", func(t *testing.T) {
		prefix := cachetest.Prefix(t)
		both := table.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCachedDB, "CACHES": map[string]any{"default": dj.Cache(redis, prefix)}})
		key := both.Create(t, "", testenv.FromJSON(contents), "")
		c := built.with(t, "DJANGO_SECRET_KEY="+secret, "DJSESSION_CACHE="+redis.URL.String()+"?prefix="+prefix).on(db)
		c.run(t, "", "set", "--yes", key, "word=hello")
		wantValue(t, both, key, "word", `"hello"`)
		wantValue(t, table, key, "word", `"hello"`) // Django could not read a pickle there
		c.run(t, "", "expire", "--yes", "--in", "1h", key)
		if _, alive := table.At(time.Now().Add(61*time.Minute)).Load(t, key); alive {
			t.Error("the table has a session that expired a minute ago")
		}
		c.run(t, "", "delete", "--yes", key)
		if _, alive := both.Load(t, key); alive {
			t.Error("Django has a session that was deleted")
		}
	})
	t.Run("settings import", func(t *testing.T) {
		for _, series := range []string{"1.11", "5.2"} {
			for _, engine := range []string{testenv.EngineCache, testenv.EngineCachedDB} {
				t.Run(series+" "+engine, func(t *testing.T) { importsCache(t, built, series, engine) })
			}
		}
	})
	t.Run("files", func(t *testing.T) {
		dir := t.TempDir()
		files := dj.With(testenv.Settings{"SESSION_ENGINE": "django.contrib.sessions.backends.file", "SESSION_FILE_PATH": dir})
		c := built.with(t, "DJANGO_SECRET_KEY="+secret, "DATABASE_URL=file://"+filepath.ToSlash(dir))
		c.run(t, lines, "import")
		wantValue(t, files, key, "big", "123456789012345678901234567890")
		c.run(t, "", "set", "--yes", key, "word=hello")
		wantValue(t, files, key, "word", `"hello"`)
	})
}

// importsCache asks a project with a cache in Redis for its settings, and uses
// what they say.
func importsCache(t *testing.T, built *command, series, engine string) {
	dj := testenv.GetDjango(t, series)
	python := pythonOf(t, series)
	db := testenv.SQLite(t)
	caches := map[string]any{"default": dj.Cache(testenv.Redis(t), cachetest.Prefix(t))}
	dj = dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": false, "TIME_ZONE": wallClock, "SESSION_ENGINE": engine, "CACHES": caches})
	dj.Migrate(t)
	key := dj.Create(t, "", testenv.FromJSON(`{"page":"/"}`), "")
	c := built.with(t, python.Env...)
	writeProject(t, c.dir, db)
	text, err := json.Marshal(caches)
	if err != nil {
		t.Fatal(err)
	}
	appendTo(t, filepath.Join(c.dir, "project_settings.py"), fmt.Sprintf("SESSION_ENGINE = %q\nCACHES = json.loads(%q)\n", engine, text))
	c.run(t, "", "settings", "import", "--manage-py", ".", "--python", python.Path)
	c.run(t, "", "set", "--yes", key, "from_go=1")
	wantValue(t, dj, key, "from_go", "1")
	c.run(t, "", "delete", "--yes", key)
	if _, alive := dj.Load(t, key); alive {
		t.Error("Django has a session that was deleted")
	}
}

// TestCommandAndManyServers names Redis as a cluster and as a Sentinel knows
// it, and memcached as several servers.
func TestCommandAndManyServers(t *testing.T) {
	built := buildCommand(t)
	sentinel := testenv.StartRedisSentinel(t)
	cluster := testenv.StartRedisCluster(t)
	var servers []string
	for _, server := range testenv.MemcachedServers(t, 2) {
		servers = append(servers, server.Addr())
	}
	lines := ""
	for i := range 20 {
		lines += fmt.Sprintf(`{"key":"manyservers%02d","expires":"2099-12-31T23:59:59Z","layout":"modern","data":{"_auth_user_id":"42","n":%d}}`+"\n", i, i)
	}
	lines += `{"end":{"sessions":20}}` + "\n"
	for _, store := range []string{
		"redis+sentinel://" + sentinel.Addr + "/" + sentinel.Name + "/1?compressor=lz4",
		"redis+cluster://" + strings.Join(cluster.Addrs(), ",") + "?prefix=shop",
		"valkey://" + testenv.Valkey(t).Addr() + "?prefix=" + cachetest.Prefix(t),
		"redis+cluster://" + cluster.Addrs()[0] + "?engine=django-redis-sessions&prefix=x",
		"memcached://" + strings.Join(servers, ",") + "?client=pylibmc&compress=400&prefix=" + cachetest.Prefix(t),
	} {
		scheme, _, _ := strings.Cut(store, ":")
		t.Run(scheme, func(t *testing.T) {
			c := built.with(t, "DATABASE_URL="+store, "DJANGO_SECRET_KEY="+secret)
			c.run(t, lines, "import")
			if shown := c.run(t, "", "show", "manyservers07"); !strings.Contains(shown, "n ") {
				t.Errorf("shown is\n%s", shown)
			}
			if scheme == "memcached" {
				return
			}
			if n := strings.Count(c.run(t, "", "list", "--user", "42", "--json"), "\n"); n != 20 {
				t.Errorf("%d sessions are listed of 20", n)
			}
			// A cache keeps what a session has left, rounded up to seconds, so
			// that it may end a second later.
			text := strings.ReplaceAll(c.run(t, "", "export"), "2100-01-01T00:00:00Z", "2099-12-31T23:59:59Z")
			exported := strings.SplitAfter(text, "\n")
			want := strings.SplitAfter(lines, "\n")
			slices.Sort(exported)
			slices.Sort(want)
			if !slices.Equal(exported, want) {
				t.Errorf("got %q, want %q", exported, want)
			}
			c.run(t, "", "logout", "--yes", "--user", "42")
			if left := c.run(t, "", "list", "--json"); left != "" {
				t.Errorf("left are\n%s", left)
			}
		})
	}
}

// TestDoctorAndValkey has doctor use a Valkey as a user who may only read
// there.
func TestDoctorAndValkey(t *testing.T) {
	server, prefix := testenv.Valkey(t), cachetest.Prefix(t)
	client := cachetest.Client(t, server.Addr())
	user := strings.ToLower(rand.Text()[:8])
	if err := client.Do(t.Context(), "ACL", "SETUSER", user, "on", ">a-password", "~*", "+@read", "+@connection").Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Do(context.Background(), "ACL", "DELUSER", user) })
	c := buildCommand(t).with(t, "DJANGO_SECRET_KEY="+secret)
	for account, want := range map[string]finding{
		"":                    {"rights", "good", "sessions in the cache can be read, saved and deleted"},
		user + ":a-password@": {"rights", "bad", "this user of the server may not save, delete sessions"},
	} {
		found := examine(t, c, "--store", "valkey://"+account+server.Addr()+"?prefix="+prefix)
		if !slices.Contains(found, want) {
			t.Errorf("got %+v, want %+v in it", found, want)
		}
	}
}
