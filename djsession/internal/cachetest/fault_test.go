package cachetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/compress"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/cachestore/rueidiscache"
	"github.com/djsession/djsession-go/djsession/internal/faultproxy"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// eachCache runs a test with a cache through each client, at an address.
func eachCache(t *testing.T, address string, test func(t *testing.T, cache cachestore.Cache)) {
	t.Run("go-redis", func(t *testing.T) {
		test(t, rediscache.New(Client(t, address), nil))
	})
	t.Run("go-redis that obeys no deadline", func(t *testing.T) {
		client := redis.NewClient(&redis.Options{Addr: address})
		t.Cleanup(func() { client.Close() })
		test(t, rediscache.New(client, nil))
	})
	for name, opts := range map[string]*rueidiscache.Options{"rueidis": nil, "rueidis with values in memory": {ClientCache: true}} {
		t.Run(name, func(t *testing.T) {
			test(t, rueidiscache.New(rueidisClient(t, rueidis.ClientOption{InitAddress: []string{address}}), opts))
		})
	}
}

// rotate changes every byte of an answer into another.
func rotate(piece []byte) []byte {
	for i := range piece {
		piece[i] = '0' + piece[i]%64
	}
	return piece
}

var command = regexp.MustCompile(`\*\d+\r\n\$`)

// refusal answers each command with the same error.
func refusal(text string) func([]byte) string {
	return func(question []byte) string {
		return strings.Repeat("-"+text+"\r\n", len(command.FindAll(question, -1)))
	}
}

// TestFaults: whatever goes wrong between us and Redis is an outage, in time,
// and never a logout; and it passes.
func TestFaults(t *testing.T) {
	proxy := faultproxy.New(t, testenv.Redis(t).Addr())
	faults := []struct {
		name  string
		fault faultproxy.Fault
		text  string // of the error, if one can tell
	}{
		{"refused", faultproxy.Fault{Refuse: true}, ""},
		{"silent", faultproxy.Fault{Silent: true}, "in time"},
		{"slow", faultproxy.Fault{Delay: 2 * time.Second}, "in time"},
		{"cut before the answer", faultproxy.Fault{CutAfter: -1}, ""},
		{"cut in the middle of the answer", faultproxy.Fault{CutAfter: 3}, ""},
		{"garbled", faultproxy.Fault{Garble: rotate}, ""},
		{"loading", faultproxy.Fault{Reply: refusal("LOADING Redis is loading the dataset in memory")}, ""},
		{"a replica", faultproxy.Fault{Reply: refusal("READONLY You can't write against a read only replica.")}, ""},
		{"out of memory", faultproxy.Fault{Reply: refusal("OOM command not allowed when used memory > 'maxmemory'.")}, ""},
	}
	eachCache(t, proxy.Addr(), func(t *testing.T, cache cachestore.Cache) {
		store := cachestore.New(cache, &cachestore.Options{KeyPrefix: Prefix(t)})
		for _, row := range faults {
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			rec.Data.Set("text", strings.Repeat("x", 1000))
			if err := patient(t, func() error { return store.Create(t.Context(), rec) }); err != nil {
				t.Fatalf("before %s: %v", row.name, err)
			}
			proxy.Set(row.fault)
			for op, do := range map[string]func(ctx context.Context) error{
				"load": func(ctx context.Context) error {
					_, err := store.Load(ctx, rec.Key)
					return err
				},
				"create": func(ctx context.Context) error {
					fresh := *rec
					fresh.Key = djsession.NewKey()
					return store.Create(ctx, &fresh)
				},
				"update": func(ctx context.Context) error { return store.Update(ctx, rec) },
				"modify": func(ctx context.Context) error {
					return store.(djsession.Modifier).Modify(ctx, rec.Key, func(rec *djsession.Record) error { return nil })
				},
			} {
				var start time.Time
				once := func() error {
					ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
					defer cancel()
					start = time.Now()
					return do(ctx)
				}
				err := once()
				for range 5 { // a connection that the row before has cut may be found dead only now
					if err == nil || strings.Contains(err.Error(), row.text) {
						break
					}
					err = once()
				}
				if !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, djsession.ErrNotFound) || !strings.Contains(err.Error(), row.text) {
					t.Errorf("%s: %s: got error %v", row.name, op, err)
				} else if strings.Contains(err.Error(), rec.Key) {
					t.Errorf("%s: %s: the error shows the key: %v", row.name, op, err)
				}
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("%s: %s took %v of 100ms", row.name, op, took)
				}
			}
			proxy.Set(faultproxy.Fault{})
			proxy.Cut()
			var got *djsession.Record
			err := patient(t, func() (err error) {
				got, err = store.Load(t.Context(), rec.Key)
				return err
			})
			if err != nil || !got.Data.Has("text") {
				t.Errorf("after %s: %v", row.name, err)
			}
		}
	})
}

