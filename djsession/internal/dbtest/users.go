package dbtest

import (
	"database/sql"
	"strings"
	"testing"
)

// UserTables are Django's own tables of users and permissions, as far as it
// reads them, for a user model of a table and a primary key. Words in braces
// differ by database: see [CreateUsers].
var userTables = []string{
	`CREATE TABLE {table} (id {pk} NOT NULL PRIMARY KEY, password varchar(128) NOT NULL, last_login {time} NULL, is_superuser {bool} NOT NULL,
		username varchar(150) NOT NULL UNIQUE, first_name varchar(150) NOT NULL, last_name varchar(150) NOT NULL, email varchar(254) NULL,
		is_staff {bool} NOT NULL, is_active {bool} NOT NULL, date_joined {time} NOT NULL)`,
	`CREATE TABLE {table}_groups ({model}_id {pk} NOT NULL, group_id integer NOT NULL)`,
	`CREATE TABLE {table}_user_permissions ({model}_id {pk} NOT NULL, permission_id integer NOT NULL)`,
	`CREATE TABLE auth_group (id integer NOT NULL PRIMARY KEY, name varchar(150) NOT NULL UNIQUE)`,
	`CREATE TABLE auth_group_permissions (group_id integer NOT NULL, permission_id integer NOT NULL)`,
	`CREATE TABLE auth_permission (id integer NOT NULL PRIMARY KEY, name varchar(255) NOT NULL, content_type_id integer NOT NULL, codename varchar(100) NOT NULL)`,
	`CREATE TABLE django_content_type (id integer NOT NULL PRIMARY KEY, app_label varchar(100) NOT NULL, model varchar(100) NOT NULL)`,
	`INSERT INTO django_content_type VALUES (1, 'shop', 'cart'), (2, 'auth', 'user')`,
	`INSERT INTO auth_permission VALUES (1, 'Can view cart', 1, 'view_cart'), (2, 'Can change cart', 1, 'change_cart'),
		(3, 'Can view user', 2, 'view_user'), (4, 'Can delete user', 2, 'delete_user')`,
	`INSERT INTO auth_group VALUES (1, 'editors'), (2, 'Clerks')`,
	`INSERT INTO auth_group_permissions VALUES (1, 3), (2, 2), (2, 1)`,
}

var userTypes = map[string]map[string]string{
	"postgresql": {"time": "timestamp with time zone", "bool": "boolean", "uuid": "uuid"},
	"mysql":      {"time": "datetime(6)", "bool": "bool", "uuid": "char(32)"},
	"sqlite":     {"time": "datetime", "bool": "bool", "uuid": "char(32)"},
}

// CreateUsers makes the tables of a user model without asking a Django. pk is a
// type of the database, or "uuid" for what Django takes for UUIDs. There are
// the permissions shop.view_cart, shop.change_cart, auth.view_user and
// auth.delete_user, numbered so, and the groups 1, with the third, and 2, with
// the first two.
func CreateUsers(t testing.TB, db *sql.DB, vendor, table, model, pk string) {
	t.Helper()
	types := userTypes[vendor]
	if pk == "uuid" {
		pk = types["uuid"]
	}
	words := strings.NewReplacer("{table}", table, "{model}", model, "{pk}", pk, "{time}", types["time"], "{bool}", types["bool"])
	for _, statement := range userTables {
		if _, err := db.Exec(words.Replace(statement)); err != nil {
			t.Fatal(err)
		}
	}
}

// InsertUser stores a user whose id is given as the database holds it; staff
// and superuser are as is_staff says.
func InsertUser(t testing.TB, db *sql.DB, table, id, username, password, lastLogin string, isActive, isStaff bool) {
	t.Helper()
	literal := func(b bool) string { return map[bool]string{true: "true", false: "false"}[b] }
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	login := "NULL"
	if lastLogin != "" {
		login = quote(lastLogin)
	}
	if _, err := db.Exec("INSERT INTO " + table + " VALUES (" + id + ", " + quote(password) + ", " + login + ", " + literal(isStaff) + ", " +
		quote(username) + ", 'Zoë', 'O', NULL, " + literal(isStaff) + ", " + literal(isActive) + ", '2026-01-02 03:04:05.000006')"); err != nil {
		t.Fatal(err)
	}
}
