package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A stateError is what lib/pq and pgx return.
type stateError string

func (e stateError) Error() string    { return "a driver's error " + string(e) }
func (e stateError) SQLState() string { return string(e) }

// TestRepeatsWhatIsSafeToRepeat lets a statement fail twice, alone and at each
// step of a transaction.
func TestRepeatsWhatIsSafeToRepeat(t *testing.T) {
	for _, row := range []struct {
		reason  string
		dialect Dialect
		err     error
		want    sqldialect.Problem
	}{
		{"a serialization failure, CockroachDB's too", PostgreSQL, stateError("40001"), sqldialect.ProblemContended},
		{"a deadlock", PostgreSQL, stateError("40P01"), sqldialect.ProblemContended},
		{"CockroachDB does not know whether it committed", PostgreSQL, stateError("40003"), sqldialect.ProblemUnknown},
		{"a lock_timeout has waited long enough", PostgreSQL, stateError("55P03"), sqldialect.ProblemTooSlow},
		{"a deadlock", MySQL, errors.New("Error 1213 (40001): Deadlock found"), sqldialect.ProblemContended},
		{"another transaction was first", MySQL, errors.New("Error 1020 (HY000): Record has changed"), sqldialect.ProblemContended},
		{"a lock wait timeout has waited long enough", MySQL, errors.New("Error 1205 (HY000): Lock wait"), sqldialect.ProblemTooSlow},
		{"in use", SQLite, errors.New("database is locked (5) (SQLITE_BUSY)"), sqldialect.ProblemContended},
		{"in use by the same process", SQLite, errors.New("database table is locked: t"), sqldialect.ProblemContended},
		{"a broken connection, after which it may have been done", SQLite, io.ErrUnexpectedEOF, sqldialect.ProblemUnknown},
	} {
		t.Run(fmt.Sprintf("%v %s", row.dialect, row.reason), func(t *testing.T) {
			for _, call := range []struct {
				name, at string
				do       func(db *DB) error
			}{
				{"QueryRow", "SELECT", func(db *DB) error { var n int; return db.QueryRow(t.Context(), "SELECT", nil, &n) }},
				{"Exec", "UPDATE", func(db *DB) error { _, err := db.Exec(t.Context(), "UPDATE"); return err }},
				{"ExecAll", "UPDATE", func(db *DB) error { _, err := db.ExecAll(t.Context(), "UPDATE", [][]any{{}, {}}); return err }},
				{"ExecAll, the commit", "COMMIT", func(db *DB) error { _, err := db.ExecAll(t.Context(), "UPDATE", [][]any{{}}); return err }},
			} {
				for _, plain := range []bool{false, true} {
					f := &failing{at: call.at, err: row.err, left: 2}
					db := Open(sql.OpenDB(f), row.dialect.Public(), plain)
					err := Wrap(row.dialect, "test", "t", call.do(db))
					if row.want == sqldialect.ProblemContended {
						if err != nil || f.left != 0 {
							t.Errorf("%s: got error %v, %d failures left, want success after both", call.name, err, f.left)
						}
						continue
					}
					var e *sqldialect.Error
					if !errors.As(err, &e) || e.Problem != row.want || f.left != 1 {
						t.Errorf("%s: got error %v, %d failures left, want the first one as %q", call.name, err, f.left, row.want)
					}
				}
			}
		})
	}
}

// TestRepeatsNotForEver stops at the context's end, and after Patience.
func TestRepeatsNotForEver(t *testing.T) {
	f := &failing{at: "UPDATE", err: stateError("40001"), left: 1 << 30}
	db := Open(sql.OpenDB(f), sqldialect.PostgreSQL, false)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := db.Exec(ctx, "UPDATE")
	if tries := 1<<30 - f.left; err == nil || tries < 2 {
		t.Errorf("until the deadline: got error %v after %d tries", err, tries)
	}
	tired := Retry{db: &DB{Dialect: PostgreSQL}, began: time.Now().Add(-Patience - time.Second), wait: 1}
	if tired.After(t.Context(), f.err) {
		t.Error("repeats after its patience")
	}
}

// failing is a driver whose statements fail a few times where they begin with
// a word.
type failing struct {
	at    string
	err   error
	left  int
	waits chan struct{} // not nil: they wait for that in place of failing
}

func (f *failing) try(query string) error {
	if f.waits != nil && query == f.at {
		<-f.waits
	}
	if f.left == 0 || query != f.at {
		return nil
	}
	f.left--
	return f.err
}

func (f *failing) Connect(context.Context) (driver.Conn, error) { return failingConn{f}, nil }
func (f *failing) Driver() driver.Driver                        { return nil }

type failingConn struct{ *failing }

func (c failingConn) Prepare(query string) (driver.Stmt, error) {
	return failingStmt{c.failing, query}, nil
}
func (c failingConn) Close() error              { return nil }
func (c failingConn) Begin() (driver.Tx, error) { return c, nil }
func (c failingConn) Commit() error             { return c.try("COMMIT") }
func (c failingConn) Rollback() error           { return nil }

type failingStmt struct {
	*failing
	query string
}

func (s failingStmt) Close() error  { return nil }
func (s failingStmt) NumInput() int { return 0 }

func (s failingStmt) Exec([]driver.Value) (driver.Result, error) {
	return driver.RowsAffected(1), s.try(s.query)
}

func (s failingStmt) Query([]driver.Value) (driver.Rows, error) {
	return &oneRow{}, s.try(s.query)
}

type oneRow struct{ read bool }

func (r *oneRow) Columns() []string { return []string{"n"} }
func (r *oneRow) Close() error      { return nil }

func (r *oneRow) Next(dest []driver.Value) error {
	if r.read {
		return io.EOF
	}
	r.read, dest[0] = true, int64(1)
	return nil
}
