package settings

import "testing"

func TestTableName(t *testing.T) {
	for _, row := range []struct{ reason, text, schema, table string }{
		{"a name", "users", "", "users"},
		{"a schema", "crm.users", "crm", "users"},
		{"none", "", "", ""},
		{"a dot within a name", `"crm.users"`, "", "crm.users"},
		{"Django's trick for a schema", `crm"."users`, "crm", "users"},
		{"the same with all its quotes", `"crm"."users"`, "crm", "users"},
		{"a quote within a name", `"a""b"`, "", `a"b`},
		{"blanks and signs", "My Users ;--", "", "My Users ;--"},
		{"one of two in quotes", `crm."a.b"`, "crm", "a.b"},
	} {
		if schema, table, err := tableName("table", row.text); err != nil || schema != row.schema ||
			table != row.table {
			t.Errorf(
				"%s: %s is %q, %q, %v; want %q, %q",
				row.reason,
				row.text,
				schema,
				table,
				err,
				row.schema,
				row.table,
			)
		}
	}
	for _, text := range []string{"a.b.c", `"a`, `"a"b`, "a.", `""`, `"a".`, `a"."b"."c`} {
		if schema, table, err := tableName("table", text); err == nil {
			t.Errorf("%s is %q, %q; want an error", text, schema, table)
		}
	}
}

// TestNameOfTable has names of models go into a setting and back.
func TestNameOfTable(t *testing.T) {
	for _, row := range []struct{ name, schema, table string }{
		{"users", "", "users"}, {"crm.users", "", "crm.users"}, {`crm"."users`, "crm", "users"}, {`"crm"."users"`, "crm", "users"}, {`a"b`, "", `a"b`}, {`"users"`, "", "users"},
	} {
		if schema, table, err := tableName("table", NameOfTable(row.name)); err != nil || schema != row.schema ||
			table != row.table {
			t.Errorf("%s: got %q, %q, %v; want %q, %q", row.name, schema, table, err, row.schema, row.table)
		}
	}
}
