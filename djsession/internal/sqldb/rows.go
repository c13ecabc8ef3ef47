package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// Exists reports whether a query, written with ?, finds a row.
func (db *DB) Exists(ctx context.Context, query string, args ...any) (bool, error) {
	var one int
	err := db.QueryRow(ctx, query, args, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// InsertNew runs a query of [Dialect.Insert] and reports whether the key was free. Where a taken key is an error like any other,
// exists, a query with the key alone, tells which it was.
func (db *DB) InsertNew(ctx context.Context, insert string, conflict bool, exists string, key any, args ...any) (bool, error) {
	n, err := db.Exec(ctx, insert, args...)
	if err == nil {
		return n > 0, nil
	}
	if !conflict && ctx.Err() == nil {
		if taken, lookErr := db.Exists(ctx, exists, key); lookErr == nil && taken {
			return false, nil
		}
	}
	return false, err
}

const defaultBatch = 1000

// DeleteBatches runs a query of [Dialect.DeleteSome] that takes now, until it finds nothing more.
func (db *DB) DeleteBatches(ctx context.Context, query string, now any, opts *djsession.ClearOptions) (deleted int64, err error) {
	if opts == nil {
		opts = new(djsession.ClearOptions)
	}
	for {
		batch := int64(opts.BatchSize)
		if batch <= 0 {
			batch = defaultBatch
		}
		if opts.Max > 0 {
			batch = min(batch, opts.Max-deleted)
		}
		n, err := db.Exec(ctx, query, now, batch)
		if err != nil {
			return deleted, err
		}
		deleted += n
		if opts.Progress != nil {
			opts.Progress(deleted)
		}
		if n < batch || deleted == opts.Max {
			return deleted, nil
		}
		if err := pause(ctx, opts.Pause); err != nil {
			return deleted, err
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
