package dbtest

import (
	"context"
	"database/sql/driver"
	"strings"
	"sync"
)

// A recorder is a driver that notes what is asked of another.
type recorder struct {
	under driver.Driver
	dsn   string

	mu   sync.Mutex
	said []string // "prepare " or "run " and the table
	sent []string // what was run, whole
}

func (r *recorder) note(what, query string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, from, _ := strings.Cut(query, " FROM ")
	table, _, _ := strings.Cut(from, " ")
	r.said = append(r.said, what+" "+strings.Trim(table, "\"`"))
	if what == "run" {
		r.sent = append(r.sent, query)
	}
}

// take returns what was said since it was last called.
func (r *recorder) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	said := strings.Join(r.said, ", ")
	r.said = nil
	return said
}

// takeSent returns the statements that were run since it was last called.
func (r *recorder) takeSent() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}

// Connect implements [driver.Connector].
func (r *recorder) Connect(context.Context) (driver.Conn, error) {
	conn, err := r.under.Open(r.dsn)
	return &recordedConn{conn, r}, err
}

func (r *recorder) Driver() driver.Driver { return r.under }

// A recordedConn can only prepare, so that nothing goes by unseen.
type recordedConn struct {
	driver.Conn
	recorder *recorder
}

func (c *recordedConn) Prepare(query string) (driver.Stmt, error) {
	c.recorder.note("prepare", query)
	stmt, err := c.Conn.Prepare(query)
	return &recordedStmt{stmt, c.recorder, query}, err
}

type recordedStmt struct {
	driver.Stmt
	recorder *recorder
	query    string
}

func (s *recordedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.recorder.note("run", s.query)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

func (s *recordedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.recorder.note("run", s.query)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}
