package peers

import (
	"database/sql"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestVersions says what was measured, for the results.
func TestVersions(t *testing.T) {
	say := func(name, query string, db *sql.DB) {
		var version string
		if err := db.QueryRowContext(t.Context(), query).Scan(&version); err != nil {
			t.Fatal(err)
		}
		t.Logf("version: %s %s", name, version)
	}
	lite, _ := dbtest.Open(t, testenv.SQLite(t))
	say("SQLite", "SELECT sqlite_version()", lite)
	pg, _ := dbtest.Open(t, testenv.PostgreSQL(t).Database(t))
	say("PostgreSQL", "SHOW server_version", pg)
	my, _ := dbtest.Open(t, testenv.MariaDB(t).Database(t))
	say("MariaDB", "SELECT version()", my)
	var python string
	testenv.GetDjango(t, "5.2").Run(t, `
		import platform, django, zlib
		result = "%s on %s %s, zlib %s" % (django.__version__, platform.python_implementation(), platform.python_version(), zlib.ZLIB_RUNTIME_VERSION)
	`, nil, &python)
	t.Logf("version: Django %s", python)
}
