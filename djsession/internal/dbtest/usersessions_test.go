package dbtest

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/storetest"
)

// userSessionTables are that of django-user-sessions, with a UUID for the user,
// and without the foreign key.
var userSessionTables = map[string]string{
	"postgresql": `CREATE TABLE "user_sessions_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamp with time zone NOT NULL, "user_agent" varchar(200) NULL, "last_activity" timestamp with time zone NOT NULL, "ip" inet NULL, "user_id" uuid NULL)`,
	"mysql":      "CREATE TABLE `user_sessions_session` (`session_key` varchar(40) NOT NULL PRIMARY KEY, `session_data` longtext NOT NULL, `expire_date` datetime(6) NOT NULL, `user_agent` varchar(200) NULL, `last_activity` datetime(6) NOT NULL, `ip` char(39) NULL, `user_id` char(32) NULL)",
	"sqlite":     `CREATE TABLE "user_sessions_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL, "user_agent" varchar(200) NULL, "last_activity" datetime NOT NULL, "ip" char(39) NULL, "user_id" char(32) NULL)`,
}

// TestUserSessionsByEveryDriver has each driver write what is neither text nor
// a number: an address, a UUID, a time.
func TestUserSessionsByEveryDriver(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, c := range connections[db.Vendor] {
			t.Run(c.name, func(t *testing.T) {
				conn := OpenDriver(t, c.driver, db.DSN+c.params)
				open := func(t testing.TB, now func() time.Time) *dbstore.UserStore {
					return openUserSessions(t, conn, db.Vendor, c, now)
				}
				storetest.Run(t, storetest.Harness{
					UserIDs: [3]string{someUser, "0b5c1f6e-6f0e-4a43-9d0c-2a8e3c6d7f11", "1b5c1f6e-6f0e-4a43-9d0c-2a8e3c6d7f10"},
					New:     func(t testing.TB, now func() time.Time) djsession.Store { return open(t, now) },
				})
				now := time.Date(2026, 11, 25, 12, 0, 0, 123456e3, time.UTC)
				store := open(t, func() time.Time { return now })
				keepsColumns(t, conn, store, &now)
			})
		}
	})
}

func openUserSessions(t testing.TB, conn *sql.DB, vendor string, c connection, now func() time.Time) *dbstore.UserStore {
	t.Helper()
	if _, err := conn.Exec("DELETE FROM user_sessions_session"); err != nil {
		if _, err := conn.Exec(userSessionTables[vendor]); err != nil {
			t.Fatal(err)
		}
	}
	opts := &dbstore.UserOptions{Options: c.options, UserUUIDs: true}
	opts.Now = now
	store := dbstore.NewUserSessions(conn, c.dialect, djsession.NewCodec("a secret", nil), opts)
	t.Cleanup(func() { store.Close() })
	return store
}

const someUser = "0b5c1f6e-6f0e-4a43-9d0c-2a8e3c6d7f10"

func keepsColumns(t *testing.T, conn *sql.DB, store *dbstore.UserStore, now *time.Time) {
	m := djsession.NewManager(store, &djsession.Options{Now: func() time.Time { return *now }})
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "[fe80::1%25eth0]:1"
	r.Header.Set("User-Agent", "a browser")
	key := ""
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		s.Set("_auth_user_id", someUser)
		w.WriteHeader(200)
		key = s.Key()
	})).ServeHTTP(w, r)
	if w.Code != 200 || key == "" {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	columns := func() (text string) {
		t.Helper()
		var agent, ip, user sql.NullString
		if err := conn.QueryRow("SELECT user_agent, CAST(ip AS CHAR(39)), user_id FROM user_sessions_session").Scan(&agent, &ip, &user); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s %s %s", agent.String, ip.String, strings.ReplaceAll(user.String, "-", ""))
	}
	first := columns()
	if user := strings.ReplaceAll(someUser, "-", ""); !strings.HasPrefix(first, "a browser fe80::1") || !strings.HasSuffix(first, " "+user) {
		t.Errorf("the columns are %q, want those of the user %s", first, user)
	}
	for merge := range 2 {
		*now = now.Add(time.Minute)
		s, err := djsession.NewManager(store, &djsession.Options{Merge: merge == 1, Now: func() time.Time { return *now }}).Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		s.Set("n", merge)
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := columns(); again != first {
			t.Errorf("saved outside of HTTP, the columns are %q, and were %q", again, first)
		}
	}
	found := 0
	for _, err := range store.ListUser(t.Context(), someUser, nil) {
		if found++; err != nil {
			t.Fatal(err)
		}
	}
	if found != 1 {
		t.Errorf("%d sessions of the user", found)
	}
}
