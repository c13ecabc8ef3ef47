package auth_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
)

// TestMemoryLimiter goes through attempts one after another: each says whether
// it is let through, and how it ends.
func TestMemoryLimiter(t *testing.T) {
	const (
		fails = iota
		succeeds
		undecided
	)
	type step struct {
		name, address string
		after         time.Duration // since the last one
		refused       bool
		end           int
	}
	repeat := func(n int, s step) []step {
		steps := make([]step, n)
		for i := range steps {
			steps[i] = s
		}
		return steps
	}
	tests := []struct {
		reason string
		steps  []step
	}{
		{"a name from an address", append(repeat(3, step{name: "a", address: "1"}), step{name: "a", address: "1", refused: true}, step{name: "b", address: "1"}, step{name: "a", address: "2"})},
		{"the window ends", append(repeat(3, step{name: "a", address: "1"}), step{name: "a", address: "1", after: 59 * time.Second, refused: true}, step{name: "a", address: "1", after: time.Second})},
		{"success forgets", append(repeat(2, step{name: "a", address: "1"}), append([]step{{name: "a", address: "1", end: succeeds}}, repeat(3, step{name: "a", address: "1"})...)...)},
		{"what could not be decided does not count", append(repeat(9, step{name: "a", address: "1", end: undecided}), step{name: "a", address: "1"})},
		{"an address, for all names", append([]step{{name: "a", address: "1"}, {name: "b", address: "1"}, {name: "c", address: "1"}, {name: "d", address: "1"}, {name: "e", address: "1"}},
			step{name: "f", address: "1", refused: true}, step{name: "f", address: "2"})},
		{"success with an account of one's own does not forget what the address has failed at",
			[]step{{name: "a", address: "1"}, {name: "b", address: "1"}, {name: "mine", address: "1", end: succeeds}, {name: "c", address: "1"}, {name: "d", address: "1"},
				{name: "mine", address: "1", end: succeeds}, {name: "e", address: "1"}, {name: "f", address: "1", refused: true}}},
		{"a name in all its forms", []step{{name: "alice", address: "1"}, {name: "ALICE", address: "1"}, {name: " Alice", address: "1"}, {name: "alicE", address: "1", refused: true}}},
		{"a network of IPv6, which is one client's", []step{{name: "a", address: "2001:db8::1"}, {name: "a", address: "2001:db8::2"}, {name: "a", address: "2001:db8::ffff:1%eth0"},
			{name: "a", address: "2001:db8::3", refused: true}, {name: "b", address: "2001:db8::4"}, {name: "c", address: "2001:db8::5"}, {name: "d", address: "2001:db8::6", refused: true},
			{name: "d", address: "2001:db8:0:1::1"}}},
		{"IPv4 in IPv6 is an address of its own", append(repeat(3, step{name: "a", address: "::ffff:192.0.2.1"}), step{name: "a", address: "192.0.2.1", refused: true}, step{name: "a", address: "::ffff:192.0.2.2"})},
		{"success in a network of IPv6", append(repeat(2, step{name: "a", address: "2001:db8::1"}), append([]step{{name: "a", address: "2001:db8::2", end: succeeds}},
			repeat(3, step{name: "a", address: "2001:db8::3"})...)...)},
		{"no address", append(repeat(30, step{name: "a"}), step{name: "a", refused: true})},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			now := time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
			l := auth.NewMemoryLimiter(&auth.MemoryLimiterOptions{PerName: 3, PerAddress: 5, Window: time.Minute, Now: func() time.Time { return now }})
			for i, s := range test.steps {
				now = now.Add(s.after)
				attempt := auth.Attempt{Username: s.name, Address: s.address}
				err := l.Begin(t.Context(), attempt)
				if refused := errors.Is(err, auth.ErrThrottled); refused != s.refused {
					t.Fatalf("attempt %d: %v", i, err)
				}
				if err == nil && s.end != fails {
					l.End(t.Context(), attempt, s.end == succeeds)
				}
			}
		})
	}
	t.Run("a name from everywhere", func(t *testing.T) {
		l := auth.NewMemoryLimiter(&auth.MemoryLimiterOptions{PerName: 3})
		through := 0
		for i := range 100 {
			if l.Begin(t.Context(), auth.Attempt{Username: "a", Address: fmt.Sprint(i)}) == nil {
				through++
			}
		}
		if through != 30 {
			t.Errorf("%d came through", through)
		}
	})
}

// TestMemoryLimiterDefaults: no value of an option turns a limit off.
func TestMemoryLimiterDefaults(t *testing.T) {
	for reason, opts := range map[string]*auth.MemoryLimiterOptions{
		"nil": nil, "zero": {}, "a negative window": {Window: -time.Minute}, "a limit that overflows": {PerName: 1 << 62, PerAddress: 1},
	} {
		t.Run(reason, func(t *testing.T) {
			l := auth.NewMemoryLimiter(opts)
			for range 1000 {
				if l.Begin(t.Context(), auth.Attempt{Username: "a", Address: "1"}) != nil {
					return
				}
			}
			t.Error("a thousand attempts came through")
		})
	}
}

// TestMemoryLimiterAtOnce: many attempts at the same time are as many.
func TestMemoryLimiterAtOnce(t *testing.T) {
	l := auth.NewMemoryLimiter(nil)
	var through atomic.Int64
	var all sync.WaitGroup
	for range 500 {
		all.Go(func() {
			if l.Begin(t.Context(), auth.Attempt{Username: "a", Address: "1"}) == nil {
				through.Add(1)
			}
		})
	}
	all.Wait()
	if through.Load() != 10 {
		t.Errorf("%d came through", through.Load())
	}
}

// TestMemoryLimiterIsBounded: names that no user has, however many and long, do
// not fill the memory, and the last of them count.
func TestMemoryLimiterIsBounded(t *testing.T) {
	l := auth.NewMemoryLimiter(&auth.MemoryLimiterOptions{PerAddress: 1 << 30})
	before := heap()
	for i := range 200 {
		l.Begin(t.Context(), auth.Attempt{Username: fmt.Sprint(i) + strings.Repeat("x", 1<<20), Address: "1"})
	}
	for i := range 300_000 {
		l.Begin(t.Context(), auth.Attempt{Username: fmt.Sprint(i), Address: "1"})
	}
	if grown := heap() - before; grown > 64<<20 {
		t.Errorf("it keeps %d MB", grown>>20)
	}
	for range 10 {
		if err := l.Begin(t.Context(), auth.Attempt{Username: "299999 ", Address: "1"}); errors.Is(err, auth.ErrThrottled) {
			return
		}
	}
	t.Error("the last name does not count")
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
