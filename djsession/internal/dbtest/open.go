// Package dbtest opens the test environment's databases with real drivers, for
// tests of what stands on database/sql. The tested packages import no driver,
// not even in their own tests, because it would end up in the go.sum of their
// users.
package dbtest

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"

	_ "github.com/go-sql-driver/mysql" // mysql
	_ "github.com/jackc/pgx/v5/stdlib" // pgx
	_ "github.com/lib/pq"              // postgres
	_ "modernc.org/sqlite"             // sqlite
)

// Open opens a database with the driver that the command uses.
func Open(t testing.TB, db *testenv.Database) (*sql.DB, sqldialect.Dialect) {
	t.Helper()
	driver, dsn := Source(db)
	dialects := map[string]sqldialect.Dialect{"postgresql": sqldialect.PostgreSQL, "mysql": sqldialect.MySQL, "sqlite": sqldialect.SQLite}
	return OpenDriver(t, driver, dsn), dialects[db.Vendor]
}

// Source returns the driver that the command uses for a database, and what it
// takes.
func Source(db *testenv.Database) (driver, dsn string) {
	switch db.Vendor {
	case "postgresql":
		return "pgx", db.DSN
	case "mysql":
		return "mysql", db.DSN
	}
	return "sqlite", "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(db.DSN) + "?_pragma=busy_timeout(10000)"
}

// OpenDriver opens a database with a driver of a name, and closes it when the
// test ends.
func OpenDriver(t testing.TB, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	return db
}

// Tables are Django's own, as its migrations make them.
var Tables = map[string][]string{
	"postgresql": {`CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamp with time zone NOT NULL)`,
		`CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")`},
	"mysql": {"CREATE TABLE `django_session` (`session_key` varchar(40) NOT NULL PRIMARY KEY, `session_data` longtext NOT NULL, `expire_date` datetime(6) NOT NULL)",
		"CREATE INDEX `django_session_expire_date_a5c62663` ON `django_session` (`expire_date`)"},
	"sqlite": {`CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL)`,
		`CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")`},
}

// CreateTable makes django_session without asking a Django.
func CreateTable(t testing.TB, db *sql.DB, vendor string) {
	t.Helper()
	for _, statement := range Tables[vendor] {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// with adds a parameter to a DSN.
func with(dsn, params string) string {
	if strings.Contains(dsn, "?") {
		return dsn + "&" + params
	}
	return dsn + "?" + params
}

// transactionParams makes of MySQL's names of variables for transactions those
// that MariaDB had before 11.1.
func transactionParams(t testing.TB, db *sql.DB, vendor, params string) string {
	t.Helper()
	if vendor != "mysql" {
		return params
	}
	rows, err := db.Query("SHOW VARIABLES LIKE 'transaction_isolation'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		return params
	}
	return strings.ReplaceAll(params, "transaction_", "tx_")
}
