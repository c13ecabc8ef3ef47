package dbtest

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestConnectionsThatStayReadOnly: connections that were opened while the
// server was read-only stay so, as those to a server do that another has taken
// the place of. The store drops them, so that the first save after the outage
// works.
func TestConnectionsThatStayReadOnly(t *testing.T) {
	for _, row := range []struct {
		driver, set string
		server      func(testing.TB) *testenv.Server
		dialect     sqldialect.Dialect
	}{
		{"pgx", "ALTER DATABASE {db} SET default_transaction_read_only = {value}", testenv.NewPostgreSQL, sqldialect.PostgreSQL},
		{"postgres", "ALTER DATABASE {db} SET default_transaction_read_only = {value}", testenv.PostgreSQL, sqldialect.PostgreSQL},
		{"mysql", "SET GLOBAL transaction_read_only = {value}", testenv.MySQL, sqldialect.MySQL},
		{"mysql", "SET GLOBAL tx_read_only = {value}", testenv.MariaDB, sqldialect.MySQL},
	} {
		t.Run(row.server(t).Name()+", "+row.driver, func(t *testing.T) {
			db := row.server(t).Database(t)
			plain := OpenDriver(t, row.driver, db.DSN)
			CreateTable(t, plain, db.Vendor)
			set := func(value string) { turn(t, plain, row.set, db, value) }
			t.Cleanup(func() { set("0") })

			conn := OpenDriver(t, row.driver, db.DSN)
			store := dbstore.New(conn, row.dialect, djsession.NewCodec("a secret", nil), nil)
			defer store.Close()
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			set("1")
			holdMany(t, conn, 5)
			var e *sqldialect.Error
			if err := store.Create(t.Context(), rec); !errors.As(err, &e) || e.Problem != sqldialect.ProblemReadOnly {
				t.Fatalf("read-only: got error %v", err)
			}
			holdMany(t, conn, 5)
			time.Sleep(300 * time.Millisecond) // no more often are connections dropped
			set("0")
			for _, call := range []struct {
				name string
				do   func() error
			}{
				{"Create", func() error { return store.Create(t.Context(), rec) }},
				{"Update", func() error { return store.Update(t.Context(), rec) }},
				{"Delete", func() error { return store.Delete(t.Context(), rec.Key) }},
			} {
				if err := call.do(); err != nil {
					t.Errorf("%s, after it is over: got error %v", call.name, err)
				}
			}
		})
	}
}

// holdMany fills the pool with connections.
func holdMany(t *testing.T, db *sql.DB, n int) {
	t.Helper()
	for range n {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
}

func turn(t *testing.T, conn *sql.DB, statement string, db *testenv.Database, value string) {
	t.Helper()
	name := db.Settings["NAME"].(string)
	if _, err := conn.Exec(strings.NewReplacer("{db}", name, "{value}", value).Replace(statement)); err != nil {
		t.Error(err)
	}
}
