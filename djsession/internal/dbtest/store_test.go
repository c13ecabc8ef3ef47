package dbtest

import (
	"database/sql"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/djsession/storetest"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// A connection is a driver, or a way to use one, that a store must work with.
type connection struct {
	name, driver string
	dialect      sqldialect.Dialect
	params       string // behind the DSN
	options      dbstore.Options
}

var connections = map[string][]connection{
	"sqlite": {{name: "modernc", driver: "sqlite", dialect: sqldialect.SQLite, params: "?_pragma=busy_timeout(10000)"}},
	"postgresql": {
		{name: "pq", driver: "postgres", dialect: sqldialect.PostgreSQL},
		{name: "pgx", driver: "pgx", dialect: sqldialect.PostgreSQL},
		{name: "unprepared", driver: "postgres", dialect: sqldialect.PostgreSQL, options: dbstore.Options{Unprepared: true}},
		{name: "local time", driver: "postgres", dialect: sqldialect.PostgreSQL, options: dbstore.Options{Local: newYork}},
	},
	"mysql": {
		{name: "plain", driver: "mysql", dialect: sqldialect.MySQL},
		{name: "clientFoundRows", driver: "mysql", dialect: sqldialect.MySQL, params: "?clientFoundRows=true"},
		{name: "parseTime in a zone", driver: "mysql", dialect: sqldialect.MySQL, params: "?parseTime=true&loc=Asia%2FTokyo"},
		{name: "interpolateParams", driver: "mysql", dialect: sqldialect.MySQL, params: "?interpolateParams=true", options: dbstore.Options{Unprepared: true}},
		{name: "local time", driver: "mysql", dialect: sqldialect.MySQL, options: dbstore.Options{Local: newYork}},
	},
}

var newYork = func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return loc
}()

// harness is a store in a database that the suite's cases share: each empties
// the table first.
func harness(t testing.TB, db *testenv.Database, c connection) storetest.Harness {
	conn := OpenDriver(t, c.driver, db.DSN+c.params)
	if _, err := conn.Exec("SELECT 1 FROM django_session"); err != nil {
		CreateTable(t, conn, db.Vendor)
	}
	return storetest.Harness{
		New: func(t testing.TB, now func() time.Time) djsession.Store { return emptyStore(t, conn, c, now) },
		Limited: func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
			whole = emptyStore(t, conn, c, now)
			return whole, openStore(t, conn, c, now, &djsession.CodecOptions{MaxSize: maxSize})
		},
	}
}

func emptyStore(t testing.TB, conn *sql.DB, c connection, now func() time.Time) djsession.Store {
	t.Helper()
	if _, err := conn.Exec("DELETE FROM django_session"); err != nil {
		t.Fatal(err)
	}
	return openStore(t, conn, c, now, nil)
}

func openStore(t testing.TB, conn *sql.DB, c connection, now func() time.Time, codec *djsession.CodecOptions) djsession.Store {
	opts := c.options
	opts.Now = now
	store := dbstore.New(conn, c.dialect, djsession.NewCodec("a secret", codec), &opts)
	t.Cleanup(func() { store.Close() })
	return store
}

func TestStore(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, c := range connections[db.Vendor] {
			t.Run(c.name, func(t *testing.T) { storetest.Run(t, harness(t, db, c)) })
		}
	})
	for _, server := range []func(testing.TB) *testenv.Server{testenv.NewPostgreSQL, testenv.NewMariaDB} {
		t.Run(server(t).Name(), func(t *testing.T) {
			db := server(t).Database(t)
			for _, c := range connections[db.Vendor] {
				t.Run(c.name, func(t *testing.T) { storetest.Run(t, harness(t, db, c)) })
			}
		})
	}
}

func BenchmarkStore(b *testing.B) {
	for _, db := range []func() *testenv.Database{
		func() *testenv.Database { return testenv.SQLite(b) },
		func() *testenv.Database { return testenv.PostgreSQL(b).Database(b) },
		func() *testenv.Database { return testenv.MariaDB(b).Database(b) },
	} {
		d := db()
		for _, c := range connections[d.Vendor] {
			b.Run(d.Vendor+"/"+c.name, func(b *testing.B) { storetest.Benchmark(b, harness(b, d, c)) })
		}
	}
}
