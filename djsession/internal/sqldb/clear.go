package sqldb

import (
	"context"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/pause"
)

// An Expiry is the queries that delete what has expired in a table.
type Expiry struct {
	// Anywhere is the query that deletes rows wherever the database finds
	// them: now, limit. Batch does so in its place, if it is set.
	Anywhere string
	Batch    func(ctx context.Context, now any, limit int64) (deleted int64, err error)

	table   string
	byBlock string // from, to, now, limit, now; empty if the database cannot
	count   string // table
	block   func(n int64) any
}

// NewExpiry returns the queries for a table by its key and its column of
// expiry, all of them quoted.
func NewExpiry(d Dialect, table, key, expires string) Expiry {
	e := Expiry{table: table, Anywhere: d.DeleteSome(table, key, expires+" < ?")}
	e.byBlock, e.count, e.block = d.DeleteByBlock(table, expires+" < ?")
	return e
}

// Clear deletes what expired before now, in many short statements, and says how
// many rows are gone, also if there is an error.
func (db *DB) Clear(ctx context.Context, e *Expiry, now any, opts *djsession.ClearOptions) (deleted int64, err error) {
	if opts == nil {
		opts = new(djsession.ClearOptions)
	}
	c := clearing{db: db, expiry: e, opts: opts, now: now}
	if blocks := c.blocks(ctx); blocks > 0 {
		err = c.inBlocks(ctx, blocks)
	} else {
		err = c.anywhere(ctx)
	}
	return c.deleted, err
}

// A clearing is one run of Clear.
type clearing struct {
	db      *DB
	expiry  *Expiry
	opts    *djsession.ClearOptions
	now     any
	deleted int64
}

const defaultBatch = 1000

// limit is how many rows the next statement may delete; 0 if no more are to go.
func (c *clearing) limit() int64 {
	limit := int64(c.opts.BatchSize)
	if limit <= 0 {
		limit = defaultBatch
	}
	if c.opts.Max > 0 {
		limit = min(limit, c.opts.Max-c.deleted)
	}
	return limit
}

// some deletes at most so many expired rows, wherever they are.
func (c *clearing) some(ctx context.Context, limit int64) (int64, error) {
	if c.expiry.Batch != nil {
		return c.expiry.Batch(ctx, c.now, limit)
	}
	return c.db.Exec(ctx, c.expiry.Anywhere, c.now, limit)
}

// batched counts the rows that a statement deleted.
func (c *clearing) batched(n int64, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	c.deleted += n
	if c.opts.Progress != nil {
		c.opts.Progress(c.deleted)
	}
	return n, nil
}

// anywhere deletes expired rows wherever the database finds them, until there
// are no more.
func (c *clearing) anywhere(ctx context.Context) error {
	for {
		limit := c.limit()
		if limit == 0 {
			return nil
		}
		n, err := c.batched(c.some(ctx, limit))
		if err != nil || n < limit {
			return err
		}
		if err := pause.For(ctx, c.opts.Pause); err != nil {
			return err
		}
	}
}

// blocksAtOnce is how far a statement looks at most: a table without expired
// rows is passed over quickly, and no statement is long.
const blocksAtOnce = 1024

// inBlocks goes through the table once, by so many blocks at a time that a
// statement finds about as much as it may delete.
func (c *clearing) inBlocks(ctx context.Context, blocks int64) error {
	e, step := c.expiry, int64(16)
	for at := int64(0); at < blocks; {
		limit := c.limit()
		if limit == 0 {
			return nil
		}
		n, err := c.batched(c.db.Exec(ctx, e.byBlock, e.block(at), e.block(at+step), c.now, limit, c.now))
		if err != nil {
			return err
		}
		if n < limit {
			at += step
		}
		// A little less than may be deleted is best: when there is more, the
		// rest takes a statement of its own.
		step = max(1, min(step*limit*3/4/max(n, 1), 4*step, blocksAtOnce))
		if n > 0 {
			if err := pause.For(ctx, c.opts.Pause); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// blocks returns how many blocks the table has, or 0 if it cannot be cleared by
// them: if that is because of an error, the other way will meet it too.
func (c *clearing) blocks(ctx context.Context) (n int64) {
	if c.expiry.byBlock == "" || c.expiry.Batch != nil {
		return 0
	}
	if err := c.db.QueryRow(ctx, c.expiry.count, []any{c.expiry.table}, &n); err != nil {
		return 0
	}
	return n
}