// patient calls until the client has mended its connections.
func patient(t *testing.T, call func() error) error {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := call()
		if !errors.Is(err, djsession.ErrUnavailable) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestCachedDBWithoutRedis has a database go on alone when Redis goes silent.
// Requests wait for it three times and no more, and what was saved or deleted
// meanwhile stands when Redis, which has kept the sessions, is back.
func TestCachedDBWithoutRedis(t *testing.T) {
	proxy := faultproxy.New(t, testenv.Redis(t).Addr())
	elsewhere := Client(t, "")
	eachCache(t, proxy.Addr(), func(t *testing.T, cache cachestore.Cache) {
		const timeout = 400 * time.Millisecond
		var log syncBuffer
		prefix := Prefix(t)
		opts := &cachestore.CachedDBOptions{Options: cachestore.Options{KeyPrefix: prefix}, CacheTimeout: timeout,
			Logger: slog.New(slog.NewTextHandler(&log, nil))}
		store := cachestore.NewCachedDB(memstore.New(nil), cache, opts)
		session := func() *djsession.Record {
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			rec.Data.Set("a", 1)
			if err := store.Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			return rec
		}
		rec, gone := session(), session()
		proxy.Set(faultproxy.Fault{Silent: true})
		start := time.Now()
		const loads = 300
		for range loads {
			if got, err := store.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("a") {
				t.Fatalf("Load: %v", err)
			}
		}
		rec.Data.Set("b", 2)
		if err := store.Update(t.Context(), rec); err != nil {
			t.Errorf("Update: %v", err)
		}
		if err := store.Delete(t.Context(), gone.Key); err != nil {
			t.Errorf("Delete: %v", err)
		}
		session()
		if took := time.Since(start); took > 20*timeout { // 3, but for a busy machine; it would be 300
			t.Errorf("%d loads, a save, a login and a logout took %v, want 3 times %v", loads, took, timeout)
		}
		if n := strings.Count(log.String(), "does not answer"); n != 1 {
			t.Errorf("the log says %d times that Redis is away, want once:\n%s", n, log.String())
		}
		proxy.Set(faultproxy.Fault{})
		proxy.Cut()
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			n, err := elsewhere.Exists(t.Context(), prefix+":1:django.contrib.sessions.cached_db"+rec.Key,
				prefix+":1:django.contrib.sessions.cached_db"+gone.Key).Result()
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d sessions are in Redis as they were before", n)
			}
		}
		if got, err := store.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("b") {
			t.Errorf("the session that was saved: %v", err)
		}
		if _, err := store.Load(t.Context(), gone.Key); !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("the session that was deleted: got error %v, want ErrNotFound", err)
		}
	})
}

// A syncBuffer is a buffer that a logger writes to from several goroutines.
type syncBuffer struct {
	mu  sync.Mutex
	buf strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestForeignValues has other people's data under our keys: an error that says
// what is wrong, and nothing changed.
func TestForeignValues(t *testing.T) {
	client := Client(t, "")
	pickle := "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x03foo\x94\x8c\x03bar\x94s."
	zlib, err := compress.Zlib(nil).Compress([]byte(pickle))
	if err != nil {
		t.Fatal(err)
	}
	bomb, err := compress.Zlib(&compress.Options{MaxSize: 16 << 20}).Compress(make([]byte, 16<<20))
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		name       string
		value      string // "" for a hash
		compressor cachestore.Compressor
		text       string // in the error; "" if it is fine
	}{
		{"a pickle where values are compressed", pickle, compress.Zstd(nil), ""},
		{"compressed by zlib, and so it should be", string(zlib), compress.Zlib(nil), ""},
		{"compressed by zlib, and nobody said so", string(zlib), nil, "compressed by zlib, and this cache is set to none"},
		{"compressed by zlib instead of lz4", string(zlib), compress.LZ4(nil), "compressed by zlib, and this cache is set to lz4"},
		{"cut short, within zlib", string(zlib[:len(zlib)-5]), compress.Zlib(nil), "zlib"},
		{"a bomb", string(bomb), compress.Zlib(nil), "larger than allowed"},
		{"a pickle cut short", pickle[:20], nil, "pickle"},
		{"a number", "5", nil, ""},
		{"an empty string", " ", nil, ""},
		{"a hash", "", nil, "another data type"},
	}
	for _, row := range rows {
		prefix := Prefix(t)
		key := djsession.NewKey()
		name := prefix + ":1:django.contrib.sessions.cache" + key
		if row.value == "" {
			err = client.HSet(t.Context(), name, "field", "1").Err()
		} else {
			err = client.Set(t.Context(), name, row.value, time.Hour).Err()
		}
		if err != nil {
			t.Fatal(err)
		}
		for client, cache := range map[string]cachestore.Cache{
			"go-redis": rediscache.New(client, &rediscache.Options{Compressor: row.compressor}),
			"rueidis":  rueidiscache.New(rueidisClient(t, rueidis.ClientOption{}), &rueidiscache.Options{Compressor: row.compressor}),
			"rueidis with values in memory": rueidiscache.New(rueidisClient(t, rueidis.ClientOption{}),
				&rueidiscache.Options{Compressor: row.compressor, ClientCache: true}),
		} {
			rec, err := cachestore.New(cache, &cachestore.Options{KeyPrefix: prefix}).Load(t.Context(), key)
			if row.text == "" && strings.Contains(row.value, "foo") || strings.Contains(row.name, "so it should be") {
				if err != nil || !rec.Data.Has("foo") {
					t.Errorf("%s, %s: %v", row.name, client, err)
				}
				continue
			}
			if row.name == "a bomb" {
				if !errors.Is(err, djsession.ErrTooLarge) {
					t.Errorf("%s, %s: got error %v, want ErrTooLarge", row.name, client, err)
				}
				continue
			}
			if !errors.Is(err, djsession.ErrCorrupt) || rec == nil || rec.Key != key || rec.Data.Len() > 0 || !strings.Contains(fmt.Sprint(err), row.text) {
				t.Errorf("%s, %s: got %+v, %v", row.name, client, rec, err)
			}
		}
		if n, err := client.Exists(t.Context(), name).Result(); n != 1 || err != nil {
			t.Errorf("%s: it is gone (%v)", row.name, err)
		}
	}
}
