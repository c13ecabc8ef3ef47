package redisstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/redisstore"
)

// asked is a cache that has nothing, and keeps the last key that it was asked
// for.
type asked struct {
	cachestore.Cache
	key string
}

func (a *asked) Get(_ context.Context, key string) ([]byte, error) {
	a.key = key
	return nil, djsession.ErrNotFound
}

func (a *asked) Add(_ context.Context, key string, _ []byte, _ time.Duration) error {
	a.key = key
	return nil
}

// TestKeys are those of SessionStore.get_real_stored_key.
func TestKeys(t *testing.T) {
	key := strings.Repeat("k", 32)
	for prefix, want := range map[string]string{
		"":         key,
		"session":  "session:" + key,
		"session:": "session::" + key,
		":session": ":session:" + key,
		":":        "::" + key,
	} {
		cache := new(asked)
		store := redisstore.New(cache, djsession.NewCodec("a secret", nil), &redisstore.Options{Prefix: prefix})
		if _, err := store.Load(t.Context(), key); !errors.Is(err, djsession.ErrNotFound) || cache.key != want {
			t.Errorf("prefix %q: loaded from %q (%v), want %q", prefix, cache.key, err, want)
		}
		rec := &djsession.Record{Key: key, Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
		if err := store.Create(t.Context(), rec); err != nil || cache.key != want {
			t.Errorf("prefix %q: created at %q (%v), want %q", prefix, cache.key, err, want)
		}
	}
}
