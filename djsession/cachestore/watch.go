package cachestore

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A watch holds what a store with a database behind its cache knows about the
// cache: whether it answers, which of its sessions match the table, and which
// it must still forget.
//
// A cache that was away may come back with older sessions than the table's: its
// disk was behind, a replica took over, or saves went on without it. So a
// session in it is trusted only if this store has written it, or compared it
// with the table, since the last gap in its answers.
//
// Other programs may find out later that the cache is back. Until then they
// save to the table alone. So after a failure nothing is trusted until they
// have had time for that.
type watch struct {
	forget func(ctx context.Context, key string) error // tells the cache to
	ask    func(ctx context.Context, key string) error // any question at all
	limit  time.Duration                               // of a call by mend
	tell   func(away bool, err error)                  // of a change of away

	mu       sync.Mutex
	away     bool      // nothing is asked of the cache, but by mend
	failures int       // calls without an answer, since the last with one
	failed   string    // the key of the last such call
	seen     time.Time // when the cache last answered
	sight    int       // counts how often it was lost sight of
	trusted  keySet
	settled  time.Time         // from then on something can be trusted again
	stale    map[string]uint64 // what the cache must forget, numbered
	number   uint64
	mending  bool
	mended   time.Time // when mend last tried
}

const (
	// maxFailures is how many calls in a row may fail before the cache counts
	// as away. One may be an accident.
	maxFailures = 3

	// maxUnseen is how long nothing may be heard from the cache before it may
	// have been away unseen.
	maxUnseen = time.Second

	// settling is how long after a failure other programs may still do without
	// the cache: several times what they take to try it again.
	settling = 5 * time.Second

	// mendPause is the time between two attempts to reach a cache.
	mendPause = 200 * time.Millisecond

	// maxStale is how many keys are remembered for the cache to forget: some
	// 10 MB.
	maxStale = 1 << 16
)

// enter reports whether the cache is to be asked.
func (w *watch) enter() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away && time.Since(w.mended) >= mendPause {
		w.startMending()
	}
	return !w.away
}

func (w *watch) isAway() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.away
}

// answered notes what became of a call of the cache. Errors that do not tell
// whether the cache is there change nothing. The result is for trust.
func (w *watch) answered(key string, err error) (sight int) {
	sight, lost := w.note(key, err)
	if lost {
		w.tell(true, err)
	}
	return sight
}

func (w *watch) note(key string, err error) (sight int, lost bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case errors.Is(err, djsession.ErrUnavailable):
		lost = w.fail(key)
	case isAnswer(err) && !w.away:
		w.failures = 0
		now := time.Now()
		if now.Sub(w.seen) > maxUnseen {
			w.lose()
		}
		w.seen = now
	}
	return w.sight, lost
}

func isAnswer(err error) bool {
	return err == nil || errors.Is(err, djsession.ErrNotFound) ||
		errors.Is(err, djsession.ErrKeyExists) || errors.Is(err, djsession.ErrCorrupt) ||
		errors.Is(err, djsession.ErrTooLarge)
}

// fail notes a call without an answer, and reports whether the cache counts as
// away from now on. The lock is held.
func (w *watch) fail(key string) (lost bool) {
	w.failures++
	w.failed = key
	w.doubt()
	if w.away || w.failures < maxFailures {
		return false
	}
	w.away = true
	w.mended = time.Now()
	return true
}

// doubt makes every session be compared with the table for a while. The lock
// is held.
func (w *watch) doubt() {
	w.lose()
	w.settled = time.Now().Add(settling)
}

// lose forgets what is known of the cache's sessions. The lock is held.
func (w *watch) lose() {
	w.sight++
	w.trusted.clear()
}

// trusts reports whether the cache has a session as the table has it, but for
// what is being saved at this moment.
func (w *watch) trusts(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trusted.has(key)
}

// trust notes that the cache has a session as the table has it, unless the
// cache was lost sight of since that answer, or a short time before it, or has
// to forget the session.
func (w *watch) trust(key string, sight int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, stale := w.stale[key]; !stale && sight == w.sight && !w.away && !time.Now().Before(w.settled) {
		w.trusted.add(key)
	}
}

// distrust undoes trust.
func (w *watch) distrust(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trusted.remove(key)
}

// later remembers that the cache must forget a session, and reports whether
// there was room for that.
func (w *watch) later(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trusted.remove(key)
	if _, known := w.stale[key]; !known && len(w.stale) >= maxStale {
		return false
	}
	if w.stale == nil {
		w.stale = make(map[string]uint64)
	}
	w.number++
	w.stale[key] = w.number
	w.startMending()
	return true
}
