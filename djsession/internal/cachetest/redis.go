// Package cachetest tests the caches on real servers, and the stores over them. The packages that are tested import no client in their own
// tests, nor this one.
package cachetest

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// Client returns a client of a Redis at an address: the shared one if that is empty.
func Client(t testing.TB, address string) *redis.Client {
	t.Helper()
	if address == "" {
		address = testenv.Redis(t).Addr()
	}
	client := redis.NewClient(&redis.Options{Addr: address, ContextTimeoutEnabled: true})
	t.Cleanup(func() { client.Close() })
	return client
}

// Prefix returns a KEY_PREFIX that no other test has, in another process or an earlier run neither, since a server may be given and stay. No
// pattern can misunderstand it.
func Prefix(t testing.TB) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, t.Name())
	return name + "-" + rand.Text()
}

// Age makes every value under a prefix so much older: what the server's clock would do in that time. A negative age gives time back to
// those that are still there.
func Age(t testing.TB, client redis.UniversalClient, prefix string, by time.Duration) {
	t.Helper()
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
		// What is to live on for less than a moment expires now: the server's clock has gone on a little by itself.
		if left = left - by + 500*time.Millisecond; left < time.Second {
			err = client.Del(t.Context(), key).Err()
		} else {
			err = client.PExpire(t.Context(), key, left.Truncate(time.Second)).Err()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
