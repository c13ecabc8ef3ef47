package rueidiscache

import (
	"context"
	"sync"
	"time"
)

// bounded is the context with a deadline, at which rueidis stops trying. When
// the call is over, stop ours, if it is one.
func (c *Cache) bounded(ctx context.Context) (bound context.Context, ours *deadlineContext) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, nil
	}
	d := &deadlineContext{Context: ctx, deadline: time.Now().Add(c.opts.Timeout)}
	return d, d
}

// A deadlineContext starts its timer only when Done is called, so that a value
// from memory costs none.
type deadlineContext struct {
	context.Context
	deadline time.Time

	mu     sync.Mutex
	timed  context.Context
	cancel context.CancelFunc
}

func (d *deadlineContext) Deadline() (time.Time, bool) { return d.deadline, true }

func (d *deadlineContext) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.cancel = context.WithDeadline(d.Context, d.deadline)
	}
	return d.timed.Done()
}

func (d *deadlineContext) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed != nil {
		return d.timed.Err()
	}
	return d.Context.Err()
}

func (d *deadlineContext) stop() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel != nil {
		d.cancel()
	}
}
