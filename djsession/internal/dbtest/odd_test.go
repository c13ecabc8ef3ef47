package dbtest

import (
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestClocksApart has two machines whose clocks differ by an hour. As in
// Django, each goes by its own clock, and neither by the database's: a session
// that is over for one lives for the other, until one that is ahead clears it.
func TestClocksApart(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := Open(t, db)
		CreateTable(t, conn, db.Vendor)
		codec := djsession.NewCodec("a secret", nil)
		at := func(d time.Duration) *dbstore.Store {
			store := dbstore.New(conn, dialect, codec, &dbstore.Options{Now: func() time.Time { return time.Now().Add(d) }})
			t.Cleanup(func() { store.Close() })
			return store
		}
		behind, ahead := at(-time.Hour), at(time.Hour)
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(30 * time.Minute)}
		if err := behind.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		if _, err := ahead.Load(t.Context(), rec.Key); !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("the clock that is ahead: got error %v, want ErrNotFound", err)
		}
		if _, err := behind.Load(t.Context(), rec.Key); err != nil {
			t.Errorf("the clock that is behind: got error %v", err)
		}
		if n, err := behind.ClearExpired(t.Context(), nil); n != 0 || err != nil {
			t.Errorf("the clock that is behind: got %d cleared, %v; want none", n, err)
		}
		if n, err := ahead.ClearExpired(t.Context(), nil); n != 1 || err != nil {
			t.Errorf("the clock that is ahead: got %d cleared, %v; want 1", n, err)
		}
	})
}

// TestCharsets has connections that speak another charset than UTF-8. What is
// stored is ASCII, so nothing changes on the way.
func TestCharsets(t *testing.T) {
	for _, row := range []struct {
		name, driver, params string
		server               func(testing.TB) *testenv.Server
		dialect              sqldialect.Dialect
	}{
		{"Latin-1, pgx", "pgx", "&client_encoding=LATIN1", testenv.PostgreSQL, sqldialect.PostgreSQL},
		{"EUC_JP, pgx", "pgx", "&client_encoding=EUC_JP", testenv.PostgreSQL, sqldialect.PostgreSQL},
		{"Latin-1, MariaDB", "mysql", "?charset=latin1", testenv.MariaDB, sqldialect.MySQL},
		{"Shift JIS, MySQL", "mysql", "?charset=sjis", testenv.MySQL, sqldialect.MySQL},
	} {
		t.Run(row.name, func(t *testing.T) {
			db := row.server(t).Database(t)
			plain, _ := Open(t, db)
			CreateTable(t, plain, db.Vendor)
			codec := djsession.NewCodec("a secret", nil)
			store := dbstore.New(OpenDriver(t, row.driver, db.DSN+row.params), row.dialect, codec, nil)
			defer store.Close()
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			rec.Data.Set("name", "Ñandú 日本 \\ ' ?")
			if err := store.Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			got, err := dbstore.New(plain, row.dialect, codec, nil).Load(t.Context(), rec.Key)
			if err != nil {
				t.Fatal(err)
			}
			if name, _ := got.Data.Text("name"); name != "Ñandú 日本 \\ ' ?" {
				t.Errorf("got %q", name)
			}
			rec.Data.Set("name", "other")
			if err := store.Update(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			if err := store.Delete(t.Context(), rec.Key); err != nil {
				t.Fatal(err)
			}
		})
	}
}
