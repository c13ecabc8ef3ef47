package dbtest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// whoService is a view that says who it is, and the cookie of a session that is
// logged in.
func whoService(t testing.TB, db *testenv.Database) (http.Handler, *http.Cookie) {
	conn, dialect := Open(t, db)
	CreateTable(t, conn, db.Vendor)
	CreateUsers(t, conn, db.Vendor, "auth_user", "user", "integer")
	InsertUser(t, conn, "auth_user", "1", "alice", "pbkdf2_sha256$600000$salt$hash", "2026-05-06 07:08:09", true, true)
	store := dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), nil)
	users := dbusers.New(conn, dialect, nil)
	t.Cleanup(func() { store.Close(); users.Close() })
	login := auth.New(users, "a secret", nil)
	sessions := djsession.NewManager(store, nil)
	alice, err := users.UserByID(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	session := sessions.New()
	if err := login.Login(t.Context(), session, alice); err != nil {
		t.Fatal(err)
	}
	session.Set("last_page", "/reports/2026/")
	if err := session.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	return sessions.Handler(login.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, auth.UserFromContext(r.Context()).Username)
	}))), &http.Cookie{Name: "sessionid", Value: session.Key()}
}

// TestWho has the service of the benchmark answer, on all databases.
func TestWho(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		h, cookie := whoService(t, db)
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Body.String() != "alice" || len(w.Result().Cookies()) != 0 {
			t.Errorf("got %s, cookies %v", w.Body, w.Result().Cookies())
		}
	})
}

// TestForged has rows that the site did not write: no user is logged in by
// them, and they stay as they are.
func TestForged(t *testing.T) {
	file := testenv.SQLite(t)
	h, cookie := whoService(t, file)
	conn, _ := Open(t, file)
	var good string
	if err := conn.QueryRow("SELECT session_data FROM django_session").Scan(&good); err != nil {
		t.Fatal(err)
	}
	data, err := djsession.NewCodec("a secret", nil).Decode(good)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(key string, opts *djsession.CodecOptions) string {
		text, err := djsession.NewCodec(key, opts).Encode(data)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for reason, text := range map[string]string{
		"another key":                encode("another secret", nil),
		"another key, as Django 3.0": encode("another secret", &djsession.CodecOptions{Layout: djsession.LayoutLegacy}),
		"another class of session":   encode("a secret", &djsession.CodecOptions{StoreName: "OtherStore"}),
		"an empty key":               base64.StdEncoding.EncodeToString([]byte(":{\"_auth_user_id\":\"1\"}")),
		"one character changed":      strings.ToUpper(good[:9]) + good[9:],
		"the end is missing":         good[:len(good)-1],
		"without a signature":        good[:strings.LastIndex(good, ":")],
		"rubbish":                    "rubbish",
		"nothing":                    "",
	} {
		if _, err := conn.Exec("UPDATE django_session SET session_data = ?", text); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var after string
		if err := conn.QueryRow("SELECT session_data FROM django_session").Scan(&after); err != nil || after != text {
			t.Errorf("%s: the row was changed, %v", reason, err)
		}
		if w.Code != http.StatusUnauthorized || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: status %d, cookies %v", reason, w.Code, w.Result().Cookies())
		}
	}
}

// TestUsersDown has the sessions at hand and the users not: that is a 503, and
// no user is logged out.
func TestUsersDown(t *testing.T) {
	file := testenv.SQLite(t)
	h, cookie := whoService(t, file)
	conn, dialect := Open(t, file)
	closed, _ := Open(t, file)
	closed.Close()
	users := dbusers.New(closed, dialect, nil)
	sessions := djsession.NewManager(dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), nil), nil)
	down := sessions.Handler(auth.New(users, "a secret", nil).RequireUser(http.NotFoundHandler()))
	for _, c := range []struct {
		handler http.Handler
		want    int
	}{{down, 503}, {down, 503}, {h, 200}} {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		if w.Code != c.want || len(w.Result().Cookies()) != 0 {
			t.Errorf("status %d, cookies %v; want %d", w.Code, w.Result().Cookies(), c.want)
		}
	}
}

// nowhere is a response that nobody reads.
type nowhere struct{ header http.Header }

func (w nowhere) Header() http.Header         { return w.header }
func (w nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (w nowhere) WriteHeader(int)             {}

// BenchmarkWho is "who is this", from the request's cookie to the user: a
// session and a user are read, signature and hash checked. The floor is what
// cannot be left out: both rows, by statements prepared once.
func BenchmarkWho(b *testing.B) {
	for _, db := range []func() *testenv.Database{
		func() *testenv.Database { return testenv.SQLite(b) },
		func() *testenv.Database { return testenv.PostgreSQL(b).Database(b) },
		func() *testenv.Database { return testenv.MariaDB(b).Database(b) },
	} {
		d := db()
		h, cookie := whoService(b, d)
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(cookie)
		serve := func() { h.ServeHTTP(nowhere{make(http.Header)}, r) }
		for _, c := range []struct {
			name string
			run  func()
		}{{"who", serve}, {"floor", bothRows(b, d, cookie.Value)}} {
			b.Run(d.Vendor+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.run()
				}
			})
			b.Run(d.Vendor+"/"+c.name+"/parallel", func(b *testing.B) {
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						c.run()
					}
				})
			})
		}
	}
}

func bothRows(b *testing.B, d *testenv.Database, key string) func() {
	conn, dialect := Open(b, d)
	sessions, err := conn.Prepare(dialect.Rebind("SELECT session_data FROM django_session WHERE session_key = ? AND expire_date > ?"))
	if err != nil {
		b.Fatal(err)
	}
	users, err := conn.Prepare(dialect.Rebind("SELECT username, password, is_active, is_staff, is_superuser, first_name, last_name FROM auth_user WHERE id = ?"))
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		var data, username, password, first, last string
		var active, staff, super bool
		if err := sessions.QueryRow(key, sqldb.Of(dialect).Time(time.Now(), nil)).Scan(&data); err != nil {
			b.Error(err)
		}
		if err := users.QueryRow(1).Scan(&username, &password, &active, &staff, &super, &first, &last); err != nil {
			b.Error(err)
		}
	}
}
