package dbtest

import (
	"database/sql"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/djsession/storetest"
)

// mySQLSites are how sites set up MySQL and MariaDB, apart from the defaults
// that all other tests have.
var mySQLSites = []struct {
	name, collation string
	set             []string // of each connection
	params          string
	options         dbstore.Options
}{
	{"binary, READ COMMITTED, matched rows", "utf8mb4_bin", []string{"transaction_isolation='READ-COMMITTED'"}, "clientFoundRows=true", dbstore.Options{}},
	{"strict and ANSI, nine hours east, its own password", "", []string{"sql_mode='ANSI,TRADITIONAL,NO_BACKSLASH_ESCAPES'", "time_zone='+09:00'"}, "", dbstore.Options{}},
	{"the same with literals", "", []string{"sql_mode='ANSI,TRADITIONAL,NO_BACKSLASH_ESCAPES'", "time_zone='+09:00'"}, "interpolateParams=true", dbstore.Options{Unprepared: true}},
	{"an old collation, SERIALIZABLE", "utf8mb4_general_ci", []string{"transaction_isolation='SERIALIZABLE'"}, "", dbstore.Options{}},
}

// TestMySQLSites runs the suite of stores as sites set up their database, and
// finds a user.
func TestMySQLSites(t *testing.T) {
	for _, server := range []func(testing.TB) *testenv.Server{testenv.MySQL, testenv.NewMariaDB} {
		t.Run(server(t).Name(), func(t *testing.T) {
			for _, site := range mySQLSites {
				t.Run(site.name, func(t *testing.T) {
					db := server(t).Database(t)
					plain, _ := Open(t, db)
					if site.collation != "" {
						if _, err := plain.Exec("ALTER DATABASE COLLATE " + site.collation); err != nil {
							t.Fatal(err)
						}
					}
					params := url.Values{}
					for _, set := range site.set {
						name, value, _ := strings.Cut(set, "=")
						params.Set(name, value)
					}
					dsn := with(asApp(db), params.Encode())
					if site.params != "" {
						dsn = with(dsn, site.params)
					}
					testMySQLSite(t, db, OpenDriver(t, "mysql", dsn), site.options)
				})
			}
		})
	}
}

// asApp logs in as the account with a password, where there is one: in a MySQL
// that the tests started.
func asApp(db *testenv.Database) string {
	if db.Server == "MySQL" && db.SocketDSN != "" {
		return "app:" + testenv.MySQLPassword + strings.TrimPrefix(db.DSN, "root")
	}
	return db.DSN
}

func testMySQLSite(t *testing.T, db *testenv.Database, conn *sql.DB, opts dbstore.Options) {
	CreateTable(t, conn, db.Vendor)
	c := connection{dialect: sqldialect.MySQL, options: opts}
	storetest.Run(t, storetest.Harness{
		New: func(t testing.TB, now func() time.Time) djsession.Store { return emptyStore(t, conn, c, now) },
	})
	CreateUsers(t, conn, db.Vendor, "auth_user", "user", "integer")
	InsertUser(t, conn, "auth_user", "1", "alice", "x", "2026-05-06 07:08:09", true, false)
	users := dbusers.New(conn, sqldialect.MySQL, &dbusers.Options{Unprepared: opts.Unprepared})
	t.Cleanup(func() { users.Close() })
	u, err := users.UserByID(t.Context(), "1")
	if err != nil || u.Username != "alice" {
		t.Errorf("got user %v, %v, want alice", u, err)
	}
}
