package dbusers

import (
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// statements are the texts of all queries, made once.
type statements struct {
	byID        string // id
	byIDs       string // the beginning of a query for the users with any of some ids: see find.go
	where       string // what follows them
	id          string // an id as a parameter
	byName      string // name
	byEmail     string // address; empty without such a column
	recordLogin string // time, id; empty without such a column
	setPassword string // password, id
	upgrade     string // password, id, old password
	own         string // user id: permissions of the user
	grouped     string // user id: permissions through groups
	all         string // every permission
	groups      string // user id
}

func newStatements(d sqldb.Dialect, o *Options) statements {
	c := &o.Columns
	t := tables{d, o}
	_, id := t.key(own)
	where := ""
	if o.Where != "" {
		where = " AND (" + o.Where + ")"
	}
	selected := "SELECT " + strings.Join(selectedColumns(t), ", ") + " FROM " + t.from() + " WHERE "
	q := statements{
		byID:        selected + t.column(c.ID) + " = " + id + where,
		byIDs:       selected + t.column(c.ID) + " IN (",
		where:       ")" + where,
		id:          id,
		byName:      selected + t.column(c.Username) + " = ?" + where,
		setPassword: t.update(c.Password),
	}
	if c.Email != None {
		q.byEmail = selected + "UPPER(" + t.column(c.Email) + ") = UPPER(?)" + where
	}
	q.upgrade = q.setPassword + " AND " + d.Exact(t.column(c.Password))
	if c.LastLogin != None {
		q.recordLogin = t.update(c.LastLogin)
	}
	q.permissions(t)
	return q
}

// permissions are Django's own joins, without the table of groups, which only
// passes its key on. They are of the model that has is_superuser, as both come
// from PermissionsMixin.
func (q *statements) permissions(t tables) {
	o := t.Options
	named := func(table string) string { return sqldb.Table(t.Dialect, o.Schema, table) }
	column := func(alias, name string) string { return alias + "." + t.Quote(name) }
	user := t.Quote(o.Model + "_id")
	_, id := t.key(t.has(o.Columns.IsSuperuser))
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
func selectedColumns(t tables) []string {
	c := &t.Columns
	column := func(name, otherwise string) string {
		if name == None {
			return otherwise
		}
		return t.column(name)
	}
	at := func(name string) string {
		if name == None {
			return "NULL"
		}
		return t.TimeColumn(t.column(name))
	}
	active := column(c.IsActive, "1 = 1")
	if t.ActiveWhere != "" {
		active = "(" + t.ActiveWhere + ")"
	}
	columns := []string{t.column(c.ID), column(c.Username, "''"), column(c.Password, "''"), active,
		column(c.IsStaff, "1 = 0"),
		column(c.IsSuperuser, "1 = 0"), column(c.Email, "''"), column(c.FirstName, "''"), column(c.LastName, "''"), at(c.LastLogin), at(c.DateJoined)}
	for _, name := range t.Extra {
		columns = append(columns, t.column(name))
	}
	return columns
}
