package dbusers

import (
	"strings"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// statements are the texts of all queries, made once.
type statements struct {
	byID        string // id
	byName      string // name
	recordLogin string // time, id; empty if there is no such column
	setPassword string // password, id
	upgrade     string // password, id, old password
	own         string // user id: permissions of the user
	grouped     string // user id: permissions through groups
	all         string // every permission
	groups      string // user id
}

func newStatements(d Dialect, o *Options) statements {
	c := &o.Columns
	table := sqldb.Table(d, o.Schema, o.Table)
	selected := "SELECT " + strings.Join(selectedColumns(d, o), ", ") + " FROM " + table
	whereID := " WHERE " + o.column(d, c.ID) + " = " + idParameter(d, o.PK)
	q := statements{
		byID:        selected + whereID,
		byName:      selected + " WHERE " + o.column(d, c.Username) + " = ?",
		setPassword: "UPDATE " + table + " SET " + d.Quote(c.Password) + " = ?" + whereID,
	}
	q.upgrade = q.setPassword + " AND " + d.Exact(o.column(d, c.Password))
	if c.LastLogin != None {
		q.recordLogin = "UPDATE " + table + " SET " + d.Quote(c.LastLogin) + " = ?" + whereID
	}
	q.permissions(d, o)
	return q
}

// permissions are Django's own joins, without the table of groups, which only passes its key on.
func (q *statements) permissions(d Dialect, o *Options) {
	named := func(table string) string { return sqldb.Table(d, o.Schema, table) }
	column := func(alias, name string) string { return alias + "." + d.Quote(name) }
	user := d.Quote(o.Model + "_id")
	id := idParameter(d, o.PK)
	q.all = "SELECT " + column("ct", "app_label") + ", " + column("p", "codename") + " FROM " + named("auth_permission") + " p JOIN " +
		named("django_content_type") + " ct ON " + column("p", "content_type_id") + " = " + column("ct", "id")
	q.own = q.all + " JOIN " + named(o.PermissionsTable) + " up ON " + column("up", "permission_id") + " = " + column("p", "id") +
		" WHERE up." + user + " = " + id
	q.grouped = q.all + " JOIN " + named("auth_group_permissions") + " gp ON " + column("gp", "permission_id") + " = " + column("p", "id") +
		" JOIN " + named(o.GroupsTable) + " ug ON " + column("ug", "group_id") + " = " + column("gp", "group_id") +
		" WHERE ug." + user + " = " + id
	q.groups = "SELECT " + column("g", "name") + " FROM " + named("auth_group") + " g JOIN " + named(o.GroupsTable) + " ug ON " +
		column("ug", "group_id") + " = " + column("g", "id") + " WHERE ug." + user + " = " + id + " ORDER BY " + column("g", "name")
}

// selectedColumns are those that scan takes, in its order.
func selectedColumns(d Dialect, o *Options) []string {
	c := &o.Columns
	column := func(name, otherwise string) string {
		if name == None {
			return otherwise
		}
		return o.column(d, name)
	}
	at := func(name string) string {
		if name == None {
			return "NULL"
		}
		return d.TimeColumn(o.column(d, name))
	}
	columns := []string{o.column(d, c.ID), column(c.Username, "''"), column(c.Password, "''"), column(c.IsActive, "1 = 1"), column(c.IsStaff, "1 = 0"),
		column(c.IsSuperuser, "1 = 0"), column(c.Email, "''"), column(c.FirstName, "''"), column(c.LastName, "''"), at(c.LastLogin), at(c.DateJoined)}
	for _, name := range o.Extra {
		columns = append(columns, o.column(d, name))
	}
	return columns
}

// column names a column with its table: SQLite takes a quoted name that it does not know for a text, but not such a one.
func (o *Options) column(d Dialect, name string) string {
	return sqldb.Table(d, o.Schema, o.Table) + "." + d.Quote(name)
}

// idParameter widens integers, so that one that the column cannot hold is not found, rather than an error.
func idParameter(d Dialect, pk auth.PK) string {
	if d == sqldb.PostgreSQL && pk == auth.IntPK {
		return "CAST(? AS bigint)"
	}
	return "?"
}
