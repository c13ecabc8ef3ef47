// Package cachetest tests the caches on real servers, and the stores over them.
// The packages that are tested import no client in their own tests, nor this
// one.
package cachetest

import (
	"crypto/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// Client returns a client of a Redis at an address: the shared one if that is
// empty.
func Client(t testing.TB, address string) *redis.Client {
	t.Helper()
	if address == "" {
		address = testenv.Redis(t).Addr()
	}
	client := redis.NewClient(&redis.Options{Addr: address, ContextTimeoutEnabled: true})
	t.Cleanup(func() { client.Close() })
	return client
}

// Prefix returns a KEY_PREFIX that no other test has, in another process or an
// earlier run neither, since a server may be given and stay. No pattern can
// misunderstand it.
func Prefix(t testing.TB) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, t.Name())
	return name + "-" + rand.Text()
}

// life is what a value has left by the clock of a suite, and what the server
// was told.
type life struct{ left, told time.Duration }

var (
	livesMu sync.Mutex
	lives   = make(map[string]life)
)

// Age makes every value under a prefix so much older: what the server's clock
// would do in that time. A negative age gives time back to those that are still
// there. The suite's clock stands still otherwise, and the server's does not:
// what was written to live for whole minutes has as many left when it is met
// first, and what lives on does so for a minute at least.
func Age(t testing.TB, client redis.UniversalClient, prefix string, by time.Duration) {
	t.Helper()
	livesMu.Lock() // the nodes of a cluster are aged at once
	defer livesMu.Unlock()
	keys, err := client.Keys(t.Context(), prefix+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		left, err := client.PTTL(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		if left < 0 {
			continue
		}
		l, met := lives[key]
		if !met || left > l.told { // it was written since
			l.left = (left + time.Minute - time.Millisecond).Truncate(time.Minute)
		}
		if l.left -= by; l.left <= 0 {
			delete(lives, key)
			err = client.Del(t.Context(), key).Err()
		} else {
			l.told = max(l.left, time.Minute)
			lives[key] = l
			err = client.PExpire(t.Context(), key, l.told).Err()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
