package djsession_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// manyStore is a store that loads many at once, counts and fails.
type manyStore struct {
	*memstore.Store
	looks, keys atomic.Int64
	mu          sync.Mutex
	fail        error
}

func (s *manyStore) setFail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

func (s *manyStore) LoadMany(ctx context.Context, keys []string) iter.Seq2[*djsession.Record, error] {
	s.looks.Add(1)
	s.keys.Add(int64(len(keys)))
	return func(yield func(*djsession.Record, error) bool) {
		s.mu.Lock()
		fail := s.fail
		s.mu.Unlock()
		if fail != nil {
			yield(nil, fail)
			return
		}
		for _, key := range keys {
			rec, err := s.Load(ctx, key)
			if errors.Is(err, djsession.ErrNotFound) {
				continue
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

func newSession(t testing.TB, m *djsession.Manager) *djsession.Session {
	t.Helper()
	s := m.New()
	s.Set("a", 1)
	if err := s.Save(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// over waits for the end of a watch and returns its cause.
func over(t testing.TB, ctx context.Context) error {
	t.Helper()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(20 * time.Second):
		t.Fatal("the watch does not end")
		return nil
	}
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

const soon = 5 * time.Millisecond

// TestWatch ends when the session is over, by a store that can load many and by
// one that cannot.
func TestWatch(t *testing.T) {
	many := &manyStore{Store: memstore.New(nil)}
	for name, store := range map[string]djsession.Store{"many": many, "each": memstore.New(nil)} {
		m := djsession.NewManager(store, nil)
		for _, c := range []struct {
			reason string
			end    func(ctx context.Context, s *djsession.Session) error
		}{
			{"deleted", func(ctx context.Context, s *djsession.Session) error { return m.Delete(ctx, s.Key()) }},
			{"logged out", func(ctx context.Context, s *djsession.Session) error { return s.Flush(ctx) }},
			{"another key", func(ctx context.Context, s *djsession.Session) error { return s.CycleKey(ctx) }},
			{"expired", func(ctx context.Context, s *djsession.Session) error {
				s.SetExpiry(djsession.ExpireAfter(-time.Second))
				return s.Save(ctx)
			}},
		} {
			t.Run(name+"/"+c.reason, func(t *testing.T) {
				w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: soon})
				defer w.Close()
				s, other := newSession(t, m), newSession(t, m)
				watching, cancel := w.Watch(t.Context(), s)
				defer cancel()
				second, cancelSecond := w.Watch(t.Context(), s) // another tab
				defer cancelSecond()
				others, cancelOthers := w.Watch(t.Context(), other)
				defer cancelOthers()
				time.Sleep(4 * soon)
				if watching.Err() != nil {
					t.Fatalf("ended before: %v", context.Cause(watching))
				}
				if err := c.end(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				for _, ctx := range []context.Context{watching, second} {
					if err := over(t, ctx); err != djsession.ErrNotFound {
						t.Errorf("got %v, want %v", err, djsession.ErrNotFound)
					}
				}
				if others.Err() != nil {
					t.Errorf("another session's watch ended: %v", context.Cause(others))
				}
				eventually(t, "one is left", func() bool { return w.Len() == 1 })
			})
		}
	}
}

// TestWatchBegan: what ended before the watch began ends it at once, however
// long the interval is.
func TestWatchBegan(t *testing.T) {
	m := djsession.NewManager(memstore.New(nil), nil)
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: time.Hour})
	deleted := newSession(t, m)
	if err := m.Delete(t.Context(), deleted.Key()); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*djsession.Session{"deleted": deleted, "without a key": m.New()} {
		ctx, cancel := w.Watch(t.Context(), s)
		defer cancel()
		if err := over(t, ctx); err != djsession.ErrNotFound {
			t.Errorf("%s: got %v", name, err)
		}
	}
	good := newSession(t, m)
	ctx, cancel := w.Watch(t.Context(), good)
	defer cancel()
	w.Close()
	w.Close()
	if err := over(t, ctx); err != djsession.ErrWatcherClosed {
		t.Errorf("closed: got %v", err)
	}
	ctx, cancel = w.Watch(t.Context(), good)
	defer cancel()
	if err := over(t, ctx); err != djsession.ErrWatcherClosed {
		t.Errorf("after it was closed: got %v", err)
	}
}

// TestWatchExpiry is noticed when it comes, not an interval later.
func TestWatchExpiry(t *testing.T) {
	m := djsession.NewManager(memstore.New(nil), nil)
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: time.Hour})
	defer w.Close()
	s := newSession(t, m)
	s.SetExpiry(djsession.ExpireAfter(time.Second))
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	longer := newSession(t, m)
	ctx, cancel := w.Watch(t.Context(), s)
	defer cancel()
	others, cancelOthers := w.Watch(t.Context(), longer)
	defer cancelOthers()
	if err := over(t, ctx); err != djsession.ErrNotFound || others.Err() != nil {
		t.Errorf("got %v, and of the longer one %v", err, context.Cause(others))
	}
}

// TestWatchNotify looks at once at what it is told of, and at nothing else.
func TestWatchNotify(t *testing.T) {
	store := &manyStore{Store: memstore.New(nil)}
	m := djsession.NewManager(store, nil)
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: time.Hour})
	defer w.Close()
	a, b := newSession(t, m), newSession(t, m)
	watchingA, cancelA := w.Watch(t.Context(), a)
	defer cancelA()
	watchingB, cancelB := w.Watch(t.Context(), b)
	defer cancelB()
	eventually(t, "the first looks", func() bool { return store.keys.Load() == 2 })
	for _, s := range []*djsession.Session{a, b} {
		if err := m.Delete(t.Context(), s.Key()); err != nil {
			t.Fatal(err)
		}
	}
	w.Notify("00000000", djsession.Fingerprint(a.Key()))
	if err := over(t, watchingA); err != djsession.ErrNotFound {
		t.Errorf("got %v", err)
	}
	if n := store.keys.Load(); n != 3 || watchingB.Err() != nil {
		t.Errorf("looked at %d sessions; the other watch: %v", n, context.Cause(watchingB))
	}
	w.Notify()
	if err := over(t, watchingB); err != djsession.ErrNotFound {
		t.Errorf("told of all: got %v", err)
	}
}

