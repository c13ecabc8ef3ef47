package interop

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/cachestore/rueidiscache"
	"github.com/djsession/djsession-go/djsession/internal/cachetest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// clientsAt are a cache through each client of a Redis at a socket.
var clientsAt = map[string]func(t *testing.T, socket string) cachestore.Cache{
	"go-redis": func(t *testing.T, socket string) cachestore.Cache {
		client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, ContextTimeoutEnabled: true})
		t.Cleanup(func() { client.Close() })
		return rediscache.New(client, nil)
	},
	"rueidis with values in memory": func(t *testing.T, socket string) cachestore.Cache {
		client, err := rueidis.NewClient(rueidis.ClientOption{
			InitAddress: []string{socket}, ForceSingleClient: true,
			DialCtxFn: func(ctx context.Context, address string, dialer *net.Dialer, _ *tls.Config) (net.Conn, error) {
				return dialer.DialContext(ctx, "unix", address)
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		return rueidiscache.New(client, &rueidiscache.Options{ClientCache: true})
	},
}

// TestSavedWithoutRedisStands kills a Redis that keeps what it has on disk, and
// starts it again, under a site with cached_db: two Go programs and a Django.
// What the first program acknowledged meanwhile stands for the second at once,
// and for Django as soon as the first has reached Redis again.
func TestSavedWithoutRedisStands(t *testing.T) {
	for name, newCache := range clientsAt {
		for series, merge := range map[string]bool{"4.2": false, "6.1": true} {
			t.Run(fmt.Sprintf("%s, Django %s, Merge %v", name, series, merge), func(t *testing.T) {
				savedWithoutRedisStands(t, newCache, testenv.GetDjango(t, series), merge)
			})
		}
	}
}

func savedWithoutRedisStands(t *testing.T, newCache func(*testing.T, string) cachestore.Cache, dj *testenv.Django, merge bool) {
	server := testenv.DurableRedis(t)
	db := testenv.SQLite(t)
	prefix := cachetest.Prefix(t)
	dj = dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "SESSION_ENGINE": testenv.EngineCachedDB,
		"CACHES": map[string]any{"default": map[string]any{"BACKEND": "django.core.cache.backends.redis.RedisCache",
			"LOCATION": "unix://" + server.Socket, "KEY_PREFIX": prefix}}})
	dj.Migrate(t)
	table := djsession.NewManager(storeFor(t, dj, db, nil, time.Now), nil)
	program := func() *djsession.Manager {
		return djsession.NewManager(cachestore.NewCachedDB(storeFor(t, dj, db, nil, time.Now), newCache(t, server.Socket), &cachestore.CachedDBOptions{
			Options: cachestore.Options{KeyPrefix: prefix}, Logger: slog.New(slog.DiscardHandler)}), &djsession.Options{Merge: merge})
	}
	first, second := program(), program()
	session := func(role string) *djsession.Session {
		s := first.New()
		s.Set("role", role)
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}
	role := func(m *djsession.Manager, key string) string {
		t.Helper()
		s, err := m.Open(t.Context(), key)
		if errors.Is(err, djsession.ErrNotFound) {
			return ""
		}
		if err != nil {
			t.Fatal(err)
		}
		role, _, err := djsession.Get[string](s, "role")
		if err != nil {
			t.Fatal(err)
		}
		return role
	}
	roleInDjango := func(key string) (role string) {
		dj.Run(t, `result = store(args["key"]).get("role", "")`, map[string]any{"key": key}, &role)
		return role
	}
	s, gone, goneToo := session("admin"), session("admin"), session("admin")
	key, goneKey, goneTooKey := s.Key(), gone.Key(), goneToo.Key()
	for _, key := range []string{key, goneKey, goneTooKey} {
		if got := role(second, key) + roleInDjango(key); got != "adminadmin" {
			t.Fatalf("before the outage the others see %q", got)
		}
	}

	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	start := time.Now()
	s.Set("role", "none")
	if err := s.Save(ctx); err != nil {
		t.Fatalf("a save without Redis: %v", err)
	}
	for _, s := range []*djsession.Session{gone, goneToo} {
		if err := s.Flush(ctx); err != nil {
			t.Fatalf("a logout without Redis: %v", err)
		}
	}
	for range 20 {
		if got := role(first, key); got != "none" {
			t.Errorf("without Redis the first program sees %q, want none", got)
		}
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("that took %v", took)
	}
	time.Sleep(time.Until(start.Add(1100 * time.Millisecond))) // the second program has not heard from Redis for a second

	server.Start(t)
	if got := role(second, key); got != "none" {
		t.Errorf("the second program sees %q, want none", got)
	}
	if got := role(second, goneKey); got != "" {
		t.Errorf("the second program sees %q in a session that was logged out", got)
	}
	for deadline := time.Now().Add(20 * time.Second); roleInDjango(goneTooKey) != ""; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("Django still has a session that was logged out")
		}
	}
	if got := roleInDjango(key); got != "none" {
		t.Errorf("Django sees %q, want none", got)
	}
	dj.Update(t, key, `{"by": "Django"}`, "")
	other, err := second.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	other.Set("other", 1)
	if err := other.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := role(first, key); got != "none" {
		t.Errorf("in the end the first program sees %q, want none", got)
	}
	if got := role(table, key); got != "none" {
		t.Errorf("in the end the table has %q, want none", got)
	}
}
