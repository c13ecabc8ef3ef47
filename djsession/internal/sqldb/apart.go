package sqldb

import (
	"context"
	"database/sql"
)

// queryApart runs a query up to its first row apart. The caller reads the other
// rows; cutting the connection wakes it.
func (db *DB) queryApart(ctx context.Context, query string, args []any) (*Rows, error) {
	return apart(ctx, db, guard(func() (*Rows, error) {
		var rows *sql.Rows
		l, err := db.line(ctx, func(conn *sql.Conn) (err error) {
			rows, err = conn.QueryContext(ctx, query, args...)
			return err
		})
		if err != nil {
			return nil, err
		}
		return &Rows{rows: rows, line: l, looked: true, first: rows.Next()}, nil
	}), func(r *Rows) { r.Close() })
}

func (db *DB) execApart(ctx context.Context, query string, args []any) (int64, error) {
	return apart(ctx, db, guard(func() (n int64, err error) {
		l, err := db.line(ctx, func(conn *sql.Conn) (err error) {
			n, err = affected(conn.ExecContext(ctx, query, args...))
			return err
		})
		if err != nil {
			return 0, err
		}
		l.release()
		return n, nil
	}), nil)
}

// queryAtOnceApart is queryApart in a transaction.
func (db *DB) queryAtOnceApart(ctx context.Context, opts *sql.TxOptions, query string, args []any) (*Rows, error) {
	return apart(ctx, db, guard(func() (*Rows, error) {
		l, tx, err := db.begin(ctx, opts)
		if err != nil {
			return nil, err
		}
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			tx.Rollback()
			l.release()
			return nil, err
		}
		return &Rows{rows: rows, tx: tx, line: l, looked: true, first: rows.Next()}, nil
	}), func(r *Rows) { r.Close() })
}

func (db *DB) transactApart(ctx context.Context, do func(tx *Tx) error) error {
	_, err := apart(ctx, db, func() (none struct{}, err error) {
		l, tx, err := db.begin(ctx, nil)
		if err != nil {
			return none, err
		}
		defer l.release()
		return none, db.finish(tx, do)
	}, nil)
	return err
}

// begin begins a transaction on a line.
func (db *DB) begin(ctx context.Context, opts *sql.TxOptions) (l *line, tx *sql.Tx, err error) {
	l, err = db.line(ctx, func(conn *sql.Conn) (err error) {
		tx, err = conn.BeginTx(ctx, opts)
		return err
	})
	return l, tx, err
}
