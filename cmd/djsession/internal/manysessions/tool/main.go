// Command tool fills a database with many sessions and prints what it needs to
// be told of them:
//
//	tool -n 1000000 sqlite big.sqlite3
//	tool -n 1000000 -old 0.2 -expired 0.5 postgres "postgres://localhost/test?sslmode=disable"
//
// The table is made if it is not there; it must be empty.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/manysessions"
	"github.com/djsession/djsession-go/djsession/sqldialect"

	_ "github.com/go-sql-driver/mysql" // mysql
	_ "github.com/lib/pq"              // postgres
	_ "modernc.org/sqlite"             // sqlite
)

func main() {
	n := flag.Int("n", 1_000_000, "how many")
	old := flag.Float64("old", 0, "share of sessions from before upgrades")
	expired := flag.Float64("expired", 0.3, "share of expired sessions")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: tool [-n N] [-old SHARE] [-expired SHARE] sqlite|postgres|mysql DSN")
		os.Exit(2)
	}
	started := time.Now()
	if err := fill(flag.Arg(0), flag.Arg(1), manysessions.Options{Count: *n, Old: *old, Expired: *expired}); err != nil {
		fmt.Fprintln(os.Stderr, "manysessions:", err)
		os.Exit(1)
	}
	fmt.Printf("%d sessions in %v\nSECRET_KEY=%q\nSECRET_KEY_FALLBACKS=%q\n", *n, time.Since(started).Round(time.Millisecond), manysessions.SecretKey, manysessions.FallbackKey)
}

func fill(driver, dsn string, opts manysessions.Options) error {
	dialect := sqldialect.PostgreSQL
	switch driver {
	case "sqlite":
		dialect, dsn = sqldialect.SQLite, "file:"+dsn+"?_pragma=synchronous(off)"
	case "mysql":
		dialect = sqldialect.MySQL
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec("SELECT 1 FROM django_session"); err != nil {
		if err := manysessions.CreateTable(db, dialect); err != nil {
			return err
		}
	}
	return manysessions.Fill(context.Background(), db, dialect, opts)
}
