package forwardauth

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
)

// A cache remembers for a short time who the user of a cookie is. Requests that
// ask for the same cookie at once share one lookup. It keeps hashes, no keys.
type cache struct {
	lifetime time.Duration
	size     int
	timeout  time.Duration
	now      func() time.Time

	mu      sync.Mutex
	entries map[[sha256.Size]byte]*entry
}

// An entry is a lookup that is under way or done.
type entry struct {
	done  chan struct{} // closed when user and err are set
	until time.Time
	user  *auth.User
	err   error
}

// A lookUp finds the user of a session's key.
type lookUp func(ctx context.Context, key string) (*auth.User, error)

// maxNegative limits how long it is remembered that a cookie has no user: one
// who has just logged in does not wait for long.
const maxNegative = time.Second

func newCache(lifetime time.Duration, size int, timeout time.Duration, now func() time.Time) *cache {
	return &cache{lifetime: lifetime, size: size, timeout: timeout, now: now, entries: make(map[[sha256.Size]byte]*entry)}
}

// user returns what lookUp found for a key, now or a moment ago.
func (c *cache) user(ctx context.Context, key string, lookUp lookUp) (*auth.User, bool, error) {
	sum := sha256.Sum256([]byte(key))
	c.mu.Lock()
	e, ok := c.entries[sum]
	if ok && c.now().Before(e.until) {
		c.mu.Unlock()
		select {
		case <-e.done:
			return e.user, true, e.err
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
	// The time counts from before the lookup: a logout after it is seen in
	// time.
	e = &entry{done: make(chan struct{}), until: c.now().Add(c.lifetime)}
	c.makeRoom()
	c.entries[sum] = e
	c.mu.Unlock()
	c.fill(ctx, key, e, lookUp)
	return e.user, false, e.err
}

// fill looks the user up. Others may wait for it, so that the first one's going
// away does not end it, and a panic leaves none of them waiting.
func (c *cache) fill(ctx context.Context, key string, e *entry, lookUp lookUp) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.timeout)
	defer cancel()
	e.err = errPanic
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		sum := sha256.Sum256([]byte(key))
		switch {
		case e.err == nil:
		case errors.Is(e.err, auth.ErrNotLoggedIn):
			e.until = e.until.Add(min(0, maxNegative-c.lifetime))
		case c.entries[sum] == e:
			delete(c.entries, sum)
		}
		close(e.done)
	}()
	e.user, e.err = lookUp(ctx, key)
}

var errPanic = errors.New("forwardauth: the lookup ended in a panic")

// makeRoom takes out an entry if there are too many: one that is over, if a few
// that are looked at have such a one.
func (c *cache) makeRoom() {
	if len(c.entries) < c.size {
		return
	}
	now, tried := c.now(), 0
	for sum, e := range c.entries { // in an order that changes
		if tried++; !now.Before(e.until) || tried == 8 || tried == len(c.entries) {
			delete(c.entries, sum)
			return
		}
	}
}

// clear forgets everything, lookups that are under way too.
func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
}
