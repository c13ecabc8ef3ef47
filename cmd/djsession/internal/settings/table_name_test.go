package settings

import (
	"testing"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// TestNameOfTable has names of models go into a setting and back.
func TestNameOfTable(t *testing.T) {
	for _, row := range []struct{ name, schema, table string }{
		{"users", "", "users"},
		{"crm.users", "", "crm.users"},
		{`crm"."users`, "crm", "users"},
		{`"crm"."users"`, "crm", "users"},
		{`a"b`, "", `a"b`},
		{`"users"`, "", "users"},
	} {
		t.Run(row.name, func(t *testing.T) {
			site, err := djsite.Values{"users_table": NameOfTable(row.name)}.Site()
			if err != nil {
				t.Fatal(err)
			}
			if got := site.UserOptions(); got.Schema != row.schema || got.Table != row.table {
				t.Errorf("got %q, %q; want %q, %q", got.Schema, got.Table, row.schema, row.table)
			}
		})
	}
}
