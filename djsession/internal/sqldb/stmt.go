package sqldb

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A DB is a database with its dialect. A statement is one round trip:
// PostgreSQL takes its text and its arguments in one message, the others
// prepare it at its first use.
type DB struct {
	Dialect Dialect
	sql     *sql.DB
	plain   bool          // nothing is prepared
	writer  chan struct{} // holds one token, where only one may write
	larges  chan struct{} // holds a token for each large statement being sent

	learned atomic.Pointer[manner]
	lost    atomic.Int64 // calls that were left behind
	dropped atomic.Int64 // when idle connections were, in nanoseconds of Unix time

	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// Open wraps a database. Unprepared sends each query with its parameters, in as
// many round trips as the driver needs.
func Open(db *sql.DB, d sqldialect.Dialect, unprepared bool) *DB {
	dialect := Of(d)
	o := &DB{Dialect: dialect, sql: db, plain: unprepared, stmts: make(map[string]*sql.Stmt), larges: make(chan struct{}, largeAtOnce)}
	if dialect.OneWriter() {
		o.writer = make(chan struct{}, 1)
	}
	if !dialect.OneMessage() {
		o.learned.Store(new(manner))
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
	rows, err := db.query(ctx, query, args, db.prepares())
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// Query runs a query, written with ?. It is not prepared: those with many rows
// are rare and differ. Nor is it repeated: see [DB.Retry].
func (db *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	return db.query(ctx, query, args, false)
}

func (db *DB) query(ctx context.Context, query string, args []any, prepared bool) (*Rows, error) {
	if prepared {
		stmt, err := db.prepare(ctx, query)
		if err != nil {
			return nil, err
		}
		return rowsOf(stmt.QueryContext(ctx, args...))
	}
	m, query, args, err := db.message(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if m.deaf {
		return db.queryApart(ctx, query, args)
	}
	return rowsOf(db.sql.QueryContext(ctx, query, args...))
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
		n, err := db.exec(ctx, query, args)
		if !retry.After(ctx, err) {
			return n, err
		}
	}
}

func (db *DB) exec(ctx context.Context, query string, args []any) (int64, error) {
	if db.prepares() {
		stmt, err := db.prepare(ctx, query)
		if err != nil {
			return 0, err
		}
		return affected(stmt.ExecContext(ctx, args...))
	}
	m, query, args, err := db.message(ctx, query, args)
	if err != nil {
		return 0, err
	}
	if m.deaf {
		return db.execApart(ctx, query, args)
	}
	return affected(db.sql.ExecContext(ctx, query, args...))
}

// message returns a query, written with ?, as the driver takes it, and the
// manner.
func (db *DB) message(ctx context.Context, query string, args []any) (m *manner, text string, rest []any, err error) {
	if m, err = db.manner(ctx); err != nil {
		return nil, "", nil, err
	}
	switch {
	case m.literals:
		text, err = interpolate(query, args)
		return m, text, nil, err
	case m.mode != nil:
		rest = append(make([]any, 0, 1+len(args)), m.mode)
	}
	return m, db.Dialect.Rebind(query), append(rest, args...), nil
}

// write waits until this process may write, and returns what to call when it
// has written.
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

// prepares reports whether statements are prepared. MySQL and SQLite keep one
// with its connection, behind a proxy too.
func (db *DB) prepares() bool { return !db.plain && !db.Dialect.OneMessage() }

// prepare returns the statement of a query. One that could not be prepared, as
// before the table was made, is tried again.
func (db *DB) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	db.mu.RLock()
	stmt := db.stmts[query]
	db.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	// No lock is held while the database works, because other callers have
	// deadlines of their own.
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