// TestWatchOutage ends nothing, and is logged once.
func TestWatchOutage(t *testing.T) {
	var log lockedBuffer
	store := &manyStore{Store: memstore.New(nil), fail: fmt.Errorf("down: %w", djsession.ErrUnavailable)}
	m := djsession.NewManager(store, &djsession.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: soon})
	defer w.Close()
	s := newSession(t, m)
	ctx, cancel := w.Watch(t.Context(), s)
	defer cancel()
	eventually(t, "five looks", func() bool { return store.looks.Load() >= 5 })
	if ctx.Err() != nil {
		t.Errorf("an outage ended the watch: %v", context.Cause(ctx))
	}
	store.setFail(nil)
	eventually(t, "the end of the outage", func() bool { return strings.Contains(log.String(), "can be looked at again") })
	if got := strings.Count(log.String(), "\n"); got != 2 || strings.Contains(log.String(), s.Key()) {
		t.Errorf("logged %d lines:\n%s", got, log.String())
	}
	if err := m.Delete(t.Context(), s.Key()); err != nil {
		t.Fatal(err)
	}
	if err := over(t, ctx); err != djsession.ErrNotFound {
		t.Errorf("afterwards: got %v", err)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// stuckStore does not answer until its context is over.
type stuckStore struct{ *memstore.Store }

func (s stuckStore) Load(ctx context.Context, _ string) (*djsession.Record, error) {
	<-ctx.Done()
	return nil, fmt.Errorf("%w: %w", djsession.ErrUnavailable, ctx.Err())
}

// TestWatchStuck: a store that hangs ends no watch, and a watch that is over
// leaves no goroutine behind.
func TestWatchStuck(t *testing.T) {
	before := runtime.NumGoroutine()
	var log lockedBuffer
	store := stuckStore{memstore.New(nil)}
	m := djsession.NewManager(store, &djsession.Options{LoadTimeout: 10 * soon, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: soon})
	ctx, cancel := w.Watch(t.Context(), newSession(t, m))
	eventually(t, "a warning", func() bool { return strings.Contains(log.String(), "cannot be looked at") })
	if ctx.Err() != nil {
		t.Errorf("ended: %v", context.Cause(ctx))
	}
	cancel()
	if err := over(t, ctx); err != context.Canceled {
		t.Errorf("cancelled: got %v", err)
	}
	eventually(t, "no goroutine is left", func() bool { return w.Len() == 0 && runtime.NumGoroutine() <= before })
}

// rottenStore has a session that cannot be read any more.
type rottenStore struct{ *memstore.Store }

func (s rottenStore) Load(_ context.Context, key string) (*djsession.Record, error) {
	return &djsession.Record{Key: key, Data: new(djsession.Data)}, djsession.Unreadable(errors.New("another key"))
}

func TestWatchCorrupt(t *testing.T) {
	m := djsession.NewManager(rottenStore{memstore.New(nil)}, nil)
	w := djsession.NewWatcher(m, nil)
	defer w.Close()
	ctx, cancel := w.Watch(t.Context(), newSession(t, m))
	defer cancel()
	if err := over(t, ctx); !errors.Is(err, djsession.ErrCorrupt) {
		t.Errorf("got %v", err)
	}
}

// channel is a notification channel that a test drives.
type channel struct {
	next   chan string // closed: it dies
	closed atomic.Bool
}

func (c *channel) Next(ctx context.Context) (string, error) {
	select {
	case fingerprint, ok := <-c.next:
		if !ok {
			return "", errors.New("the connection was reset")
		}
		return fingerprint, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (c *channel) Close() error {
	c.closed.Store(true)
	return nil
}

// TestWatchListen: notifications come, the channel dies and comes back, and
// what happened meanwhile is found.
func TestWatchListen(t *testing.T) {
	var log lockedBuffer
	m := djsession.NewManager(memstore.New(nil), &djsession.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: time.Hour})
	defer w.Close()
	first, second := &channel{next: make(chan string)}, &channel{next: make(chan string)}
	channels := make(chan *channel, 2)
	channels <- first
	listening, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- w.Listen(listening, func(context.Context) (djsession.Notifications, error) {
			select {
			case c := <-channels:
				return c, nil
			default:
				return nil, errors.New("connection refused")
			}
		})
	}()
	watch := func() (*djsession.Session, context.Context) {
		s := newSession(t, m)
		ctx, cancel := w.Watch(t.Context(), s)
		t.Cleanup(cancel)
		return s, ctx
	}
	end := func(s *djsession.Session) {
		if err := m.Delete(t.Context(), s.Key()); err != nil {
			t.Fatal(err)
		}
	}
	a, watchingA := watch()
	_, watchingB := watch()
	end(a)
	first.next <- djsession.Fingerprint(a.Key())
	if err := over(t, watchingA); err != djsession.ErrNotFound || watchingB.Err() != nil {
		t.Errorf("got %v, and of the other %v", err, context.Cause(watchingB))
	}
	c, watchingC := watch()
	close(first.next)
	eventually(t, "the dead channel is closed", first.closed.Load)
	eventually(t, "a warning", func() bool { return strings.Contains(log.String(), "do not come") })
	end(c)
	channels <- second
	if err := over(t, watchingC); err != djsession.ErrNotFound {
		t.Errorf("after the channel came back: got %v", err)
	}
	eventually(t, "a line", func() bool { return strings.Contains(log.String(), "come again") })
	stop()
	if err := <-done; err != context.Canceled || !second.closed.Load() {
		t.Errorf("stopped: got %v", err)
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines were logged:\n%s", n, log.String())
	}
}

// TestWatchThousands: ten thousand watchers cost one query an interval and less
// than 20 MB.
func TestWatchThousands(t *testing.T) {
	const n = 10_000
	store := &manyStore{Store: memstore.New(nil)}
	m := djsession.NewManager(store, nil)
	sessions := make([]*djsession.Session, n)
	for i := range sessions {
		sessions[i] = newSession(t, m)
	}
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: time.Hour})
	before := heap()
	contexts := make([]context.Context, n)
	for i, s := range sessions {
		var cancel context.CancelFunc
		contexts[i], cancel = w.Watch(t.Context(), s)
		defer cancel()
	}
	eventually(t, "all were looked at", func() bool { return store.keys.Load() >= n })
	if mb := float64(heap()-before) / (1 << 20); mb > 20 {
		t.Errorf("%d watchers take %.1f MB", n, mb)
	} else {
		t.Logf("%d watchers take %.1f MB, and began with %d queries", n, mb, store.looks.Load())
	}
	looks, keys := store.looks.Load(), store.keys.Load()
	w.Notify()
	eventually(t, "a look at all", func() bool { return store.keys.Load() == keys+n })
	if got := store.looks.Load() - looks; got != 1 {
		t.Errorf("a look at all takes %d queries", got)
	}
	for i, s := range sessions {
		if i%100 == 0 {
			if err := m.Delete(t.Context(), s.Key()); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Notify()
	for i, ctx := range contexts {
		if i%100 == 0 {
			over(t, ctx)
		}
	}
	for i, ctx := range contexts {
		if i%100 != 0 && ctx.Err() != nil {
			t.Fatalf("session %d: %v", i, context.Cause(ctx))
		}
	}
	w.Close()
	for _, ctx := range contexts {
		over(t, ctx)
	}
	eventually(t, "nothing is watched", func() bool { return w.Len() == 0 })
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
