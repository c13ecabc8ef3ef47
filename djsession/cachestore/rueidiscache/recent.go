package rueidiscache

import (
	"sync"
	"time"
)

// settle is how long a value is read from Redis after it was written through
// this cache: until then Redis's word that it changed, which comes on another
// connection, has surely arrived.
const settle = time.Second

// recent holds the keys that were written a moment ago. It forgets them when
// others are written, at most twice settle later, so it holds no more keys than
// are written in that time.
type recent struct {
	mu       sync.RWMutex
	now, old map[string]time.Time
	turned   time.Time
}

func (r *recent) add(key string) {
	at := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == nil || at.Sub(r.turned) > settle {
		r.old, r.now, r.turned = r.now, make(map[string]time.Time), at
	}
	r.now[key] = at
}

func (r *recent) has(key string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	at, ok := r.now[key]
	if !ok {
		at, ok = r.old[key]
	}
	return ok && time.Since(at) < settle
}
