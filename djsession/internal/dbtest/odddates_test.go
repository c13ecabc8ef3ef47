package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// An oddDate is what a table can have that Django does not write.
type oddDate struct {
	reason, literal string
	want            time.Time // zero if it is not a time
	live            bool      // to the database
}

var (
	endOfTime = time.Date(9999, 12, 31, 23, 59, 59, 999999e3, time.UTC)
	jan2099   = time.Date(2099, 1, 2, 3, 4, 5, 0, time.UTC)
)

var oddDates = map[string][]oddDate{
	"postgresql": {
		{"never expires", "'infinity'", endOfTime, true},
		{"always expired", "'-infinity'", time.Time{}, false},
		{"a year that Python does not have", "'12026-01-01 00:00:00+00'", endOfTime, true},
		{"before Christ", "'0044-03-15 00:00:00+00 BC'", time.Time{}, false},
	},
	"mysql": {
		{"the zero date", "'0000-00-00 00:00:00'", time.Time{}, false},
		{"a month without a day", "'2099-01-00 00:00:00'", time.Time{}, true},
	},
	"sqlite": {
		{"not a time", "'never'", time.Time{}, true},
		{"PostgreSQL's word", "'infinity'", endOfTime, true},
		{"nothing", "''", time.Time{}, false},
		{"a number", "1700000000", time.Time{}, false},
		{"with T and Z", "'2099-01-02T03:04:05Z'", jan2099, true},
		{"without leading zeros", "'2099-1-2 3:4:5'", jan2099, true},
	},
}

// lax lets MySQL store dates that it does not take by default any more.
func lax(t testing.TB, db *sql.DB, vendor string) *sql.Conn {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if vendor == "mysql" {
		if _, err := conn.ExecContext(t.Context(), "SET SESSION sql_mode = ''"); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// TestOddExpiries loads, lists, changes and saves sessions whose expiry Django
// could not have written: the database decides whether one is live, and no row
// stops a walk.
func TestOddExpiries(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, c := range connections[db.Vendor] {
			if c.options.Local != nil {
				continue // the times above are in UTC
			}
			t.Run(c.name, func(t *testing.T) {
				if db.Server == "MySQL" && c.options.Unprepared {
					t.Skip("MySQL compares with no such date as a literal: a walk by expiry is an error")
				}
				conn := OpenDriver(t, c.driver, db.DSN+c.params)
				if _, err := conn.Exec("SELECT 1 FROM django_session"); err != nil {
					CreateTable(t, conn, db.Vendor)
				}
				for _, odd := range oddDates[db.Vendor] {
					t.Run(odd.reason, func(t *testing.T) { testOddExpiry(t, conn, db.Vendor, c, odd) })
				}
			})
		}
	})
}

