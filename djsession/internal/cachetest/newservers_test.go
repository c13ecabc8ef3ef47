package cachetest

import (
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/storetest"
)

// TestNewServers runs the suites of caches and stores on the newest servers:
// the other tests have this machine's own.
func TestNewServers(t *testing.T) {
	for name, server := range map[string]func(testing.TB) *testenv.Server{"Redis": testenv.NewRedis, "Valkey": testenv.Valkey} {
		t.Run(name, func(t *testing.T) {
			address := server(t).Addr()
			cache := rediscache.New(Client(t, address), nil)
			Suite(t, cache, Prefix(t))
			storetest.Run(t, harness(t, address, func(_ testing.TB, prefix string, now func() time.Time) djsession.Store {
				return cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix, Now: now})
			}))
		})
	}
	t.Run("memcached", func(t *testing.T) { Suite(t, memcachedAt(t, nil, testenv.NewMemcached(t).Addr()), Prefix(t)) })
}
