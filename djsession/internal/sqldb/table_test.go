package sqldb_test

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

func TestTable(t *testing.T) {
	for _, c := range []struct {
		reason        string
		dialect       sqldb.Dialect
		schema, table string
		want          string
	}{
		{"a name", sqldb.PostgreSQL, "", "users", `"users"`},
		{"a schema", sqldb.PostgreSQL, "crm", "users", `"crm"."users"`},
		{"a dot is part of the name", sqldb.PostgreSQL, "", "crm.users", `"crm.users"`},
		{"a schema within the quotes", sqldb.PostgreSQL, "", `crm"."users`, `"crm"."users"`},
		{"which wins", sqldb.PostgreSQL, "public", `crm"."users`, `"crm"."users"`},
		{"all of the quotes", sqldb.PostgreSQL, "", `"crm"."users"`, `"crm"."users"`},
		{"quotes around a name", sqldb.PostgreSQL, "", `"users"`, `"users"`},
		{"a quote that ends nothing", sqldb.PostgreSQL, "", `a"; DROP TABLE b; --`, `"a""; DROP TABLE b; --"`},
		{"only quotes", sqldb.PostgreSQL, "", `""`, `""""""`},
		{"MySQL's quotes", sqldb.MySQL, "", "crm`.`users", "`crm`.`users`"},
		{"MySQL does not know the others", sqldb.MySQL, "", `crm"."users`, "`crm\".\"users`"},
		{"SQLite, by Django's quotes", sqldb.SQLite, "", `crm"."users`, "`crm`.`users`"},
		{"SQLite, a backtick", sqldb.SQLite, "", "a`b", "`a``b`"},
	} {
		if got := sqldb.Table(c.dialect, c.schema, c.table); got != c.want {
			t.Errorf("%s: got %s, want %s", c.reason, got, c.want)
		}
	}
}

// TestTableOfField has names from Django 6.1's truncate_name.
func TestTableOfField(t *testing.T) {
	long := strings.Repeat("t", 60)
	for _, c := range []struct {
		reason  string
		dialect sqldb.Dialect
		table   string
		want    string
	}{
		{"a name", sqldb.PostgreSQL, "auth_user", "auth_user_groups"},
		{"a schema within the quotes", sqldb.PostgreSQL, `crm"."users`, `crm"."users_groups`},
		{"all of the quotes", sqldb.PostgreSQL, `"crm"."users"`, `crm"."users_groups`},
		{"a long name", sqldb.PostgreSQL, long, strings.Repeat("t", 59) + "893a"},
		{"a long name in a schema", sqldb.PostgreSQL, `crm"."` + long, `crm"."` + strings.Repeat("t", 59) + "893a"},
		{"MySQL has room for one more", sqldb.MySQL, long, strings.Repeat("t", 60) + "893a"},
		{"SQLite has room", sqldb.SQLite, long, long + "_groups"},
	} {
		if got := sqldb.TableOfField(c.dialect, c.table, "groups"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.reason, got, c.want)
		}
	}
}
