package sqldb

import (
	"context"
	"database/sql"
	"errors"
)

// QueryAtOnce runs a query, written with ?, that is too long to be repeated. It
// reads what was committed when it began, whatever the connection's isolation
// is: under SERIALIZABLE it could be cancelled half way because of others. The
// caller calls end after the last row.
func (db *DB) QueryAtOnce(ctx context.Context, query string, args ...any) (rows *sql.Rows, end func(), err error) {
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted, ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	rows, err = tx.QueryContext(ctx, db.Dialect.Rebind(query), args...)
	if err != nil {
		tx.Rollback()
		return nil, nil, err
	}
	return rows, func() { rows.Close(); tx.Rollback() }, nil
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
