package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// A Tx is a transaction that [DB.Transact] has begun.
type Tx struct {
	db *DB
	on interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
}

// Transact calls do in a transaction, and commits it unless do returns an
// error. Foreign keys are enforced, by SQLite too. All of it is repeated as
// [Retry] says, so do must have no effect except through its Tx. After an
// error, the caller must not read variables that do writes to.
func (db *DB) Transact(ctx context.Context, do func(tx *Tx) error) error {
	done, err := db.write(ctx)
	if err != nil {
		return err
	}
	defer done()
	transact := db.transact
	if db.Dialect.OneWriter() {
		transact = db.transactAlone
	}
	for retry := db.Retry(); ; {
		err := transact(ctx, do)
		if !retry.After(ctx, err) {
			return err
		}
	}
}

func (db *DB) transact(ctx context.Context, do func(tx *Tx) error) error {
	m, err := db.manner(ctx)
	if err != nil {
		return err
	}
	if m.deaf {
		return db.transactApart(ctx, do)
	}
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return db.finish(tx, do)
}

// finish calls do in a transaction and ends it.
func (db *DB) finish(tx *sql.Tx, do func(tx *Tx) error) error {
	defer tx.Rollback()
	if err := do(&Tx{db, tx}); err != nil {
		return err
	}
	return tx.Commit()
}

// transactAlone is transact for SQLite. It begins with the lock for writing,
// which a transaction that has read would not wait for, and it enforces
// foreign keys, as Django does on each connection. It does not use [sql.Tx],
// which leaves a transaction open whose commit fails.
func (db *DB) transactAlone(ctx context.Context, do func(tx *Tx) error) (err error) {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var enforced bool
	if err := conn.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&enforced); err != nil {
		return err
	}
	if !enforced {
		defer undo(ctx, conn, "PRAGMA foreign_keys = OFF")
		if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = ON"); err != nil {
			return err
		}
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err = do(&Tx{db, conn}); err == nil {
		_, err = conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		undo(ctx, conn, "ROLLBACK")
	}
	return err
}

// undo runs a statement even if the context has ended. If that fails, nothing
// else uses the connection.
func undo(ctx context.Context, conn *sql.Conn, statement string) {
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), statement); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// Exec runs a statement, written with ?, and returns how many rows it
// affected.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	_, text, args, err := t.db.message(ctx, query, args)
	if err != nil {
		return 0, err
	}
	return affected(t.on.ExecContext(ctx, text, args...))
}

// Texts runs a query, written with ?, and returns the one column of its rows.
func (t *Tx) Texts(ctx context.Context, query string, args ...any) (texts []string, err error) {
	_, text, args, err := t.db.message(ctx, query, args)
	if err != nil {
		return nil, err
	}
	rows, err := t.on.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}

// ExecAll runs a statement, written with ?, for each set of arguments in one
// transaction, and returns how many rows each affected.
func (db *DB) ExecAll(ctx context.Context, query string, sets [][]any) ([]int64, error) {
	var counts []int64 // no named result, which a return with an error would write to
	err := db.Transact(ctx, func(tx *Tx) error {
		counts = make([]int64, 0, len(sets))
		exec, done, err := tx.prepare(ctx, query)
		if err != nil {
			return err
		}
		defer done()
		for _, args := range sets {
			n, err := exec(args)
			if err != nil {
				return err
			}
			counts = append(counts, n)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// prepare returns what runs a statement, written with ?, and what is to be
// called before the transaction ends.
func (t *Tx) prepare(ctx context.Context, query string) (exec func(args []any) (int64, error), done func(), err error) {
	if !t.db.prepares() {
		return func(args []any) (int64, error) { return t.Exec(ctx, query, args...) }, func() {}, nil
	}
	stmt, err := t.on.PrepareContext(ctx, t.db.Dialect.Rebind(query))
	if err != nil {
		return nil, nil, err
	}
	return func(args []any) (int64, error) { return affected(stmt.ExecContext(ctx, args...)) }, func() { stmt.Close() }, nil
}

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
