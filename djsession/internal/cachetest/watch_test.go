package cachetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
)

// TestWatchRedis: a session that is deleted in Redis, or expires there, ends
// its watch at once where Redis tells of it, and after the connection was lost
// too.
func TestWatchRedis(t *testing.T) {
	client := Client(t, "")
	if err := client.ConfigSet(t.Context(), "notify-keyspace-events", rediscache.NotifyConfig).Err(); err != nil {
		t.Fatal(err)
	}
	defer client.ConfigSet(context.Background(), "notify-keyspace-events", "")
	prefix := Prefix(t)
	store := cachestore.New(rediscache.New(client, nil), &cachestore.Options{KeyPrefix: prefix})
	m := djsession.NewManager(store, nil)
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: time.Hour})
	defer w.Close()
	listening, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	opened := make(chan struct{}, 10)
	go func() {
		stopped <- w.Listen(listening, func(ctx context.Context) (djsession.Notifications, error) {
			n, err := rediscache.Notifications(ctx, client, prefix+":1:django.contrib.sessions.cache")
			if err == nil {
				opened <- struct{}{}
			}
			return n, err
		})
	}()
	<-opened
	watch := func() (*djsession.Session, context.Context) {
		s := m.New()
		s.Set("a", 1)
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := w.Watch(t.Context(), s)
		t.Cleanup(cancel)
		time.Sleep(50 * time.Millisecond)
		if ctx.Err() != nil {
			t.Fatalf("ended before: %v", context.Cause(ctx))
		}
		return s, ctx
	}
	ends := func(reason string, ctx context.Context) {
		t.Helper()
		start := time.Now()
		select {
		case <-ctx.Done():
			t.Logf("%s: %v", reason, time.Since(start))
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: the watch goes on", reason)
		}
		if err := context.Cause(ctx); err != djsession.ErrNotFound {
			t.Errorf("%s: got %v", reason, err)
		}
	}
	remove := func(s *djsession.Session) {
		if err := m.Delete(t.Context(), s.Key()); err != nil {
			t.Fatal(err)
		}
	}
	_, other := watch()
	s, ctx := watch()
	remove(s)
	ends("deleted", ctx)

	s, ctx = watch()
	if err := client.PExpire(t.Context(), prefix+":1:django.contrib.sessions.cache"+s.Key(), time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	ends("expired", ctx)

	s, ctx = watch()
	if err := client.ClientKillByFilter(t.Context(), "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	remove(s)
	ends("deleted while nothing is listened to", ctx)
	if other.Err() != nil {
		t.Errorf("another session's watch ended: %v", context.Cause(other))
	}
	stop()
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
