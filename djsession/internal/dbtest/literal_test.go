package dbtest

import (
	"database/sql"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestLiterals sends values to PostgreSQL as lib/pq is made to, and reads them
// back, with standard_conforming_strings on and off and other settings that
// could change how a literal is read.
func TestLiterals(t *testing.T) {
	server := testenv.PostgreSQL(t).Database(t)
	for _, settings := range []string{"", "&standard_conforming_strings=off", "&standard_conforming_strings=off&backslash_quote=off",
		"&timezone=Asia/Tokyo&intervalstyle=iso_8601"} {
		t.Run(settings, func(t *testing.T) {
			db := sqldb.Open(OpenDriver(t, "postgres", server.DSN+settings), sqldialect.PostgreSQL, false)
			literalTexts(t, db)
			at := time.Date(2026, 11, 30, 12, 34, 56, 123456000, time.FixedZone("", 5*3600+1800))
			for _, row := range []struct {
				reason, cast string
				value        any
				want         string
			}{
				{"the least integer", "bigint", int64(math.MinInt64), "-9223372036854775808"},
				{"an int", "integer", 7, "7"},
				{"a number for a text", "varchar", int64(7), "7"},
				{"a float", "double precision", 0.1, "0.1"},
				{"not a number", "double precision", math.NaN(), "NaN"},
				{"true", "boolean", true, "true"},
				{"bytes", "bytea", []byte{0, '\'', '\\', 0xff}, `\x00275cff`},
				{"an instant", "timestamptz", at, "2026-11-30 07:04:56.123456"},
				{"a date long ago", "timestamptz", time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC), "0044-03-15 00:00:00 BC"},
				{"a date far ahead", "timestamptz", time.Date(12026, 3, 15, 0, 0, 0, 0, time.UTC), "12026-03-15 00:00:00"},
			} {
				query := "SELECT CAST(CAST(? AS " + row.cast + ") AS text)"
				if row.cast == "timestamptz" {
					// In UTC, in the form of ISO, whatever is set.
					query = "SELECT CAST(to_json(CAST(? AS timestamptz) AT TIME ZONE 'UTC') AS text)"
					row.want = `"` + strings.Replace(row.want, " ", "T", 1) + `"`
				}
				var got string
				if err := db.QueryRow(t.Context(), query, []any{row.value}, &got); err != nil || got != row.want {
					t.Errorf("%s: got %q, %v, want %q", row.reason, got, err, row.want)
				}
			}
			var null sql.NullString
			if err := db.QueryRow(t.Context(), "SELECT CAST(? AS text)", []any{nil}, &null); err != nil || null.Valid {
				t.Errorf("nil: got %v, %v", null, err)
			}
			var n int
			if err := db.QueryRow(t.Context(), "SELECT count(*) FROM generate_series(1, 10) LIMIT ?", []any{1}, &n); err != nil || n != 10 {
				t.Errorf("LIMIT: got %d, %v", n, err)
			}
		})
	}
}

// literalTexts sends texts of all that matters to a reader of literals, many at
// once.
func literalTexts(t *testing.T, db *sqldb.DB) {
	t.Helper()
	pieces := []string{"'", "''", `\`, `\\`, `\'`, "?", "$1", `"`, "--", "/*", "*/", ";", "$$", "E'", "U&'", `\u0041`, `\x41`, "\n", "\r", "\t", "\x01", "%", "é", "ソ", "漢", "😀", "a", " "}
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		texts := make([]any, 50)
		for i := range texts {
			var b strings.Builder
			for range random.IntN(12) {
				b.WriteString(pieces[random.IntN(len(pieces))])
			}
			texts[i] = b.String()
		}
		got := make([]string, len(texts))
		dest := make([]any, len(texts))
		for i := range got {
			dest[i] = &got[i]
		}
		query := "SELECT CAST(? AS text)" + strings.Repeat(", CAST(? AS text)", len(texts)-1)
		if err := db.QueryRow(t.Context(), query, texts, dest...); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != texts[i] {
				t.Errorf("sent %q, got %q", texts[i], got[i])
			}
		}
	}
}
