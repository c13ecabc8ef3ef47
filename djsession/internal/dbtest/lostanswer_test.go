package dbtest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A lossyConn loses the answer of the next change of a key. It can only
// prepare, so that nothing goes by unseen.
type lossyConn struct {
	driver.Conn
	dialect sqldialect.Dialect
	lose    *atomic.Bool
}

func (c lossyConn) Prepare(query string) (driver.Stmt, error) {
	stmt, err := c.Conn.Prepare(query)
	return lossyStmt{stmt, c, query}, err
}

type lossyStmt struct {
	driver.Stmt
	conn  lossyConn
	query string
}

func (s lossyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

func (s lossyStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	result, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	last := strings.HasPrefix(s.query, "UPDATE")
	if s.conn.dialect == sqldialect.SQLite { // in a transaction
		last = s.query == "COMMIT"
	}
	if last && s.conn.lose.CompareAndSwap(true, false) {
		return nil, io.ErrUnexpectedEOF
	}
	return result, err
}

// TestAnswerOfRekeyIsLost: the connection breaks after a key was changed, and
// the next one works. The browser gets the new key: with another one, or none,
// the outage would be a logout.
func TestAnswerOfRekeyIsLost(t *testing.T) {
	for _, row := range []struct {
		driver  string
		dialect sqldialect.Dialect
		db      func(t *testing.T) *testenv.Database
	}{
		{"sqlite", sqldialect.SQLite, func(t *testing.T) *testenv.Database { return testenv.SQLite(t) }},
		{"mysql", sqldialect.MySQL, func(t *testing.T) *testenv.Database { return testenv.MySQL(t).Database(t) }},
	} {
		t.Run(row.driver, func(t *testing.T) {
			db := row.db(t)
			plain := OpenDriver(t, row.driver, db.DSN)
			CreateTable(t, plain, db.Vendor)
			var lose atomic.Bool
			conn := sql.OpenDB(tracer{plain.Driver(), db.DSN, func(c driver.Conn) driver.Conn { return lossyConn{c, row.dialect, &lose} }})
			defer conn.Close()
			store := dbstore.New(conn, row.dialect, djsession.NewCodec("a secret", nil), nil)
			defer store.Close()
			m := djsession.NewManager(store, nil)

			session := m.New()
			session.Set("a", 1)
			if err := session.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
			old := session.Key()
			lose.Store(true)
			err := session.CycleKey(t.Context())
			if err != nil || lose.Load() || session.Key() == old {
				t.Fatalf("got error %v (an answer was lost: %v), want a new key", err, !lose.Load())
			}
			rec, err := store.Load(t.Context(), session.Key())
			if err != nil || !rec.Data.Has("a") {
				t.Errorf("under the new key: got error %v, want the session", err)
			}

			// A key that another has is no such case.
			other := &djsession.Record{Key: djsession.NewKey(), Data: rec.Data, Expires: time.Now().Add(time.Hour)}
			if err := store.Create(t.Context(), other); err != nil {
				t.Fatal(err)
			}
			if err := store.Rekey(t.Context(), session.Key(), other); err != djsession.ErrKeyExists {
				t.Errorf("a key that is taken by the same values: got error %v, want ErrKeyExists", err)
			}
		})
	}
}
