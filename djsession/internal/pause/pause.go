// Package pause waits between the batches of work that others must not feel.
package pause

import (
	"context"
	"time"
)

// For waits for d, or returns ctx's error as soon as it ends.
func For(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
