package djsite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/djsession/dbstore"
)

func TestTableName(t *testing.T) {
	for _, row := range []struct{ reason, text, schema, table string }{
		{"a name", "users", "", "users"},
		{"a schema", "crm.users", "crm", "users"},
		{"none", "", "", ""},
		{"a dot within a name", `"crm.users"`, "", "crm.users"},
		{"Django's trick for a schema", `crm"."users`, "crm", "users"},
		{"the same with all its quotes", `"crm"."users"`, "crm", "users"},
		{"a quote within a name", `"a""b"`, "", `a"b`},
		{"spaces and signs", "My Users ;--", "", "My Users ;--"},
		{"one of two in quotes", `crm."a.b"`, "crm", "a.b"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			if schema, table, ok := tableName(row.text); !ok || schema != row.schema || table != row.table {
				t.Errorf("got %q, %q, %v; want %q, %q", schema, table, ok, row.schema, row.table)
			}
		})
	}
	for _, text := range []string{"a.b.c", `"a`, `"a"b`, "a.", `""`, `"a".`, `a"."b"."c`} {
		if schema, table, ok := tableName(text); ok {
			t.Errorf("%s: got %q, %q; want an error", text, schema, table)
		}
	}
}

func TestReferences(t *testing.T) {
	type lines = []string
	for _, row := range []struct {
		reason string
		lines  []string
		want   []dbstore.Reference
		bad    bool
	}{
		{reason: "none"},
		{reason: "one", lines: lines{"shop_visit.session_id: cascade"},
			want: []dbstore.Reference{{Table: "shop_visit", Column: "session_id"}}},
		{reason: "as Python spells it, with a schema", lines: lines{`crm.visit.session_id: SET_NULL`},
			want: []dbstore.Reference{{Schema: "crm", Table: "visit", Column: "session_id", OnDelete: dbstore.OnDeleteSetNull}}},
		{reason: "rows of rows", lines: lines{"a.session_id: cascade", "b.a_id -> a.id: cascade", "c.b_id -> b.uid: protect"},
			want: []dbstore.Reference{{Table: "a", Column: "session_id", References: []dbstore.Reference{
				{Table: "b", Column: "a_id", To: "id", References: []dbstore.Reference{
					{Table: "c", Column: "b_id", To: "uid", OnDelete: dbstore.OnDeleteProtect}}}}}}},
		{reason: "a value that only Python knows", lines: lines{"a.session_id: set_default"}, bad: true},
		{reason: "no column", lines: lines{"a: cascade"}, bad: true},
		{reason: "no table", lines: lines{".x: cascade"}, bad: true},
		{reason: "no on_delete", lines: lines{"a.session_id"}, bad: true},
		{reason: "a table that no line names", lines: lines{"b.a_id -> a.id: cascade"}, bad: true},
	} {
		t.Run(row.reason, func(t *testing.T) {
			got, err := parseReferences(row.lines)
			if (err != nil) != row.bad {
				t.Fatalf("got error %v, want an error: %v", err, row.bad)
			}
			if diff := cmp.Diff(row.want, got); !row.bad && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
