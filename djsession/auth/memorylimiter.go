package auth

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// MemoryLimiterOptions are the limits of a [MemoryLimiter]. Nil and the zero
// value are the defaults.
type MemoryLimiterOptions struct {
	// PerName is how many attempts may fail in a Window for one name from one
	// address, and ten times that from all addresses: who knows a name shall
	// not easily lock its user out. Default: 10.
	PerName int

	// PerAddress is how many may fail in a Window from one address, for all
	// names. Many users may share one. With IPv6, whose clients have a whole
	// network of addresses, its 64 bits are the address. Default: 100.
	PerAddress int

	// Window is how long a count lasts, from its first failure.
	// Default: 15 minutes.
	Window time.Duration

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// A MemoryLimiter is a [LoginLimiter] that counts in the memory of its process:
// several processes count apart, and a restart forgets. It keeps at most some
// 200,000 counts; when so many are kept, the oldest are forgotten.
type MemoryLimiter struct {
	opts MemoryLimiterOptions

	mu       sync.Mutex
	now, old map[limited]count // what is in old is older than all of now
}

// limited is what is counted: a name, an address, or both together.
type limited struct{ name, address string }

type count struct {
	failures int
	until    time.Time
}

// mostCounts is how many of the newest are kept, and once more as many.
const mostCounts = 100_000

// NewMemoryLimiter returns a limiter that has counted nothing yet.
func NewMemoryLimiter(opts *MemoryLimiterOptions) *MemoryLimiter {
	l := &MemoryLimiter{now: make(map[limited]count)}
	if opts != nil {
		l.opts = *opts
	}
	if l.opts.PerName == 0 {
		l.opts.PerName = 10
	}
	if l.opts.PerAddress == 0 {
		l.opts.PerAddress = 100
	}
	if l.opts.Window <= 0 {
		l.opts.Window = 15 * time.Minute
	}
	if l.opts.Now == nil {
		l.opts.Now = time.Now
	}
	return l
}

// limits are those of an attempt. One from no address counts by its name alone.
func (l *MemoryLimiter) limits(a Attempt) map[limited]int {
	name, address := nameOf(a), addressOf(a)
	limits := map[limited]int{{name: name}: 10 * l.opts.PerName}
	if address != "" {
		limits[limited{name, address}] = l.opts.PerName
		limits[limited{address: address}] = l.opts.PerAddress
	}
	return limits
}

// nameOf returns a name as it is counted: in one case and without spaces around
// it, since some databases find a user by any of those, and no longer than any
// column. It is a copy, since what was sent may be much longer.
func nameOf(a Attempt) string {
	name := strings.Clone(a.Username[:min(len(a.Username), 512)])
	return strings.ToLower(strings.TrimSpace(name))
}

// addressOf returns an address as it is counted: see
// MemoryLimiterOptions.PerAddress. What is no address, but an
// Options.ClientAddress returned it, is a short copy.
func addressOf(a Attempt) string {
	address, err := netip.ParseAddr(a.Address)
	if err != nil {
		return strings.Clone(a.Address[:min(len(a.Address), 64)])
	}
	address = address.Unmap().WithZone("")
	if address.Is4() {
		return address.String()
	}
	network, _ := address.Prefix(64)
	return network.String()
}

// Begin implements [LoginLimiter]. An attempt that it refuses does not count.
func (l *MemoryLimiter) Begin(_ context.Context, attempt Attempt) error {
	now := l.opts.Now()
	limits := l.limits(attempt)
	l.mu.Lock()
	defer l.mu.Unlock()
	for of, most := range limits {
		if l.get(of, now).failures >= most {
			return ErrThrottled
		}
	}
	for of := range limits {
		l.add(of, 1, now)
	}
	return nil
}

// End implements [LoginLimiter]. A success forgets the failures of the name
// from its address; what others have failed at stays.
func (l *MemoryLimiter) End(_ context.Context, attempt Attempt, succeeded bool) {
	now := l.opts.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for of := range l.limits(attempt) {
		l.add(of, -1, now)
	}
	if succeeded {
		of := limited{nameOf(attempt), addressOf(attempt)}
		delete(l.now, of)
		delete(l.old, of)
	}
}

func (l *MemoryLimiter) get(of limited, now time.Time) count {
	c, ok := l.now[of]
	if !ok {
		c = l.old[of]
	}
	if !now.Before(c.until) {
		return count{until: now.Add(l.opts.Window)}
	}
	return c
}

func (l *MemoryLimiter) add(of limited, n int, now time.Time) {
	c := l.get(of, now)
	c.failures = max(c.failures+n, 0)
	if len(l.now) >= mostCounts {
		l.now, l.old = make(map[limited]count), l.now
	}
	l.now[of] = c
}
