package sqldb

import (
	"context"
	"database/sql"
	"sync"
)

// A DB is a database with its dialect and statements that are prepared once, at their first use, so that each later
// call is one round trip.
type DB struct {
	Dialect Dialect
	sql     *sql.DB
	plain   bool          // nothing is prepared, for poolers that hand out another connection each time
	writer  chan struct{} // holds one token, where only one may write
	larges  chan struct{} // holds a token for each large statement being sent

	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// Open wraps a database. Unprepared sends each query with its parameters, in as many round trips as the driver needs.
func Open(db *sql.DB, d Dialect, unprepared bool) *DB {
	o := &DB{Dialect: d, sql: db, plain: unprepared, stmts: make(map[string]*sql.Stmt), larges: make(chan struct{}, largeAtOnce)}
	if d.OneWriter() {
		o.writer = make(chan struct{}, 1)
	}
	return o
}

// QueryRow runs a query, written with ?, that gives at most one row.
func (db *DB) QueryRow(ctx context.Context, query string, args []any, dest ...any) error {
	for retry := db.Retry(); ; {
		err := db.queryRow(ctx, query, args, dest)
		if !retry.After(ctx, err) {
			return err
		}
	}
}

func (db *DB) queryRow(ctx context.Context, query string, args, dest []any) error {
	if db.plain {
		return db.sql.QueryRowContext(ctx, db.Dialect.Rebind(query), args...).Scan(dest...)
	}
	stmt, err := db.prepare(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(dest...)
}

// Query runs a query, written with ?. It is not prepared: those with many rows are rare and differ. Nor is it repeated: see [DB.Retry].
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.sql.QueryContext(ctx, db.Dialect.Rebind(query), args...)
}

// Exec runs a statement, written with ?, and returns how many rows it affected.
func (db *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	done, err := db.write(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	taken, err := db.turn(ctx, args)
	if err != nil {
		return 0, err
	}
	if taken {
		defer func() { <-db.larges }()
	}
	for retry := db.Retry(); ; {
		n, err := affected(db.exec(ctx, query, args))
		if !retry.After(ctx, err) {
			return n, err
		}
	}
}

// write waits until this process may write, and returns what to call when it has written.
func (db *DB) write(ctx context.Context) (done func(), err error) {
	if db.writer == nil {
		return func() {}, nil
	}
	select {
	case db.writer <- struct{}{}:
		return func() { <-db.writer }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (db *DB) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if db.plain {
		return db.sql.ExecContext(ctx, db.Dialect.Rebind(query), args...)
	}
	stmt, err := db.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// prepare returns the statement of a query. One that could not be prepared, as before the table was made, is tried again.
func (db *DB) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	db.mu.RLock()
	stmt := db.stmts[query]
	db.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	// No lock is held while the database works: whoever waits for it has a deadline of their own.
	stmt, err := db.sql.PrepareContext(ctx, db.Dialect.Rebind(query))
	if err != nil {
		return nil, err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if first := db.stmts[query]; first != nil {
		stmt.Close()
		return first, nil
	}
	db.stmts[query] = stmt
	return stmt, nil
}

// Close lets go of the statements, not of the database.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	for query, stmt := range db.stmts {
		stmt.Close()
		delete(db.stmts, query)
	}
	return nil
}
