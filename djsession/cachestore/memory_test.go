package cachestore_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// memory is a cache that a test can look into and break. It tells what is left
// of a value's time unless blind, and goes by the test's clock.
type memory struct {
	now func() time.Time

	mu     sync.Mutex
	values map[string]entry
	calls  []string
	fail   error          // of every call
	slow   time.Duration  // of every call, unless the context ends it
	lost   map[string]int // calls, and how often each is done without an answer; it is tried twice
	refuse string         // a call that fails, as when there is no room
	before func(op string)
	after  func() // a call that was done
}

type entry struct {
	value   string
	expires time.Time
}

func newMemory(now func() time.Time) *memory {
	return &memory{now: now, values: make(map[string]entry)}
}

// set changes what goes wrong, while calls are under way.
func (m *memory) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// do runs f under the lock, as one call.
func (m *memory) do(ctx context.Context, op string, f func() error) error {
	m.mu.Lock()
	before, slow := m.before, m.slow
	m.mu.Unlock()
	if before != nil {
		before(op)
	}
	select {
	case <-ctx.Done():
	case <-time.After(slow):
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", djsession.ErrUnavailable, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = append(m.calls, op)
	if m.fail != nil {
		return m.fail
	}
	if m.after != nil {
		defer m.after()
	}
	if op == m.refuse {
		return djsession.ErrUnavailable
	}
	for range 2 {
		err := f()
		if m.lost[op] == 0 {
			return err
		}
		m.lost[op]--
	}
	return djsession.ErrUnavailable
}

func (m *memory) live(key string) (entry, bool) {
	e, ok := m.values[key]
	return e, ok && e.expires.After(m.now())
}

// forget lets go of what has expired, for good.
func (m *memory) forget() {
	maps.DeleteFunc(m.values, func(_ string, e entry) bool { return !e.expires.After(m.now()) })
}

func (m *memory) put(key string, value []byte, ttl time.Duration) {
	if ttl%time.Second != 0 {
		panic("a time to live that is not in whole seconds")
	}
	delete(m.values, key)
	if ttl > 0 {
		m.values[key] = entry{string(value), m.now().Add(ttl)}
	}
}

func (m *memory) GetTTL(ctx context.Context, key string) (value []byte, ttl time.Duration, err error) {
	err = m.do(ctx, "get", func() error {
		e, ok := m.live(key)
		if !ok {
			return djsession.ErrNotFound
		}
		value, ttl = []byte(e.value), e.expires.Sub(m.now())
		return nil
	})
	return value, ttl, err
}

func (m *memory) Get(ctx context.Context, key string) ([]byte, error) {
	value, _, err := m.GetTTL(ctx, key)
	return value, err
}

func (m *memory) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return m.do(ctx, "set", func() error {
		m.put(key, value, ttl)
		return nil
	})
}

func (m *memory) Add(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return m.do(ctx, "add", func() error {
		if _, taken := m.live(key); taken {
			return djsession.ErrKeyExists
		}
		m.put(key, value, ttl)
		return nil
	})
}

func (m *memory) Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return m.do(ctx, "replace", func() error {
		if _, found := m.live(key); !found {
			return djsession.ErrNotFound
		}
		m.put(key, value, ttl)
		return nil
	})
}

func (m *memory) Delete(ctx context.Context, key string) error {
	return m.do(ctx, "delete", func() error {
		delete(m.values, key)
		return nil
	})
}

func (m *memory) Modify(ctx context.Context, key string, change cachestore.Change) error {
	for {
		value, ttl, err := m.GetTTL(ctx, key)
		if err != nil {
			return err
		}
		changed, ttl, err := change(value, ttl)
		if err != nil {
			return err
		}
		swapped := false
		if err := m.do(ctx, "swap", func() error {
			e, found := m.live(key)
			if !found {
				return djsession.ErrNotFound
			}
			if swapped = bytes.Equal([]byte(e.value), value); swapped {
				m.put(key, changed, ttl)
			}
			return nil
		}); err != nil || swapped {
			return err
		}
	}
}

// blind is a cache that can do no more than it must: it tells no time and swaps
// nothing.
type blind struct{ cachestore.Cache }
