package interop

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/memcached"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMemcachedBothWays(t *testing.T) {
	fromSeries32(t, func(t *testing.T, dj *testenv.Django) {
		clients := map[string]bool{"PyMemcacheCache": true, "PyLibMCCache": dj.Series == "3.2" || dj.Series == "4.2", "MemcachedCache": dj.Series == "3.2"}
		for client, has := range clients {
			if !has {
				continue // pylibmc has no wheels for newer Pythons, python-memcached's backend is gone
			}
			t.Run(client, func(t *testing.T) {
				if module := map[string]string{"PyLibMCCache": "pylibmc", "MemcachedCache": "memcache", "PyMemcacheCache": "pymemcache"}[client]; module != "" {
					dj.Needs(t, module)
				}
				server := dj.Memcached(t).Addr()
				tradeThroughCache(t, dj, testenv.SQLite(t), sharedCache{
					settings: map[string]any{"BACKEND": "django.core.cache.backends.memcached." + client, "LOCATION": server},
					open:     func(now func() time.Time) cachestore.Cache { return openMemcached(t, nil, server) },
					expires:  func(t *testing.T, key string) time.Time { return memcachedExpiry(t, server, key) },
				})
			})
		}
	})
}

func openMemcached(t *testing.T, opts *memcached.Options, servers ...string) *memcached.Cache {
	t.Helper()
	patient := memcached.Options{}
	if opts != nil {
		patient = *opts
	}
	patient.Timeout = 30 * time.Second // a busy machine may keep the server waiting
	cache, err := memcached.New(servers, &patient)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	return cache
}

// memcachedExpiry asks the server what is left of a value's time.
func memcachedExpiry(t *testing.T, server, key string) time.Time {
	t.Helper()
	return time.Now().Add(time.Duration(askMemcached(t, server, key, 't')) * time.Second)
}

func memcachedSize(t *testing.T, server, key string) int64 {
	t.Helper()
	return askMemcached(t, server, key, 's')
}

// askMemcached asks the server for a number about a value.
func askMemcached(t *testing.T, server, key string, flag byte) (number int64) {
	t.Helper()
	conn, err := net.Dial("tcp", server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "mg %s %c\r\n", key, flag)
	line, err := bufio.NewReader(conn).ReadString('\n')
	if _, scanErr := fmt.Sscanf(line, "HD "+string(flag)+"%d", &number); err != nil || scanErr != nil {
		t.Fatalf("memcached says %q (%v)", line, err)
	}
	return number
}

// TestMemcachedServers has the clients and Go find each other's values among
// several servers.
func TestMemcachedServers(t *testing.T) {
	var servers []string
	for _, server := range testenv.MemcachedServers(t, 3) {
		servers = append(servers, server.Addr())
	}
	for _, row := range []struct {
		series, client, module string
		distribution           memcached.Distribution
	}{
		{"6.1", "PyMemcacheCache", "pymemcache", memcached.DistributionRendezvous},
		{"3.2", "PyMemcacheCache", "pymemcache", memcached.DistributionRendezvous},
		{"4.2", "PyLibMCCache", "pylibmc", memcached.DistributionJenkins},
		{"3.2", "MemcachedCache", "memcache", memcached.DistributionCRC32},
	} {
		t.Run(row.client+" "+row.series, func(t *testing.T) {
			dj := testenv.GetDjango(t, row.series)
			dj.Needs(t, row.module)
			prefix := fmt.Sprintf("%s%d", row.client, time.Now().UnixNano())
			dj = dj.With(testenv.Settings{"CACHES": map[string]any{"default": map[string]any{
				"BACKEND": "django.core.cache.backends.memcached." + row.client, "LOCATION": servers, "KEY_PREFIX": prefix}}})
			cache := openMemcached(t, &memcached.Options{Distribution: row.distribution}, servers...)
			const n = 200
			dj.Run(t, `
				from django.core.cache import cache
				for i in range(args["n"]):
					cache.set("django%d" % i, {"i": i}, 1000)
			`, map[string]any{"n": n}, nil)
			lost := 0
			for i := range n {
				value, err := cache.Get(t.Context(), fmt.Sprintf("%s:1:django%d", prefix, i))
				if err != nil {
					lost++
					continue
				}
				if err := cache.Set(t.Context(), fmt.Sprintf("%s:1:go%d", prefix, i), value, time.Hour); err != nil {
					t.Fatal(err)
				}
			}
			var found int
			dj.Run(t, `
				from django.core.cache import cache
				result = sum(cache.get("go%d" % i) == {"i": i} for i in range(args["n"]))
			`, map[string]any{"n": n}, &found)
			if lost > 0 || found != n {
				t.Errorf("of %d, Go did not find %d of Django's, Django found %d of Go's", n, lost, found)
			}
		})
	}
}

// TestPackedValuesBothWays has the clients pack values, and unpack what Go
// packed.
func TestPackedValuesBothWays(t *testing.T) {
	server := testenv.Memcached(t).Addr()
	for _, row := range []struct{ series, module, source string }{
		{"6.1", "pymemcache", `
			from pymemcache import HashClient, serde
			client = HashClient([args["server"]], serde=serde.compressed_serde)
			client.set(args["key"], value, noreply=False)
		`},
		{"4.2", "pylibmc", `
			import pylibmc
			client = pylibmc.Client([args["server"]])
			client.set(args["key"], value, min_compress_len=100)
		`},
		{"3.2", "memcache", `
			import memcache
			client = memcache.Client([args["server"]], pickleProtocol=4)
			client.set(args["key"], value, min_compress_len=100)
		`},
	} {
		t.Run(row.module, func(t *testing.T) {
			dj := testenv.GetDjango(t, row.series)
			dj.Needs(t, row.module)
			key := fmt.Sprintf("packed%d", time.Now().UnixNano())
			args := map[string]any{"server": server, "key": key}
			dj.Run(t, "value = {'large': 'packs well ' * 1000}\n"+textwrap(row.source)+"state['client'] = client", args, nil)
			cache := openMemcached(t, &memcached.Options{CompressAbove: 400}, server)
			value, err := cache.Get(t.Context(), key)
			if err != nil || len(value) < 11000 {
				t.Fatalf("got %d bytes: %v", len(value), err)
			}
			if err := cache.Set(t.Context(), key+"go", value, time.Hour); err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{key, key + "go"} {
				if size := memcachedSize(t, server, key); size > 1000 {
					t.Errorf("a value is stored in %d bytes", size)
				}
			}
			var same bool
			dj.Run(t, "result = state['client'].get(args['key'] + 'go') == {'large': 'packs well ' * 1000}", args, &same)
			if !same {
				t.Error("the client does not read what Go packed")
			}
		})
	}
}

// textwrap takes the indentation off a snippet that others go before.
func textwrap(source string) string {
	var lines strings.Builder
	for line := range strings.SplitSeq(source, "\n") {
		lines.WriteString(strings.TrimSpace(line) + "\n")
	}
	return lines.String()
}
