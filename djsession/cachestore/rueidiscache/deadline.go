package rueidiscache

import (
	"context"
	"time"
)

// bounded is the context with a deadline, at which rueidis stops trying. It has no timer, so that a value from memory costs none.
func (c *Cache) bounded(ctx context.Context) context.Context {
	if _, ok := ctx.Deadline(); ok {
		return ctx
	}
	return deadlineContext{ctx, time.Now().Add(c.opts.Timeout)}
}

type deadlineContext struct {
	context.Context
	deadline time.Time
}

func (d deadlineContext) Deadline() (time.Time, bool) { return d.deadline, true }
