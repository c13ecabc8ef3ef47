package dbusers

import (
	"slices"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// A Parent is the table of a model that the user model inherits from, where
// both have tables: Django's multi-table inheritance.
type Parent struct {
	// Table is the parent's db_table.
	Table string

	// Key is its primary key. Default: "id".
	Key string

	// Link is the column that holds the value of Key, such as "account_ptr_id".
	// It is in Options.Table, unless an earlier Parent has it in its Columns.
	Link string

	// Columns are those of Options.Columns and Options.Extra that are in this
	// table, and the Link of later Parents. All others are in Options.Table.
	Columns []string
}

// tables say where the columns of a user model are.
type tables struct {
	sqldb.Dialect
	*Options
}

// own stands for Options.Table where the index of a Parent is expected.
const own = -1

// owner returns the index of the Parent that has a column, or own, among the
// first so many.
func (t tables) owner(column string, among int) int {
	return slices.IndexFunc(t.Parents[:among], func(p Parent) bool { return slices.Contains(p.Columns, column) })
}

// has returns the index of the table that has a column.
func (t tables) has(column string) int { return t.owner(column, len(t.Parents)) }

func (t tables) name(table int) string {
	if table == own {
		return t.Table
	}
	return t.Parents[table].Table
}

func (t tables) quoted(table int) string { return sqldb.Table(t.Dialect, t.Schema, t.name(table)) }

// of names a column with its table: SQLite reads an unknown quoted identifier
// as a string literal unless it is qualified with its table.
func (t tables) of(table int, column string) string { return t.quoted(table) + "." + t.Quote(column) }

func (t tables) column(name string) string { return t.of(t.has(name), name) }

// from joins the model's table with those of its parents.
func (t tables) from() string {
	from := t.quoted(own)
	for i, p := range t.Parents {
		from += " JOIN " + t.quoted(i) + " ON " + t.of(i, p.Key) + " = " + t.of(t.owner(p.Link, i), p.Link)
	}
	return from
}

// key returns the primary key of a table, and its value in the row of the user
// whose id is the one parameter.
func (t tables) key(table int) (column, value string) {
	if table == own {
		return t.of(own, t.Columns.ID), idParameter(t.Dialect, t.PK)
	}
	p := t.Parents[table]
	column = t.of(table, p.Key)
	linked := t.owner(p.Link, table)
	linkedKey, value := t.key(linked)
	if linked == own && p.Link == t.Columns.ID {
		return column, value
	}
	return column, "(SELECT " + t.of(linked, p.Link) + " FROM " + t.quoted(linked) +
		" WHERE " + linkedKey + " = " + value + ")"
}

// update returns a statement that sets a column, whatever table it is in. Its
// parameters are the value and the user's id.
func (t tables) update(column string) string {
	table := t.has(column)
	key, value := t.key(table)
	return "UPDATE " + t.quoted(table) + " SET " + t.Quote(column) + " = ? WHERE " + key + " = " + value
}

// idParameter widens integers, so that one that the column cannot hold is not
// found, rather than an error.
func idParameter(d sqldb.Dialect, pk auth.PK) string {
	if d == sqldb.PostgreSQL && pk == auth.PKInt {
		return "CAST(? AS bigint)"
	}
	return "?"
}
