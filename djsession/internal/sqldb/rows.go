package sqldb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
)

// Rows are the rows that a query found. Close must be called.
type Rows struct {
	rows   *sql.Rows
	looked bool // ahead for the first row
	first  bool // is there one
	tx     *sql.Tx
	line   *line
}

func rowsOf(rows *sql.Rows, err error) (*Rows, error) {
	if err != nil {
		return nil, err
	}
	return &Rows{rows: rows}, nil
}

// Next goes on to the next row, and reports whether there is one.
func (r *Rows) Next() bool {
	if r.looked {
		r.looked = false
		return r.first
	}
	return r.rows.Next()
}

// Scan copies the columns of the row.
func (r *Rows) Scan(dest ...any) error { return r.rows.Scan(dest...) }

// Err returns what ended the rows early: the end of the context, if the line
// was cut for that.
func (r *Rows) Err() error {
	err := r.rows.Err()
	if err != nil && r.line != nil {
		return cmp.Or(r.line.ctx.Err(), err)
	}
	return err
}

// Close ends the query. It may be called more than once.
func (r *Rows) Close() error {
	err := r.rows.Close()
	if r.tx != nil {
		r.tx.Rollback()
	}
	if r.line != nil {
		r.line.release()
		r.line = nil
	}
	return err
}

// QueryAtOnce runs a query, written with ?, that is too long to be repeated. It
// reads what was committed when it began, whatever the connection's isolation
// is: under SERIALIZABLE it could be cancelled half way because of others.
func (db *DB) QueryAtOnce(ctx context.Context, query string, args ...any) (*Rows, error) {
	m, text, args, err := db.message(ctx, query, args)
	if err != nil {
		return nil, err
	}
	opts := &sql.TxOptions{Isolation: sql.LevelReadCommitted, ReadOnly: true}
	if m.deaf {
		return db.queryAtOnceApart(ctx, opts, text, args)
	}
	tx, err := db.sql.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, text, args...)
	if err != nil {
		tx.Rollback()
		return nil, err
	}
	return &Rows{rows: rows, tx: tx}, nil
}

// Exists reports whether a query, written with ?, finds a row.
func (db *DB) Exists(ctx context.Context, query string, args ...any) (bool, error) {
	var one int
	err := db.QueryRow(ctx, query, args, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// InsertNew runs a query of [Dialect.Insert] and reports whether the key was
// free. Where a taken key is an error like any other, exists, a query with the
// key alone, tells which it was.
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
