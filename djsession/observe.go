package djsession

import (
	"context"
	"errors"
	"time"
)

// An Event is a call of a store, for metrics and traces. It holds nothing that
// identifies a session.
type Event struct {
	Op       string // "load", "create", "update", "modify", "rekey", "delete" or "watch"
	Start    time.Time
	Duration time.Duration
	Err      error       // what the store returned
	Cache    CacheResult // what became of the cache, in a store that has one before a database
}

// CacheResult is how a store that has a cache before a database, as cached_db
// has, fared with the cache.
type CacheResult uint8

// The results. A cache has failed if it did not answer, or with a value that
// cannot be read: then the database answered instead, or was the only one
// written.
const (
	CacheNone CacheResult = iota
	CacheHit
	CacheMiss
	CacheFailed
)

// String is a word for a metric's label: "none", "hit", "miss" and "failed".
func (r CacheResult) String() string {
	switch r {
	case CacheHit:
		return "hit"
	case CacheMiss:
		return "miss"
	case CacheFailed:
		return "failed"
	}
	return "none"
}

type cacheResultKey struct{}

// ReportCache is for stores: it sets r in the [Event] of the call with this
// context, if Options.Observe is set. Call it before the store's method
// returns.
func ReportCache(ctx context.Context, r CacheResult) {
	if result, ok := ctx.Value(cacheResultKey{}).(*CacheResult); ok {
		*result = r
	}
}

// Outcome is Err in a word, for a metric's label: "ok", "not found", "corrupt",
// "too large", "unavailable" and "error".
func (e *Event) Outcome() string {
	switch {
	case e.Err == nil:
		return "ok"
	case errors.Is(e.Err, ErrNotFound):
		return "not found"
	case errors.Is(e.Err, ErrCorrupt):
		return "corrupt"
	case errors.Is(e.Err, ErrTooLarge):
		return "too large"
	case errors.Is(e.Err, ErrUnavailable):
		return "unavailable"
	}
	return "error"
}

// observe calls the store and reports it.
func (m *Manager) observe(ctx context.Context, op string, call func(ctx context.Context) error) error {
	if m.opts.Observe == nil {
		return call(ctx)
	}
	e := Event{Op: op, Start: time.Now()}
	e.Err = call(context.WithValue(ctx, cacheResultKey{}, &e.Cache))
	e.Duration = time.Since(e.Start)
	m.opts.Observe(ctx, e)
	return e.Err
}
