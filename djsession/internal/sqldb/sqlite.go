package sqldb

import (
	"time"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

type sqlite struct{ sqldialect.Dialect }

func (d sqlite) Public() sqldialect.Dialect { return d.Dialect }
func (sqlite) CountsMatches() bool          { return true }
func (sqlite) Exact(column string) string   { return column + " = ?" }
func (sqlite) OneWriter() bool              { return true }
func (sqlite) OneMessage() bool             { return false }

// TimeColumn casts because drivers turn a column declared as datetime into
// times, each in its own way.
func (sqlite) TimeColumn(column string) string { return "CAST(" + column + " AS TEXT)" }

// Time is text, since that is what Django compares with, character by
// character.
func (sqlite) Time(t time.Time, local *time.Location) any { return wallClock(t, local) }

// Walk is in pages, because an open query blocks all writers.
func (sqlite) Walk(string) string { return "rowid" }

func (sqlite) Insert(table string, columns []string, key string) (string, bool) {
	return insert(table, columns) + " ON CONFLICT (" + key + ") DO NOTHING", true
}

func (sqlite) DeleteSome(table, key, where string) string {
	return "DELETE FROM " + table + " WHERE " + key + " IN (SELECT " + key + " FROM " + table +
		" WHERE " + where + " LIMIT ?)"
}

func (sqlite) DeleteByBlock(string, string) (query, count string, block func(n int64) any) {
	return "", "", nil
}

func (sqlite) LockRows() string { return "" }

func (sqlite) ForeignKeys(_, table string) (query string, args []any) {
	return "SELECT '', m.name, k.`from`, COALESCE(k.`to`, ''), k.on_delete FROM sqlite_master m, pragma_foreign_key_list(m.name) k" +
		" WHERE m.type = 'table' AND k.`table` = ? COLLATE NOCASE AND k.seq = 0 ORDER BY 2, 3", []any{table}
}
