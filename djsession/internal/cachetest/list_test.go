package cachetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/redisstore"
)

// TestList walks through what is in Redis: alone, on a cluster, and as texts.
func TestList(t *testing.T) {
	t.Run("one server", func(t *testing.T) {
		client := Client(t, "")
		cache := rediscache.New(client, nil)
		opts := &cachestore.Options{KeyPrefix: Prefix(t)}
		listAll(t, cache, cachestore.New(cache, opts), opts.KeyPrefix+":1:django.contrib.sessions.cache")
	})
	t.Run("a prefix that MATCH could misunderstand", func(t *testing.T) {
		cache := rediscache.New(Client(t, ""), nil)
		opts := &cachestore.Options{KeyPrefix: Prefix(t) + `[a-z]*?\`}
		listAll(t, cache, cachestore.New(cache, opts), opts.KeyPrefix+":1:django.contrib.sessions.cache")
	})
	t.Run("texts", func(t *testing.T) {
		cache := rediscache.New(Client(t, ""), nil)
		codec, opts := djsession.NewCodec("a secret", nil), &redisstore.Options{Prefix: Prefix(t)}
		listAll(t, cache, redisstore.New(cache, codec, opts), opts.Prefix+":")
	})
	t.Run("a cluster", func(t *testing.T) {
		client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: testenv.StartRedisCluster(t).Addrs(), ContextTimeoutEnabled: true})
		t.Cleanup(func() { client.Close() })
		cache := rediscache.New(client, nil)
		listAll(t, cache, cachestore.New(cache, nil), ":1:django.contrib.sessions.cache")
	})
	t.Run("a KEY_FUNCTION that hashes", func(t *testing.T) {
		opts := &cachestore.Options{KeyFunc: func(key, _ string, _ int) string { return djsession.Fingerprint(key) }}
		for rec, err := range cachestore.New(rediscache.New(Client(t, ""), nil), opts).(djsession.Lister).List(t.Context(), nil) {
			if rec != nil || err == nil {
				t.Errorf("got record %v, error %v; want an error, since nothing would be listed", rec, err)
			}
		}
	})
	t.Run("cut off", func(t *testing.T) {
		lister := cachestore.New(rediscache.New(Client(t, ""), nil), nil).(djsession.Lister)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, order := range []djsession.Order{djsession.OrderByKey, djsession.OrderAny} {
			for rec, err := range lister.List(ctx, &djsession.ListOptions{Order: order}) {
				if rec != nil || !errors.Is(err, djsession.ErrUnavailable) {
					t.Errorf("got %v", err)
				}
			}
		}
	})
}

// listAll fills a store, and finds everything again in every order.
func listAll(t *testing.T, cache *rediscache.Cache, store djsession.Store, prefix string) {
	lister := store.(djsession.Lister)
	const n = 25
	ctx, now := t.Context(), time.Now()
	var byExpiry []string
	for i := range n {
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: now.Add(time.Duration(i+1) * time.Hour)}
		rec.Data.Set("i", i)
		if err := store.Create(ctx, rec); err != nil {
			t.Fatal(err)
		}
		byExpiry = append(byExpiry, rec.Key)
	}
	broken, other := djsession.NewKey(), "no session's key!"
	for _, key := range []string{broken, other} {
		if err := cache.Set(ctx, prefix+key, []byte("\x80nonsense"), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	byExpiry = append([]string{broken}, byExpiry...)
	byKey := slices.Sorted(slices.Values(byExpiry))
	backwards := slices.Clone(byExpiry)
	slices.Reverse(backwards)
	list := func(opts *djsession.ListOptions) (keys []string) {
		for rec, err := range lister.List(ctx, opts) {
			if rec == nil {
				t.Fatal(err)
			}
			if (err != nil) != (rec.Key == broken) || err != nil && !errors.Is(err, djsession.ErrCorrupt) {
				t.Errorf("got error %v", err)
			}
			keys = append(keys, rec.Key)
		}
		return keys
	}
	third := now.Add(3*time.Hour - time.Minute)
	for _, row := range []struct {
		reason string
		opts   djsession.ListOptions
		want   []string
	}{
		{"by key", djsession.ListOptions{}, byKey},
		{"in small pages", djsession.ListOptions{PageSize: 2}, byKey},
		{"goes on behind a key", djsession.ListOptions{After: &djsession.Record{Key: byKey[9]}}, byKey[10:]},
		{"stops", djsession.ListOptions{Limit: 4, PageSize: 3}, byKey[:4]},
		{"by expiry", djsession.ListOptions{Order: djsession.OrderByExpiry, PageSize: 7}, byExpiry},
		{"last first", djsession.ListOptions{Order: djsession.OrderByExpiryDescending}, backwards},
		{"from a time on", djsession.ListOptions{Order: djsession.OrderByExpiry, From: third}, byExpiry[3:]},
		{"up to a time", djsession.ListOptions{Order: djsession.OrderByExpiry, To: third}, byExpiry[:3]},
		{"what lives", djsession.ListOptions{State: djsession.StateLive}, byKey},
		{"what has expired is gone", djsession.ListOptions{State: djsession.StateExpired}, nil},
	} {
		if got := list(&row.opts); !slices.Equal(got, row.want) {
			t.Errorf("%s: %d sessions, want %d:\n%s", row.reason, len(got), len(row.want), strings.Join(got, "\n"))
		}
	}
	for _, page := range []int{0, 3} {
		got := list(&djsession.ListOptions{Order: djsession.OrderAny, PageSize: page})
		if slices.Sort(got); !slices.Equal(slices.Compact(got), byKey) {
			t.Errorf("unordered, pages of %d: %d sessions, want %d", page, len(got), n+1)
		}
	}
	for rec, err := range lister.List(ctx, &djsession.ListOptions{Order: djsession.OrderAny}) {
		if err == nil && (rec.Data.Len() != 1 || time.Until(rec.Expires) < 30*time.Minute) {
			t.Error(fmt.Sprint("a session is not whole: it expires ", rec.Expires))
		}
		break
	}
}