func testOddExpiry(t *testing.T, conn *sql.DB, vendor string, c connection, odd oddDate) {
	store := emptyStore(t, conn, c, time.Now).(*dbstore.Store)
	keys := []string{"aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"}
	for _, key := range keys {
		rec := &djsession.Record{Key: key, Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
		rec.Data.Set("name", key)
		if err := store.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
	}
	statement := "UPDATE django_session SET expire_date = " + odd.literal + " WHERE session_key IN ('bbbbbbbb', 'cccccccc')"
	if _, err := lax(t, conn, vendor).ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	for _, order := range []djsession.Order{djsession.OrderByKey, djsession.OrderByExpiry, djsession.OrderByExpiryDescending, djsession.OrderAny} {
		for _, size := range []int{1, 100} {
			var got []string
			for rec, err := range store.List(t.Context(), &djsession.ListOptions{Order: order, PageSize: size}) {
				if err != nil {
					t.Fatalf("order %v in pages of %d: %v", order, size, err)
				}
				got = append(got, rec.Key)
				if rec.Key == "bbbbbbbb" && !rec.Expires.Equal(odd.want) {
					t.Errorf("expires %v, want %v", rec.Expires, odd.want)
				}
				if len(got) > len(keys) {
					break
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, keys) {
				t.Errorf("order %v in pages of %d: met %v, want each once", order, size, got)
			}
		}
	}
	loadOdd(t, store, odd)
	changeOdd(t, conn, store)
}

func loadOdd(t *testing.T, store *dbstore.Store, odd oddDate) {
	t.Helper()
	rec, err := store.Load(t.Context(), "bbbbbbbb")
	if odd.live != (err == nil) || !odd.live && err != djsession.ErrNotFound {
		t.Errorf("loading: got error %v, want live %t", err, odd.live)
	}
	if name := ""; err == nil {
		if name, _ = rec.Data.Text("name"); name != "bbbbbbbb" {
			t.Errorf("loading: got the name %q", name)
		}
	}
}

// changeOdd changes the data alone, which keeps the expiry as it is, and then
// saves the session, which gives it one of Django's.
func changeOdd(t *testing.T, conn *sql.DB, store *dbstore.Store) {
	t.Helper()
	expiry := func() (value string) {
		t.Helper()
		const query = "SELECT CAST(expire_date AS CHAR(40)) FROM django_session WHERE session_key = 'bbbbbbbb'"
		if err := conn.QueryRow(query).Scan(&value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	before := expiry()
	set := func(rec *djsession.Record) error { rec.Data.Set("n", 1); return nil }
	if err := store.Modify(t.Context(), "bbbbbbbb", set); err != nil {
		t.Errorf("changing: %v", err)
	} else if after := expiry(); after != before {
		t.Errorf("changing the data made the expiry %s, want %s as it was", after, before)
	}
	want := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	rec := &djsession.Record{Key: "bbbbbbbb", Data: new(djsession.Data), Expires: want}
	if err := store.Update(t.Context(), rec); err != nil {
		t.Errorf("saving: %v", err)
	}
	if rec, err := store.Load(t.Context(), "bbbbbbbb"); err != nil || !rec.Expires.Equal(want) {
		t.Errorf("loading what was saved: got %v, %v, want %v", rec, err, want)
	}
}

// TestOddUserDates finds users whose dates, which are only shown, cannot be
// read.
func TestOddUserDates(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, _ := Open(t, db)
		CreateUsers(t, conn, db.Vendor, "auth_user", "user", "integer")
		InsertUser(t, conn, "auth_user", "1", "alice", "x", "2026-05-06 07:08:09", true, true)
		for _, c := range connections[db.Vendor] {
			if c.options.Local != nil {
				continue
			}
			users := dbusers.New(OpenDriver(t, c.driver, db.DSN+c.params), c.dialect, &dbusers.Options{Unprepared: c.options.Unprepared})
			t.Cleanup(func() { users.Close() })
			for _, odd := range oddDates[db.Vendor] {
				statement := fmt.Sprintf("UPDATE auth_user SET last_login = %s, date_joined = %s", odd.literal, odd.literal)
				if _, err := lax(t, conn, db.Vendor).ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
				u, err := users.UserByID(context.Background(), "1")
				if err != nil || u.Username != "alice" || !u.LastLogin.Equal(odd.want) || !u.DateJoined.Equal(odd.want) {
					t.Errorf("%s, %s: got %+v, %v, want alice and %v", c.name, odd.reason, u, err, odd.want)
				}
			}
		}
	})
}

// TestOddCacheExpiries reads values whose expiry Django could not have written.
func TestOddCacheExpiries(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, c := range connections[db.Vendor] {
			if c.options.Local != nil {
				continue
			}
			conn := openCacheTable(t, db, c)
			cache := newCache(t, conn, c, time.Now)
			for _, odd := range oddDates[db.Vendor] {
				if err := cache.Set(t.Context(), "key", []byte("value"), time.Hour); err != nil {
					t.Fatal(err)
				}
				statement := "UPDATE django_cache SET expires = " + odd.literal
				if _, err := lax(t, conn, db.Vendor).ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
				value, ttl, err := cache.GetTTL(t.Context(), "key")
				if odd.live && (err != nil || string(value) != "value" || ttl < 0) || !odd.live && err != djsession.ErrNotFound {
					t.Errorf("%s, %s: got %q, %v, %v, want live %t", c.name, odd.reason, value, ttl, err, odd.live)
				}
			}
		}
	})
}
