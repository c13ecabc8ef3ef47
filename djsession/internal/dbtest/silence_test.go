package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/faultproxy"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// behind returns a database as it is found through a proxy.
func behind(t *testing.T, proxy *faultproxy.Proxy, db *testenv.Database) string {
	t.Helper()
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	if db.Vendor == "mysql" {
		return strings.Replace(db.DSN, u.Host, proxy.Addr(), 1)
	}
	u.Host = proxy.Addr()
	return u.String()
}

// TestSilentNetwork has the network go silent, on connections that worked and
// before any: every call returns at its deadline, by every driver, and nothing
// is left behind when it is over.
func TestSilentNetwork(t *testing.T) {
	const deadline, late = 300 * time.Millisecond, 3 * time.Second
	for _, d := range []struct {
		driver  string
		server  func(testing.TB) *testenv.Server
		dialect sqldialect.Dialect
	}{
		{"postgres", testenv.PostgreSQL, sqldialect.PostgreSQL},
		{"pgx", testenv.PostgreSQL, sqldialect.PostgreSQL},
		{"mysql", testenv.MariaDB, sqldialect.MySQL},
	} {
		t.Run(d.driver, func(t *testing.T) {
			server := d.server(t)
			db := server.Database(t)
			proxy := faultproxy.New(t, server.Addr())
			conn := OpenDriver(t, d.driver, behind(t, proxy, db))
			CreateTable(t, conn, db.Vendor)
			store := dbstore.New(conn, d.dialect, djsession.NewCodec("a secret", nil), nil)
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			if err := store.Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			before := runtime.NumGoroutine()
			// More than the network's buffers hold, so that the sending stops
			// too.
			large := strings.Repeat("x", 16<<20)
			release := make(chan struct{})
			for _, fault := range []struct {
				name string
				faultproxy.Fault
			}{
				{"no answer", faultproxy.Fault{Silent: true}},
				{"nothing is taken", faultproxy.Fault{Reply: func([]byte) string { <-release; return "" }}},
			} {
				for _, call := range []struct {
					name string
					do   func(ctx context.Context) error
				}{
					{"Load", func(ctx context.Context) error { _, err := store.Load(ctx, rec.Key); return err }},
					{"Create", func(ctx context.Context) error { return store.Create(ctx, rec) }},
					{"Delete", func(ctx context.Context) error { return store.Delete(ctx, rec.Key) }},
					{"Modify", func(ctx context.Context) error {
						return store.Modify(ctx, rec.Key, func(*djsession.Record) error { return nil })
					}},
					{"SwapEncoded", func(ctx context.Context) error {
						_, err := store.SwapEncoded(ctx, []djsession.EncodedSwap{{Key: rec.Key, New: large}})
						return err
					}},
					{"List", func(ctx context.Context) error {
						for _, err := range store.List(ctx, nil) {
							return err
						}
						return nil
					}},
					{"Load, with a store and connection of its own", func(ctx context.Context) error {
						fresh := OpenDriver(t, d.driver, behind(t, proxy, db))
						_, err := dbstore.New(fresh, d.dialect, djsession.NewCodec("a secret", nil), nil).Load(ctx, rec.Key)
						return err
					}},
				} {
					proxy.Set(faultproxy.Fault{})
					if _, err := store.Load(t.Context(), rec.Key); err != nil && err != djsession.ErrNotFound { // a connection that works
						t.Fatal(err)
					}
					proxy.Set(fault.Fault)
					ctx, cancel := context.WithTimeout(t.Context(), deadline)
					start := time.Now()
					err := call.do(ctx)
					if took := time.Since(start); took > late {
						t.Errorf("%s, %s: returned after %v, with a deadline of %v", fault.name, call.name, took, deadline)
					}
					wantProblem(sqldialect.ProblemTooSlow)(t, fault.name+", "+call.name, rec.Key, err)
					cancel()
				}
			}
			close(release)
			proxy.Set(faultproxy.Fault{Refuse: true})
			for end := time.Now().Add(30 * time.Second); runtime.NumGoroutine() > before+10; time.Sleep(20 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("%d goroutines are left, %d were there before", runtime.NumGoroutine(), before)
				}
			}
		})
	}
}

// TestSilenceBetweenRows has the network go silent in the middle of a long
// answer.
func TestSilenceBetweenRows(t *testing.T) {
	for _, driver := range []string{"postgres", "pgx"} {
		t.Run(driver, func(t *testing.T) {
			server := testenv.PostgreSQL(t)
			db := server.Database(t)
			proxy := faultproxy.New(t, server.Addr())
			conn := OpenDriver(t, driver, behind(t, proxy, db))
			CreateTable(t, conn, db.Vendor)
			if _, err := conn.Exec("INSERT INTO django_session SELECT 'k' || n, repeat('x', 10000), now() FROM generate_series(1, 3000) n"); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			n, start := 0, time.Now()
			var last error
			store := dbstore.New(conn, sqldialect.PostgreSQL, djsession.NewCodec("a secret", nil), nil)
			for _, err := range store.ListEncoded(ctx, &djsession.ListOptions{Order: djsession.OrderAny}) {
				if n++; n == 10 {
					proxy.Set(faultproxy.Fault{Silent: true})
				}
				last = err
			}
			if took := time.Since(start); took > 6*time.Second || n < 10 || n >= 3000 {
				t.Errorf("%d rows came within %v", n, took)
			}
			wantProblem(sqldialect.ProblemTooSlow)(t, fmt.Sprintf("row %d", n), "no key", last)
		})
	}
}
