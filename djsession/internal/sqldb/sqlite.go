package sqldb

import (
	"strings"
	"time"
)

type sqlite struct{}

func (sqlite) String() string             { return "SQLite" }
func (sqlite) Rebind(query string) string { return query }
func (sqlite) CountsMatches() bool        { return true }
func (sqlite) Exact(column string) string { return column + " = ?" }
func (sqlite) OneWriter() bool            { return true }
func (sqlite) OneMessage() bool           { return false }

// Quote takes MySQL's quotes: in SQL's own, SQLite takes the name of a column
// that is not there for a text.
func (sqlite) Quote(identifier string) string { return quote(identifier, "`") }

// TimeColumn casts because drivers turn a column declared as datetime into
// times, each in its own way.
func (sqlite) TimeColumn(column string) string { return "CAST(" + column + " AS TEXT)" }

// Time is text, since that is what Django compares with, character by
// character.
func (sqlite) Time(t time.Time, local *time.Location) any { return wallClock(t, local) }

// Walk is in pages, since nobody can write to the database while a query is
// being read.
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

func (sqlite) problem(err error) Problem {
	text := err.Error()
	switch {
	case strings.Contains(text, "no such table"):
		return NoTable
	case strings.Contains(text, "no such column"), strings.Contains(text, "has no column"):
		return NoColumn
	case strings.Contains(text, "readonly database"):
		return ReadOnly
	case strings.Contains(text, "not a database"):
		return NoDatabase
	case strings.Contains(text, "unable to open"):
		return NoDatabase
	case strings.Contains(text, "FOREIGN KEY constraint failed"):
		return Referenced
	case strings.Contains(text, "is locked"): // the database, a table or the schema
		return Contended
	}
	return Unknown
}
