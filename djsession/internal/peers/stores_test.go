package peers

import (
	"database/sql"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A table is a session table with a session in it, and the driver's own way to
// fetch that.
type table struct {
	name  string
	store *dbstore.Store
	key   string
	bare  *sql.Stmt
	now   any // the parameter of the bare statement
}

// tables makes the table in each database, for each driver.
func tables(b *testing.B) []table {
	var all []table
	add := func(name, driver, vendor, dsn, query string, dialect sqldialect.Dialect, now any) {
		db := dbtest.OpenDriver(b, driver, dsn)
		db.SetMaxOpenConns(64)
		db.SetMaxIdleConns(64)
		if _, err := db.Exec("SELECT 1 FROM django_session"); err != nil {
			dbtest.CreateTable(b, db, vendor)
		}
		store := dbstore.New(db, dialect, djsession.NewCodec(Secret, nil), nil)
		rec := &djsession.Record{Key: djsession.NewKey(), Data: dataOf(b, Login+"}"), Expires: time.Now().Add(time.Hour)}
		if err := store.Create(b.Context(), rec); err != nil {
			b.Fatal(err)
		}
		bare, err := db.Prepare(query)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { store.Close(); bare.Close() })
		all = append(all, table{name, store, rec.Key, bare, now})
	}
	const (
		columns = "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = "
		text    = "2006-01-02 15:04:05.000000"
	)
	now := time.Now().UTC()
	pg := testenv.PostgreSQL(b).Database(b)
	add("postgresql-pq", "postgres", "postgresql", pg.DSN, columns+"$1 AND expire_date > $2", sqldialect.PostgreSQL, now)
	add("postgresql-pgx", "pgx", "postgresql", pg.DSN, columns+"$1 AND expire_date > $2", sqldialect.PostgreSQL, now)
	my := testenv.MariaDB(b).Database(b)
	add("mariadb", "mysql", "mysql", my.DSN, columns+"? AND expire_date > ?", sqldialect.MySQL, now.Format(text))
	lite := testenv.SQLite(b)
	add("sqlite", "sqlite", "sqlite", lite.DSN+"?_pragma=busy_timeout(10000)", columns+"? AND expire_date > ?", sqldialect.SQLite, now.Format(text))
	return all
}

func (t *table) load(b *testing.B) {
	rec, err := t.store.Load(b.Context(), t.key)
	if err != nil {
		b.Fatal(err)
	}
	if id, _ := rec.Data.Text("_auth_user_id"); id != "42" {
		b.Fatal("who is " + id)
	}
}

func (t *table) loadBare(b *testing.B) {
	var key, text, expires string
	if err := t.bare.QueryRowContext(b.Context(), t.key, t.now).Scan(&key, &text, &expires); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkStoreLoad fetches and reads a session, beside the driver's bare
// SELECT of the same row with a prepared statement.
func BenchmarkStoreLoad(b *testing.B) {
	for _, t := range tables(b) {
		b.Run(t.name+"/djsession", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				t.load(b)
			}
		})
		b.Run(t.name+"/floor", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				t.loadBare(b)
			}
		})
	}
}

// BenchmarkWho has many clients at once ask PostgreSQL whose session it is.
// Time is the wall's, divided by all that was asked.
func BenchmarkWho(b *testing.B) {
	for _, t := range tables(b)[:1] {
		for _, clients := range []int{1, 16, 64} {
			b.Run(itoa(clients)+"-clients/djsession", func(b *testing.B) { together(b, clients, t.load) })
			b.Run(itoa(clients)+"-clients/floor", func(b *testing.B) { together(b, clients, t.loadBare) })
		}
	}
}

// together divides b.N calls among clients, whose connections are open and have
// prepared the statement before the clock starts.
func together(b *testing.B, clients int, call func(b *testing.B)) {
	b.ReportAllocs()
	all := func(calls int) {
		var wait sync.WaitGroup
		for c := range clients {
			wait.Go(func() {
				for i := c; i < calls; i += clients {
					call(b)
				}
			})
		}
		wait.Wait()
	}
	all(20 * clients)
	b.ResetTimer()
	all(b.N)
}
