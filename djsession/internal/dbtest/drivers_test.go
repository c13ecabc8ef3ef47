package dbtest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A tracer is a driver around another, as packages that trace or log have one.
type tracer struct {
	under driver.Driver
	dsn   string
	wrap  func(driver.Conn) driver.Conn
}

func (tr tracer) Connect(context.Context) (driver.Conn, error) {
	conn, err := tr.under.Open(tr.dsn)
	if err != nil {
		return nil, err
	}
	return tr.wrap(conn), nil
}

func (tr tracer) Driver() driver.Driver { return tr.under }

// A bareConn hides all but what a connection must have: database/sql then
// prepares everything.
type bareConn struct{ driver.Conn }

// A queryConn passes on queries, but not which arguments the driver takes.
type queryConn struct{ inner driver.Conn }

func (c *queryConn) Prepare(query string) (driver.Stmt, error) { return c.inner.Prepare(query) }
func (c *queryConn) Close() error                              { return c.inner.Close() }
func (c *queryConn) Begin() (driver.Tx, error)                 { return nil, driver.ErrSkip }
func (c *queryConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.inner.(driver.QueryerContext).QueryContext(ctx, query, args)
}
func (c *queryConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.inner.(driver.ExecerContext).ExecContext(ctx, query, args)
}

// A fullConn passes on everything.
type fullConn struct{ queryConn }

func (c *fullConn) CheckNamedValue(v *driver.NamedValue) error {
	return c.inner.(driver.NamedValueChecker).CheckNamedValue(v)
}

// TestWrappedDrivers has the drivers within a tracer's: they work, behind a
// pooler too, or are refused with a word on what to do.
func TestWrappedDrivers(t *testing.T) {
	server := testenv.PostgreSQL(t)
	db := server.Database(t)
	direct, _ := Open(t, db)
	CreateTable(t, direct, db.Vendor)
	pooled := testenv.PgBouncer(t, server, testenv.PgBouncerOptions{}).Through(t, db)
	bare := func(c driver.Conn) driver.Conn { return bareConn{c} }
	queries := func(c driver.Conn) driver.Conn { return &queryConn{c} }
	full := func(c driver.Conn) driver.Conn { return &fullConn{queryConn{c}} }
	for _, row := range []struct {
		reason, driver, params string
		wrap                   func(driver.Conn) driver.Conn
		refused                bool
	}{
		{"lib/pq, all passed on", "postgres", "", full, false},
		{"lib/pq needs no arguments", "postgres", "", queries, false},
		{"lib/pq that can only prepare", "postgres", "", bare, true},
		{"pgx, all passed on", "pgx", "", full, false},
		{"pgx whose mode is set to the simple protocol", "pgx", "&default_query_exec_mode=simple_protocol", queries, false},
		{"pgx that cannot be asked for a mode", "pgx", "", queries, true},
		{"pgx that can only prepare", "pgx", "", bare, true},
	} {
		t.Run(row.reason, func(t *testing.T) {
			named := OpenDriver(t, row.driver, pooled.DSN+row.params)
			conn := sql.OpenDB(tracer{named.Driver(), pooled.DSN + row.params, row.wrap})
			t.Cleanup(func() { conn.Close() })
			store := dbstore.New(conn, sqldialect.PostgreSQL, djsession.NewCodec("a secret", nil), nil)
			_, err := store.Load(t.Context(), djsession.NewKey())
			switch {
			case !row.refused && err != djsession.ErrNotFound:
				t.Errorf("got error %v", err)
			case row.refused && (err == nil || !strings.Contains(err.Error(), "simple query protocol")):
				t.Errorf("got error %v, want one that says what to set", err)
			}
		})
	}
}
