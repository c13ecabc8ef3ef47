package dbstore

import (
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// statements are the texts of all fixed queries, made once.
type statements struct {
	table, key, data, expires string // quoted

	load     string // key, now
	loadAny  string // key
	exists   string // key
	insert   string // key, data, expires, columns
	conflict bool   // insert shows a taken key as no row affected
	update   string // data, expires, columns, key
	rekey    string // new key, data, expires, columns, key
	swap     string // data, expires, columns, key, old data
	swapData string // data, columns, key, old data
	swapText string // data, key, old data
	delete   string // key
	clear    sqldb.Expiry
	selected string // SELECT ... FROM ..., for lists
}

func newStatements(d sqldb.Dialect, opts *Options) statements {
	q := statements{
		table:   sqldb.Table(d, opts.Schema, opts.Table),
		key:     d.Quote("session_key"),
		data:    d.Quote("session_data"),
		expires: d.Quote("expire_date"),
	}
	columns := []string{q.key, q.data, q.expires}
	assignments := []string{q.data + " = ?", q.expires + " = ?"}
	rekeyed := append([]string{q.key + " = ?"}, assignments...)
	for _, c := range opts.Columns {
		name := d.Quote(c.Name)
		columns = append(columns, name)
		assignment := name + " = ?"
		if c.KeepOnNil {
			assignment = name + " = COALESCE(?, " + name + ")"
		}
		rekeyed = append(rekeyed, assignment)
		if !c.InsertOnly {
			assignments = append(assignments, assignment)
		}
	}
	whereKey := " WHERE " + q.key + " = ?"
	q.selected = "SELECT " + q.key + ", " + q.data + ", " + d.TimeColumn(q.expires) + " FROM " + q.table
	q.loadAny = q.selected + whereKey
	q.load = q.loadAny + " AND " + q.expires + " > ?"
	q.exists = "SELECT 1 FROM " + q.table + whereKey
	q.insert, q.conflict = d.Insert(q.table, columns, q.key)
	q.update = "UPDATE " + q.table + " SET " + strings.Join(assignments, ", ") + whereKey
	q.rekey = "UPDATE " + q.table + " SET " + strings.Join(rekeyed, ", ") + whereKey
	q.swap = q.update + " AND " + d.Exact(q.data)
	assignments = slices.Delete(assignments, 1, 2) // the expiry
	q.swapData = "UPDATE " + q.table + " SET " + strings.Join(assignments, ", ") + whereKey + " AND " + d.Exact(q.data)
	q.swapText = "UPDATE " + q.table + " SET " + q.data + " = ?" + whereKey + " AND " + d.Exact(q.data)
	q.delete = "DELETE FROM " + q.table + whereKey
	q.clear = sqldb.NewExpiry(d, q.table, q.key, q.expires)
	return q
}
