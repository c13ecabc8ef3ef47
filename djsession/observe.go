package djsession

import (
	"context"
	"errors"
	"time"
)

// An Event is a call of a store, for metrics and traces. It holds nothing that identifies a session.
type Event struct {
	Op       string // "load", "create", "update", "modify" or "delete"
	Start    time.Time
	Duration time.Duration
	Err      error // what the store returned
}

// Outcome is Err in a word, for a metric's label: "ok", "not found", "corrupt", "unavailable" and "error".
func (e *Event) Outcome() string {
	switch {
	case e.Err == nil:
		return "ok"
	case errors.Is(e.Err, ErrNotFound):
		return "not found"
	case errors.Is(e.Err, ErrCorrupt):
		return "corrupt"
	case errors.Is(e.Err, ErrUnavailable):
		return "unavailable"
	}
	return "error"
}

// observe calls the store and reports it.
func (m *Manager) observe(ctx context.Context, op string, call func() error) error {
	if m.opts.Observe == nil {
		return call()
	}
	start := time.Now()
	err := call()
	m.opts.Observe(ctx, Event{Op: op, Start: start, Duration: time.Since(start), Err: err})
	return err
}
