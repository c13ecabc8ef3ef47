package peers

import (
	"context"
	"database/sql"
	"runtime"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// fill puts n sessions with one text into a table, whose keys and expiries are spread; half of them have expired.
var fill = map[string]string{
	"sqlite": `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO django_session SELECT lower(hex(randomblob(16))), $1, datetime('now', (i % 2 * 2 - 1) || '00 hours', (i / 1000) || ' seconds') FROM n`,
	"postgresql": `INSERT INTO django_session SELECT md5(i::text || random()), $1, now() + (i % 2 * 2 - 1) * interval '100 hours' + i * interval '1 millisecond'
		FROM generate_series(1, $2::int) i`,
}

// BenchmarkRows lists a table whole and clears it of what has expired, at several sizes: the time should grow with the rows and the memory
// not at all.
func BenchmarkRows(b *testing.B) {
	text, err := djsession.NewCodec(Secret, nil).Encode(dataOf(b, Login+"}"))
	if err != nil {
		b.Fatal(err)
	}
	for _, vendor := range []string{"sqlite", "postgresql"} {
		var db *sql.DB
		dialect := dbstore.SQLite
		if vendor == "sqlite" {
			db = openSQLite(b)
		} else {
			db, dialect = dbtest.Open(b, testenv.PostgreSQL(b).Database(b))
		}
		dbtest.CreateTable(b, db, vendor)
		store := dbstore.New(db, dialect, djsession.NewCodec(Secret, nil), nil)
		b.Cleanup(func() { store.Close() })
		refill := func(b *testing.B, rows int) {
			exec(b, db, "DELETE FROM django_session")
			if _, err := db.ExecContext(context.Background(), fill[vendor], text, rows); err != nil {
				b.Fatal(err)
			}
		}
		for _, rows := range []int{1000, 10_000, 100_000} {
			refill(b, rows)
			b.Run("list/"+vendor+"/"+itoa(rows)+"/djsession", func(b *testing.B) {
				peak := walk(b, store, rows, rows/10)
				for b.Loop() {
					walk(b, store, rows, 0)
				}
				b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
				b.ReportMetric(float64(rows), "rows")
			})
			b.Run("clear/"+vendor+"/"+itoa(rows)+"/djsession", func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					refill(b, rows)
					b.StartTimer()
					if n, err := store.ClearExpired(b.Context(), nil); err != nil || n < int64(rows)/3 {
						b.Fatalf("%d rows, %v", n, err)
					}
				}
				b.ReportMetric(float64(rows), "rows")
			})
		}
	}
}

// walk lists a table, and looks at the memory after every so many rows.
func walk(b *testing.B, store *dbstore.Store, rows, every int) (peak uint64) {
	n := 0
	for _, err := range store.List(b.Context(), nil) {
		if err != nil {
			b.Fatal(err)
		}
		if n++; every > 0 && n%every == 0 {
			peak = max(peak, heap())
		}
	}
	if n != rows {
		b.Fatalf("%d rows", n)
	}
	return peak
}

// heap is what is in use, garbage apart.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

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
