package dbstore

import (
	"context"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

const defaultBatch = 1000

// ClearExpired implements [djsession.ExpiredClearer]: many short statements in place of Django's single long one, so that
// nobody waits for it. Several at once do no harm.
func (s *Store) ClearExpired(ctx context.Context, opts *djsession.ClearOptions) (deleted int64, err error) {
	if opts == nil {
		opts = new(djsession.ClearOptions)
	}
	now := s.time(s.now())
	for {
		batch := int64(opts.BatchSize)
		if batch <= 0 {
			batch = defaultBatch
		}
		if opts.Max > 0 {
			batch = min(batch, opts.Max-deleted)
		}
		n, err := s.db.Exec(ctx, s.sql.clear, now, batch)
		if err != nil {
			return deleted, s.fail("clear", err)
		}
		deleted += n
		if opts.Progress != nil {
			opts.Progress(deleted)
		}
		if n < batch || deleted == opts.Max {
			return deleted, nil
		}
		if err := pause(ctx, opts.Pause); err != nil {
			return deleted, s.fail("clear", err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
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
