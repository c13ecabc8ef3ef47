package dbcache

import "github.com/djsession/djsession-go/djsession/internal/sqldb"

// statements are the texts of all queries, made once.
type statements struct {
	get      string // key
	exists   string // key
	alive    string // key, now
	insert   string // key, value, expires
	conflict bool   // insert shows a taken key as no row affected
	update   string // value, expires, key
	revive   string // value, expires, key, now: a row that has expired
	replace  string // value, expires, key, now: one that lives
	swap     string // value, expires, key, now, old value: one that lives
	delete   string // key
	take     string // key, now: one that lives
	takeSwap string // key, now, old value: one that lives
	clear    sqldb.Expiry
}

func newStatements(d sqldb.Dialect, schema, name string) statements {
	table, key, value, expires := sqldb.Table(d, schema, name), d.Quote("cache_key"), d.Quote("value"), d.Quote("expires")
	var q statements
	whereKey := " WHERE " + key + " = ?"
	q.get = "SELECT " + key + ", " + value + ", " + d.TimeColumn(expires) + " FROM " + table + whereKey
	q.exists = "SELECT 1 FROM " + table + whereKey
	q.alive = q.exists + " AND " + expires + " > ?"
	q.insert, q.conflict = d.Insert(table, []string{key, value, expires}, key)
	q.update = "UPDATE " + table + " SET " + value + " = ?, " + expires + " = ?" + whereKey
	q.revive = q.update + " AND " + expires + " <= ?"
	q.replace = q.update + " AND " + expires + " > ?"
	q.swap = q.replace + " AND " + d.Exact(value)
	q.delete = "DELETE FROM " + table + whereKey
	q.take = q.delete + " AND " + expires + " > ?"
	q.takeSwap = q.take + " AND " + d.Exact(value)
	q.clear = sqldb.NewExpiry(d, table, key, expires)
	return q
}
