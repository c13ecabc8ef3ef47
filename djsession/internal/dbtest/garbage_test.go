package dbtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/faultproxy"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestGarbage has a database answer what is not its protocol, or stop within a
// packet: each load is an outage, in time, and the session is there afterwards.
func TestGarbage(t *testing.T) {
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
			defer store.Close()
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			rec.Data.Set("text", "x")
			if err := store.Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			for _, fault := range []struct {
				name string
				faultproxy.Fault
			}{
				{"bytes of another protocol", faultproxy.Fault{Answer: "HTTP/1.1 400 Bad Request\r\n\r\n"}},
				{"zeros", faultproxy.Fault{Answer: string(make([]byte, 64))}},
				{"half a packet", faultproxy.Fault{CutAfter: 3}},
			} {
				proxy.Set(fault.Fault)
				for _, call := range []struct {
					name string
					do   func(ctx context.Context) error
				}{
					{"Load", func(ctx context.Context) error { _, err := store.Load(ctx, rec.Key); return err }},
					{"Update", func(ctx context.Context) error { return store.Update(ctx, rec) }},
					{"Modify", func(ctx context.Context) error {
						return store.Modify(ctx, rec.Key, func(*djsession.Record) error { return nil })
					}},
					{"Delete", func(ctx context.Context) error { return store.Delete(ctx, rec.Key) }},
					{"ClearExpired", func(ctx context.Context) error { _, err := store.ClearExpired(ctx, nil); return err }},
				} {
					proxy.Cut() // so that each meets the fault on a connection of its own
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					start := time.Now()
					err := call.do(ctx)
					cancel()
					if !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, djsession.ErrNotFound) {
						t.Errorf("%s, %s: got error %v, want ErrUnavailable", fault.name, call.name, err)
					}
					if took := time.Since(start); took > 4*time.Second {
						t.Errorf("%s, %s: returned after %v, with a deadline of 1s", fault.name, call.name, took)
					}
				}
				proxy.Set(faultproxy.Fault{})
				proxy.Cut()
				if got, err := store.Load(t.Context(), rec.Key); err != nil || !got.Data.Has("text") {
					t.Errorf("after %s: got error %v, want the session", fault.name, err)
				}
			}
		})
	}
}
