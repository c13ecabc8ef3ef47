package cachetest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/cachestore/rueidiscache"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/storetest"
)

// TestCluster has a node of a cluster die under readers and writers: some wait,
// no user is logged out, and nothing is lost.
func TestCluster(t *testing.T) {
	t.Run("Redis", func(t *testing.T) { testCluster(t, testenv.StartRedisCluster(t)) })
	t.Run("Valkey", func(t *testing.T) { testCluster(t, testenv.StartValkeyCluster(t)) })
}

func testCluster(t *testing.T, cluster *testenv.RedisCluster) {
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: cluster.Addrs(), ContextTimeoutEnabled: true})
	defer client.Close()
	other, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: cluster.Addrs()})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	caches := map[string]cachestore.Cache{
		"go-redis":                      rediscache.New(client, nil),
		"rueidis":                       rueidiscache.New(other, nil),
		"rueidis with values in memory": rueidiscache.New(other, &rueidiscache.Options{ClientCache: true}),
	}
	for name, cache := range caches {
		t.Run(name, func(t *testing.T) {
			t.Run("suite", func(t *testing.T) { Suite(t, cache, Prefix(t)) })
		})
	}
	t.Run("store", func(t *testing.T) {
		prefix := ""
		storetest.Run(t, storetest.Harness{DropsExpired: true, ExpiryPrecision: time.Second, NotJSON: true,
			New: func(t testing.TB, now func() time.Time) djsession.Store {
				prefix = Prefix(t)
				return cachestore.New(caches["go-redis"], &cachestore.Options{KeyPrefix: prefix, Now: now})
			},
			Advance: func(t testing.TB, _ djsession.Store, d time.Duration) {
				if err := client.ForEachMaster(t.Context(), func(_ context.Context, node *redis.Client) error {
					Age(t, node, prefix, d)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
	t.Run("failover", func(t *testing.T) {
		failover(t, caches, func(key string) {
			if err := client.ForEachMaster(t.Context(), replicated); err != nil {
				t.Fatal(err)
			}
			node, err := client.MasterForKey(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			cluster.Kill(t, node.Options().Addr)
		})
	})
}

// TestSentinel is the same with one Redis, and a sentinel that finds it a
// successor.
func TestSentinel(t *testing.T) {
	t.Run("Redis", func(t *testing.T) { testSentinel(t, testenv.StartRedisSentinel(t)) })
	t.Run("Valkey", func(t *testing.T) { testSentinel(t, testenv.StartValkeySentinel(t)) })
}

func testSentinel(t *testing.T, sentinel *testenv.RedisSentinel) {
	client := redis.NewFailoverClient(&redis.FailoverOptions{MasterName: sentinel.Name, SentinelAddrs: []string{sentinel.Addr}})
	defer client.Close()
	other, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{sentinel.Addr}, Sentinel: rueidis.SentinelOption{MasterSet: sentinel.Name}})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	failover(t, map[string]cachestore.Cache{
		"go-redis":                      rediscache.New(client, nil),
		"rueidis with values in memory": rueidiscache.New(other, &rueidiscache.Options{ClientCache: true}),
	}, func(string) {
		if err := replicated(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		sentinel.KillMaster(t)
	})
}

// replicated waits until a replica has all that a node has by now, whoever
// wrote it. What a node has acknowledged and not passed on dies with it: Redis
// promises no more. WAIT would only mind what was written on its own
// connection, of which a client has several.
func replicated(ctx context.Context, node *redis.Client) error {
	written := int64(-1)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		info, err := node.Info(ctx, "replication").Result()
		if err != nil {
			return err
		}
		if m := masterOffset.FindStringSubmatch(info); m != nil && written < 0 {
			written, _ = strconv.ParseInt(m[1], 10, 64)
		}
		if m := replicaOffset.FindStringSubmatch(info); m != nil && written >= 0 {
			if has, _ := strconv.ParseInt(m[1], 10, 64); has >= written {
				return nil
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no replica has what its node has: %s", info)
		}
	}
}

var (
	masterOffset  = regexp.MustCompile(`(?m)^master_repl_offset:(\d+)`)
	replicaOffset = regexp.MustCompile(`(?m)^slave\d+:.*state=online,offset=(\d+)`)
)

const failoverSessions = 60 // enough for all parts of a cluster

// failover has kill end the server that holds a key, under readers and writers.
func failover(t *testing.T, caches map[string]cachestore.Cache, kill func(key string)) {
	prefix := Prefix(t)
	stores := map[string]djsession.Store{}
	for name, cache := range caches {
		stores[name] = cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix})
	}
	var recs []*djsession.Record
	for n := range failoverSessions {
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
		rec.Data.Set("n", n)
		if err := stores["go-redis"].Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		recs = append(recs, rec)
	}
	done := make(chan struct{})
	var wait sync.WaitGroup
	var outages, calls atomic.Int64
	check := func(name, op string, err error) {
		calls.Add(1)
		switch {
		case errors.Is(err, djsession.ErrUnavailable):
			outages.Add(1)
		case err != nil:
			t.Errorf("%s, %s: got error %v", name, op, err)
		}
	}
	for name, store := range stores {
		wait.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				case <-time.After(2 * time.Millisecond):
				}
				ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
				rec := recs[n%len(recs)]
				got, err := store.Load(ctx, rec.Key)
				check(name, "load", err)
				if err == nil && n%3 == 0 {
					got.Data.Set("seen by", name)
					check(name, "update", store.Update(ctx, got))
				}
				cancel()
			}
		})
	}
	for calls.Load() < 100 { // all of them are at work
		time.Sleep(10 * time.Millisecond)
	}
	kill(prefix + ":1:django.contrib.sessions.cache" + recs[0].Key)
	start := time.Now()
	for name, store := range stores {
		for _, rec := range recs {
			err := patient(t, func() error {
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				return store.Update(ctx, rec)
			})
			if err != nil {
				t.Fatalf("%s: %v after the failover", name, err)
			}
		}
		t.Logf("%s: all of it works again after %v", name, time.Since(start))
	}
	close(done)
	wait.Wait()
	t.Logf("%d of %d calls found no server", outages.Load(), calls.Load())
	if outages.Load() == 0 {
		t.Error("nobody has noticed that a node died")
	}
	for n, rec := range recs {
		for name, store := range stores {
			var got *djsession.Record
			err := patient(t, func() (err error) {
				got, err = store.Load(t.Context(), rec.Key)
				return err
			})
			if err != nil {
				t.Errorf("%s: session %d: %v", name, n, err)
			} else if v, _, _ := djsession.Get[int](got.Data, "n"); v != n {
				t.Errorf("%s: session %d is another", name, n)
			}
		}
	}
}
