package dbtest

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestStatementsAreDjangos compares what we send to SQLite with what Django 3.2
// to 6.1 sent: the same statements, but for those that leftOut has a reason
// for.
func TestStatementsAreDjangos(t *testing.T) {
	ours := ourStatements(t)
	file, err := os.Open("testdata/statements.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	checked := 0
	for lines := bufio.NewScanner(file); lines.Scan(); checked++ {
		var v struct {
			Django, Call string
			Statements   []string
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		want := slices.Clone(v.Statements)
		for i := range want {
			want[i] = plainSQL(want[i])
		}
		for _, out := range leftOut[v.Call] {
			if i := slices.Index(want, out.statement); i >= 0 {
				want = slices.Delete(want, i, i+1)
			} else if out.statement != "" {
				t.Errorf("Django %s, %s: does not send %s", v.Django, v.Call, out.statement)
			}
		}
		want = slices.DeleteFunc(want, func(s string) bool { return s == "BEGIN" || s == "COMMIT" }) // one statement is a transaction
		got := slices.Clone(ours[v.Call])
		for i := range got {
			got[i] = plainSQL(got[i])
		}
		if slices.Equal(got, want) == (otherwise[v.Call] != "") {
			t.Errorf("Django %s, %s:\ngot  %q\nwant %q", v.Django, v.Call, got, want)
		}
	}
	if checked < 40 {
		t.Errorf("only %d records were checked", checked)
	}
}

const (
	look    = "SELECT 1 FROM django_session WHERE session_key = ?"
	loadRow = "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = ?"
)

// leftOut are statements of Django's that we do without.
var leftOut = map[string][]struct{ statement, reason string }{
	"new session save() (create + update)": {{look, "the insert itself tells whether a key is taken, in one round trip and with no race"}},
	"delete":                               {{loadRow, "Django loads what it deletes, for its signals; a delete needs no look"}},
}

// otherwise are calls for which we send another statement.
var otherwise = map[string]string{
	"exists":    "Manager.Exists asks for a live session; to Django an expired one exists too",
	"cycle_key": "one UPDATE of the key finds the row or none; Django inserts another one, whether or not the old one is still there",
}

// ourStatements makes the calls and returns what each sent.
func ourStatements(t *testing.T) map[string][]string {
	conn, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	rec := &recorder{under: conn.Driver(), dsn: ":memory:"}
	db := sql.OpenDB(rec)
	defer db.Close()
	db.SetMaxOpenConns(1)
	CreateTable(t, db, "sqlite")
	store := dbstore.New(db, sqldialect.SQLite, djsession.NewCodec("a secret", nil), nil)
	m := djsession.NewManager(store, nil)
	sent := make(map[string][]string)
	call := func(name string, do func() error) {
		rec.takeSent()
		if err := do(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sent[name] = slices.DeleteFunc(rec.takeSent(), isFrame)
	}
	ctx := t.Context()
	s := m.New()
	s.Set("foo", "bar")
	call("new session save() (create + update)", func() error { return s.Save(ctx) })
	call("load", func() (err error) { _, err = m.Open(ctx, s.Key()); return err })
	s.Set("a", 1)
	call("save existing", func() error { return s.Save(ctx) })
	call("cycle_key", func() error { return s.CycleKey(ctx) })
	call("load missing", func() error { _, err := m.Exists(ctx, djsession.NewKey()); return err })
	call("delete", func() error { return m.Delete(ctx, s.Key()) })
	call("clear_expired", func() error { _, err := store.ClearExpired(ctx, nil); return err })
	call("exists", func() error { _, err := m.Exists(ctx, s.Key()); return err })
	return sent
}

// isFrame reports whether a statement only surrounds another on SQLite, where
// it is no round trip: Django enforces foreign keys once for each connection.
func isFrame(statement string) bool {
	return strings.HasPrefix(statement, "PRAGMA foreign_keys") || statement == "BEGIN IMMEDIATE" || statement == "COMMIT"
}

var rewrites = []struct {
	reason string
	from   *regexp.Regexp
	to     string
}{
	{"parameters", regexp.MustCompile(`'[^']*'`), "?"},
	{"quotes and the table's name before each column", regexp.MustCompile("\"django_session\"\\.|[\"`]"), ""},
	{"more than one row cannot be", regexp.MustCompile(` LIMIT (21|1)$`), ""},
	{"a name for the one", regexp.MustCompile(`\(?\b1\)? AS a\b`), "1"},
	{"as 3.2 and 4.0 insert", regexp.MustCompile(`\) SELECT (\?, \?, \?)$`), ") VALUES ($1)"},
	{"one key is all it deletes", regexp.MustCompile(`session_key IN \(\?\)`), "session_key = ?"},
	{"brackets, and the order of conditions", regexp.MustCompile(`\(?expire_date > \? AND session_key = \?\)?`), "session_key = ? AND expire_date > ?"},
	{"so that no driver makes a time of it", regexp.MustCompile(`CAST\(expire_date AS TEXT\)`), "expire_date"},
	{"so that the insert tells whether the key is taken", regexp.MustCompile(` ON CONFLICT \(session_key\) DO NOTHING`), ""},
	{"in batches, so that nobody waits long", regexp.MustCompile(`session_key IN \(SELECT session_key FROM django_session WHERE (.*) LIMIT \?\)`), "$1"},
}

// plainSQL takes off what does not matter.
func plainSQL(statement string) string {
	for _, r := range rewrites {
		statement = r.from.ReplaceAllString(statement, r.to)
	}
	return strings.TrimSpace(statement)
}

// TestOneRoundTrip: each call is one statement.
func TestOneRoundTrip(t *testing.T) {
	for call, statements := range ourStatements(t) {
		if len(statements) != 1 {
			t.Errorf("%s takes %d statements, want 1", call, len(statements))
		}
	}
}
