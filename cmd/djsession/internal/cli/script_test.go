package cli_test

import (
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/djsession/djsession-go/cmd/djsession/internal/cli"
)

var update = flag.Bool("update", false, "write what the command prints into the scripts")

// clock is when the scripts run: after the database was made, and before its
// sessions end.
var clock = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"djsession": func() { os.Exit(cli.MainAt(clock)) },
	})
}

// TestScripts runs the command as its users do, in a directory with a copy of
// the site's database and keys.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": cmdStatus,
		},
		Setup: setup,
	})
}

// setup puts the site's database and keys into a script's directory, and an
// empty database.
func setup(env *testscript.Env) error {
	env.Setenv("TZ", "UTC")
	env.Setenv("GORACE", "atexit_sleep_ms=0") // else each command sleeps for a second at its end, when built with -race
	for _, name := range []string{"db.sqlite3", "secret_key", "secret_key_fallbacks"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "testdata", name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(env.WorkDir, name), content, 0o600); err != nil {
			return err
		}
	}
	for name, tables := range map[string][]string{"copy.sqlite3": nil, "apps.sqlite3": appTables} {
		if err := emptyDatabase(filepath.Join(env.WorkDir, name), tables...); err != nil {
			return err
		}
	}
	return nil
}

// sessionTable is what Django's migration makes.
const sessionTable = `CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL)`

// appTables are what createcachetable and the migrations of two apps make.
var appTables = []string{
	`CREATE TABLE "django_cache" ("cache_key" varchar(255) NOT NULL PRIMARY KEY, "value" text NOT NULL, "expires" datetime NOT NULL)`,
	`CREATE TABLE "user_sessions_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL, "user_agent" varchar(200) NULL, "last_activity" datetime NOT NULL, "ip" char(39) NULL, "user_id" integer NULL)`,
	`CREATE TABLE "qsessions_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL, "user_agent" varchar(300) NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "ip" char(39) NULL, "user_id" integer NULL)`,
}

// emptyDatabase makes a database with some tables, or with that of sessions.
func emptyDatabase(path string, tables ...string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	if tables == nil {
		tables = []string{sessionTable}
	}
	for _, table := range tables {
		if _, err := db.Exec(table); err != nil {
			return err
		}
	}
	return nil
}

// cmdStatus is "status N command ...": the command must exit with N.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [args...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = string(rune('0' + exit.ExitCode()))
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, not %s", got, args[0])
	}
}
