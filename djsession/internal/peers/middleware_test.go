package peers

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/alexedwards/scs/sqlite3store"
	"github.com/alexedwards/scs/v2"
	scsmemory "github.com/alexedwards/scs/v2/memstore"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

func itoa(n int) string { return strconv.Itoa(n) }

func jsonValue(b *testing.B, text string) map[string]any {
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		b.Fatal(err)
	}
	return v
}

// nothing is a response that costs nothing.
type nothing struct{ header http.Header }

func (w *nothing) Header() http.Header         { return w.header }
func (w *nothing) Write(p []byte) (int, error) { return len(p), nil }
func (w *nothing) WriteHeader(int)             {}

// serve measures requests of somebody who is logged in.
func serve(b *testing.B, h http.Handler, cookie string) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", cookie)
	w := &nothing{make(http.Header)}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

// BenchmarkMiddleware serves requests that do not look at their session, that
// ask whose it is, and that count a visit; beside scs on the same work, with a
// session that holds the same.
func BenchmarkMiddleware(b *testing.B) {
	for _, store := range []struct {
		name string
		ours func(b *testing.B) djsession.Store
		scs  func(b *testing.B) scs.Store
	}{
		{"memory", func(*testing.B) djsession.Store { return memstore.New(nil) }, func(*testing.B) scs.Store { return scsmemory.NewWithCleanupInterval(0) }},
		{"sqlite", sqliteStore, func(b *testing.B) scs.Store {
			db := openSQLite(b)
			exec(b, db, `CREATE TABLE sessions (token TEXT PRIMARY KEY, data BLOB NOT NULL, expiry REAL NOT NULL)`)
			exec(b, db, `CREATE INDEX sessions_expiry_idx ON sessions(expiry)`) // as its documentation says
			return sqlite3store.NewWithCleanupInterval(db, 0)
		}},
	} {
		for _, work := range []string{"untouched", "read", "change"} {
			if work == "untouched" && store.name != "memory" {
				continue
			}
			b.Run(work+"/"+store.name+"/djsession", func(b *testing.B) { benchmarkOurs(b, store.ours(b), work) })
			b.Run(work+"/"+store.name+"/scs", func(b *testing.B) { benchmarkSCS(b, store.scs(b), work) })
		}
	}
	b.Run("untouched/memory/floor", func(b *testing.B) {
		serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}), "sessionid="+djsession.NewKey())
	})
}

func benchmarkOurs(b *testing.B, store djsession.Store, work string) {
	m := djsession.NewManager(store, nil)
	s := m.New()
	s.Update(dataOf(b, Login+"}").All())
	if err := s.Save(b.Context()); err != nil {
		b.Fatal(err)
	}
	serve(b, m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if work == "untouched" {
			return
		}
		s, err := djsession.FromRequest(r)
		if err != nil {
			b.Fatal(err)
		}
		if id, _ := s.Text("_auth_user_id"); id != "42" {
			b.Fatal("who is " + id)
		}
		if work == "change" {
			visits, _, _ := djsession.Get[int](s, "visits")
			s.Set("visits", visits+1)
		}
	})), "sessionid="+s.Key())
}

func benchmarkSCS(b *testing.B, store scs.Store, work string) {
	m := scs.New()
	m.Store = store
	ctx, err := m.Load(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	for name, value := range jsonValue(b, Login+"}") {
		m.Put(ctx, name, value)
	}
	token, _, err := m.Commit(ctx)
	if err != nil {
		b.Fatal(err)
	}
	serve(b, m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if work == "untouched" {
			return
		}
		if m.GetString(r.Context(), "_auth_user_id") != "42" {
			b.Fatal("who is it?")
		}
		if work == "change" {
			m.Put(r.Context(), "visits", m.GetInt(r.Context(), "visits")+1)
		}
	})), "session="+token)
}

// openSQLite opens a database that does not wait for the disk.
func openSQLite(b *testing.B) *sql.DB {
	return dbtest.OpenDriver(b, "sqlite", "file:"+filepath.Join(b.TempDir(), "db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=busy_timeout(10000)")
}

func exec(b *testing.B, db *sql.DB, statement string) {
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		b.Fatal(err)
	}
}

func sqliteStore(b *testing.B) djsession.Store {
	db := openSQLite(b)
	dbtest.CreateTable(b, db, "sqlite")
	store := dbstore.New(db, sqldialect.SQLite, djsession.NewCodec(Secret, nil), nil)
	b.Cleanup(func() { store.Close() })
	return store
}
