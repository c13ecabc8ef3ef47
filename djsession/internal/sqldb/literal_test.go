package sqldb

import (
	"database/sql"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestInterpolate(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 123456000, time.UTC)
	for _, row := range []struct {
		reason, query string
		args          []any
		want          string // or nothing for an error
	}{
		{"a text", "a = ?", []any{"x"}, "a = 'x'"},
		{"an apostrophe is doubled", "a = ?", []any{"it's"}, "a = 'it''s'"},
		{"a backslash means itself whatever standard_conforming_strings is", "a = ?", []any{`\'é`}, `a =  E'\\''\U000000E9'`},
		{"a mark within a value is none", "a = ? AND b = ?", []any{"?", "$1"}, "a = '?' AND b = '$1'"},
		{"a mark within a name is none", `"a?""?" = ?`, []any{"x"}, `"a?""?" = 'x'`},
		{"a number has no type yet, as a parameter", "a = ?", []any{int64(-5)}, "a = '-5'"},
		{"an int", "LIMIT ?", []any{1000}, "LIMIT '1000'"},
		{"a float", "a = ?", []any{math.Inf(-1)}, "a = '-Inf'"},
		{"a bool", "a = ?", []any{true}, "a = 'true'"},
		{"nothing", "a = ?", []any{nil}, "a = NULL"},
		{"no bytes", "a = ?", []any{[]byte(nil)}, "a = NULL"},
		{"bytes", "a = ?", []any{[]byte{0, 0xff}}, `a =  E'\\x00ff'`},
		{"a Valuer", "a = ?", []any{sql.NullString{String: "x", Valid: true}}, "a = 'x'"},
		{"a named type", "a = ?", []any{time.Duration(5)}, "a = '5'"},
		{"an instant", "a = ?", []any{at}, "a = '2026-11-30 12:00:00.123456Z'"},
		{"an instant in a zone", "a = ?", []any{at.In(time.FixedZone("", -3600-60*30-7))}, "a = '2026-11-30 10:29:53.123456-01:30:07'"},
		{"a year before 1", "a = ?", []any{time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC)}, "a = '0044-03-15 00:00:00Z BC'"},
		{"NUL ends a message", "a = ?", []any{"a\x00b"}, ""},
		{"no UTF-8", "a = ?", []any{"\xff"}, ""},
		{"a type of its own", "a = ?", []any{struct{}{}}, ""},
		{"too few", "a = ? AND b = ?", []any{"x"}, ""},
		{"too many", "a = ?", []any{"x", "y"}, ""},
	} {
		got, err := interpolate(row.query, row.args)
		if got != row.want || (err == nil) != (row.want != "") {
			t.Errorf("%s: got %q, %v, want %q", row.reason, got, err, row.want)
		}
		if err != nil && (strings.Contains(err.Error(), "a\x00b") || strings.Contains(err.Error(), "\xff")) {
			t.Errorf("%s: the error shows the value: %v", row.reason, err)
		}
	}
}

// FuzzLiteral reads literals as PostgreSQL does, with
// standard_conforming_strings on and off, and as a server does that takes the
// bytes for Shift JIS: each must end where it should, and mean what it should
// where the encoding is right.
func FuzzLiteral(f *testing.F) {
	for _, seed := range []string{"", "'", `\`, `\'`, `''\\''`, "é\\", "ソ'", "漢\\'--", "' OR 1=1; --", "$1 ? /*", "\n\t\x7f", "\\u0041", "😀\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		query, err := interpolate("?;", []any{text})
		if err != nil {
			if utf8.ValidString(text) && !strings.Contains(text, "\x00") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		for _, server := range []lexer{{conforming: true}, {conforming: false}, {conforming: true, twoBytes: true}, {conforming: false, twoBytes: true}} {
			got, rest := server.literal(strings.TrimSpace(query))
			if rest != ";" || !server.twoBytes && got != text {
				t.Errorf("%+v reads %s as %q and then %q, want %q", server, query, got, rest, text)
			}
		}
	})
}

// A lexer reads a literal as a server with these settings.
type lexer struct{ conforming, twoBytes bool }

func (l lexer) literal(s string) (text, rest string) {
	escapes := !l.conforming
	if s[0] == 'E' {
		s, escapes = s[1:], true
	}
	if s[0] != '\'' {
		return "", s
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case l.twoBytes && s[i] >= 0x80 && i+1 < len(s) && s[i+1] >= 0x40 && s[i+1] != 0x7f:
			b.WriteString(s[i : i+2])
			i++
		case s[i] == '\'' && i+1 < len(s) && s[i+1] == '\'':
			b.WriteByte('\'')
			i++
		case s[i] == '\'':
			return b.String(), s[i+1:]
		case escapes && s[i] == '\\' && s[i+1] == 'U':
			n, _ := strconv.ParseUint(s[i+2:i+10], 16, 32)
			b.WriteRune(rune(n))
			i += 9
		case escapes && s[i] == '\\':
			b.WriteByte(s[i+1])
			i++
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), "" // it never ends
}
