package dbtest

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestClearLetsLoginsThrough logs in, again and again, while two clear
// thousands of expired sessions. The connection of the logins gives up as soon
// as it has to wait for a lock.
func TestClearLetsLoginsThrough(t *testing.T) {
	const expired, live = 20_000, 50
	now := time.Now()
	impatient := map[string]string{"postgresql": "&lock_timeout=100", "mysql": "?innodb_lock_wait_timeout=1"}
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := Open(t, db)
		CreateTable(t, conn, db.Vendor)
		insertMany(t, conn, dialect, expired, now.Add(-time.Hour))
		insertMany(t, conn, dialect, live, now.Add(time.Hour))
		codec := djsession.NewCodec("a secret", nil)
		store := dbstore.New(conn, dialect, codec, nil)
		defer store.Close()
		logins := store
		if params := impatient[db.Vendor]; params != "" {
			driver := map[string]string{"postgresql": "postgres", "mysql": "mysql"}[db.Vendor]
			logins = dbstore.New(OpenDriver(t, driver, db.DSN+params), dialect, codec, nil)
			defer logins.Close()
		}
		type outcome struct {
			deleted int64
			err     error
		}
		cleared := make(chan outcome, 2)
		for range 2 {
			go func() {
				n, err := store.ClearExpired(t.Context(), &djsession.ClearOptions{BatchSize: 1000, Pause: time.Millisecond})
				cleared <- outcome{n, err}
			}()
		}
		var deleted int64
		created, running := int64(0), 2
		for running > 0 {
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: now.Add(time.Hour)}
			if err := logins.Create(t.Context(), rec); err != nil {
				t.Fatalf("a new session: %v", err)
			}
			created++
			rec.Data.Set("_auth_user_id", "42")
			if err := logins.Update(t.Context(), rec); err != nil {
				t.Fatalf("a login: %v", err)
			}
			select {
			case one := <-cleared:
				if one.err != nil {
					t.Fatal(one.err)
				}
				deleted += one.deleted
				running--
			default:
			}
		}
		left, err := store.Count(t.Context(), nil)
		if err != nil || deleted != expired || left != live+created {
			t.Errorf("%d were deleted, want %d; %d are left, want %d: %v", deleted, expired, left, live+created, err)
		}
	})
}

// TestClearsAtOnce has several clears collide on the same rows: each expired
// session is deleted, and counted once.
func TestClearsAtOnce(t *testing.T) {
	const expired, clears = 5_000, 4
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := Open(t, db)
		CreateTable(t, conn, db.Vendor)
		insertMany(t, conn, dialect, expired, time.Now().Add(-time.Hour))
		store := dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), nil)
		defer store.Close()
		var wait sync.WaitGroup
		var deleted atomic.Int64
		for range clears {
			wait.Go(func() {
				n, err := store.ClearExpired(t.Context(), &djsession.ClearOptions{BatchSize: 50})
				if err != nil {
					t.Error(err)
				}
				deleted.Add(n)
			})
		}
		wait.Wait()
		left, err := store.Count(t.Context(), nil)
		if err != nil || deleted.Load() != expired || left != 0 {
			t.Errorf("got %d deleted, %d left, error %v; want %d and none", deleted.Load(), left, err, expired)
		}
	})
}

// insertMany puts in rows of any content.
func insertMany(t testing.TB, db *sql.DB, dialect sqldialect.Dialect, n int, expires time.Time) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for left := n; left > 0; {
		batch := min(left, 1000)
		left -= batch
		var args []any
		for range batch {
			args = append(args, djsession.NewKey(), "e30:text", sqldb.Of(dialect).Time(expires, nil))
		}
		query := "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (?, ?, ?)" + strings.Repeat(", (?, ?, ?)", batch-1)
		if _, err := tx.Exec(dialect.Rebind(query), args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkClear is a row deleted, in a table of which half has expired.
func BenchmarkClear(b *testing.B) {
	for _, open := range []func() *testenv.Database{
		func() *testenv.Database { return testenv.SQLite(b) },
		func() *testenv.Database { return testenv.PostgreSQL(b).Database(b) },
		func() *testenv.Database { return testenv.MariaDB(b).Database(b) },
	} {
		db := open()
		conn, dialect := Open(b, db)
		CreateTable(b, conn, db.Vendor)
		insertMany(b, conn, dialect, 50_000, time.Now().Add(time.Hour))
		for _, batch := range []int{1000, 5000} {
			b.Run(fmt.Sprintf("%s/batch=%d", db.Vendor, batch), func(b *testing.B) {
				store := dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), nil)
				defer store.Close()
				var deleted int64
				for b.Loop() {
					b.StopTimer()
					insertMany(b, conn, dialect, 50_000, time.Now().Add(-time.Hour))
					b.StartTimer()
					n, err := store.ClearExpired(b.Context(), &djsession.ClearOptions{BatchSize: batch})
					if err != nil {
						b.Fatal(err)
					}
					deleted += n
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(deleted), "ns/row")
			})
		}
	}
}
