package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

const password = "a-value-that-must-not-show"

// eachCall makes every call of a store and hands its error to check.
func eachCall(t *testing.T, db *sql.DB, dialect sqldialect.Dialect, check func(t *testing.T, call, key string, err error)) {
	t.Helper()
	store := dbstore.New(db, dialect, djsession.NewCodec("a secret", nil), nil)
	defer store.Close()
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	rec.Data.Set("password", password)
	for _, call := range []struct {
		name string
		do   func(ctx context.Context) error
	}{
		{"Load", func(ctx context.Context) error { _, err := store.Load(ctx, rec.Key); return err }},
		{"Create", func(ctx context.Context) error { return store.Create(ctx, rec) }},
		{"Update", func(ctx context.Context) error { return store.Update(ctx, rec) }},
		{"Delete", func(ctx context.Context) error { return store.Delete(ctx, rec.Key) }},
		{"Modify", func(ctx context.Context) error {
			return store.Modify(ctx, rec.Key, func(*djsession.Record) error { return nil })
		}},
		{"ClearExpired", func(ctx context.Context) error { _, err := store.ClearExpired(ctx, nil); return err }},
		{"List", func(ctx context.Context) error {
			for _, err := range store.List(ctx, nil) {
				return err
			}
			return nil
		}},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		check(t, call.name, rec.Key, call.do(ctx))
		cancel()
	}
}

// wantProblem checks that an error says what is wrong, is no logout, and shows
// nothing.
func wantProblem(want ...sqldialect.Problem) func(t *testing.T, call, key string, err error) {
	return func(t *testing.T, call, key string, err error) {
		t.Helper()
		var e *sqldialect.Error
		if !errors.As(err, &e) || !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("%s: got error %v", call, err)
			return
		}
		found := false
		for _, p := range want {
			found = found || e.Problem == p
		}
		if !found {
			t.Errorf("%s: %q is told as %q", call, err, e.Problem)
		}
		if text := err.Error(); strings.Contains(text, key) || strings.Contains(text, password) {
			t.Errorf("%s: the error shows what it must not: %s", call, text)
		}
	}
}

func TestWithoutTheTable(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := Open(t, db)
		eachCall(t, conn, dialect, wantProblem(sqldialect.ProblemNoTable))
	})
}

func TestWithoutAColumn(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := Open(t, db)
		if _, err := conn.Exec("CREATE TABLE django_session (session_key varchar(40) PRIMARY KEY, session_data text)"); err != nil {
			t.Fatal(err)
		}
		eachCall(t, conn, dialect, func(t *testing.T, call, key string, err error) {
			if call != "Delete" { // which needs no more than the key
				wantProblem(sqldialect.ProblemNoColumn)(t, call, key, err)
			}
		})
	})
}

func TestReadOnlyDatabase(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		writable, dialect := Open(t, db)
		CreateTable(t, writable, db.Vendor)
		driver, dsn := "sqlite", "file:"+db.DSN+"?mode=ro"
		switch db.Vendor {
		case "postgresql":
			driver, dsn = "postgres", with(db.DSN, "default_transaction_read_only=on")
		case "mysql":
			driver, dsn = "mysql", with(db.DSN, transactionParams(t, writable, db.Vendor, "transaction_read_only=1"))
		}
		eachCall(t, OpenDriver(t, driver, dsn), dialect, func(t *testing.T, call, key string, err error) {
			switch call {
			case "Load", "Modify":
				if !errors.Is(err, djsession.ErrNotFound) {
					t.Errorf("%s: got error %v", call, err)
				}
			case "List":
				if err != nil {
					t.Errorf("%s: got error %v", call, err)
				}
			default:
				wantProblem(sqldialect.ProblemReadOnly)(t, call, key, err)
			}
		})
	})
}

// TestDatabaseIsDown has nobody listen where the database should be, and
// somebody who never answers.
func TestDatabaseIsDown(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, row := range []struct {
		reason, address string
		patience        time.Duration
		want            sqldialect.Problem
	}{
		{"nobody listens", testenv.Refusing(t), time.Minute, sqldialect.ProblemUnreachable},
		{"nobody answers", silent.Addr().String(), 200 * time.Millisecond, sqldialect.ProblemTooSlow},
	} {
		for _, db := range []struct {
			driver, dsn string
			dialect     sqldialect.Dialect
		}{
			{"postgres", "postgres://u:secret@" + row.address + "/d?sslmode=disable", sqldialect.PostgreSQL},
			{"pgx", "postgres://u:secret@" + row.address + "/d?sslmode=disable", sqldialect.PostgreSQL},
			{"mysql", "u:secret@tcp(" + row.address + ")/d", sqldialect.MySQL},
		} {
			store := dbstore.New(OpenDriver(t, db.driver, db.dsn), db.dialect, djsession.NewCodec("a secret", nil), nil)
			ctx, cancel := context.WithTimeout(t.Context(), row.patience)
			key := djsession.NewKey()
			_, err := store.Load(ctx, key)
			wantProblem(row.want)(t, row.reason+", "+db.driver, key, err)
			cancel()
		}
	}
}

// TestLockedRow has somebody else hold the row: a save waits no longer than it
// may, and then says so.
func TestLockedRow(t *testing.T) {
	for _, server := range []func(testing.TB) *testenv.Server{testenv.PostgreSQL, testenv.MariaDB, testenv.MySQL} {
		db := server(t).Database(t)
		t.Run(server(t).Name(), func(t *testing.T) {
			conn, dialect := Open(t, db)
			CreateTable(t, conn, db.Vendor)
			store := dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), nil)
			t.Cleanup(func() { store.Close() })
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			if err := store.Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			tx, err := conn.Begin()
			if err != nil {
				t.Fatal(err)
			}
			defer tx.Rollback()
			if _, err := tx.Exec("SELECT session_key FROM django_session FOR UPDATE"); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			rec.Data.Set("a", 1)
			wantProblem(sqldialect.ProblemTooSlow)(t, "Update", rec.Key, store.Update(ctx, rec))
			if _, err := store.Load(t.Context(), rec.Key); err != nil {
				t.Errorf("reading waits for nobody: %v", err)
			}
		})
	}
}
