// Package sqldb is what the packages over database/sql share: the three
// databases' dialects, times as Django stores them, statements prepared once,
// and errors that say what is wrong without showing what was stored.
package sqldb

import (
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A Dialect is the SQL of one kind of database. Queries are written with ? for
// parameters.
type Dialect interface {
	// Public returns the dialect by which users know it.
	Public() sqldialect.Dialect
	// String, Quote and Rebind are those of the public dialect.
	String() string
	Quote(identifier string) string
	Rebind(query string) string
	// TimeColumn returns an expression that reads a column of times as
	// [ScanTime] wants it.
	TimeColumn(column string) string
	// Time returns t as a parameter, to the microsecond; local is for a Django
	// with USE_TZ = False, nil else.
	Time(t time.Time, local *time.Location) any
	// Insert returns a query that inserts a row, or no row if the column key
	// has that value already. CountsConflicts says whether such a conflict
	// shows as no row affected; else it is an error.
	Insert(table string, columns []string, key string) (query string, countsConflicts bool)
	// CountsMatches says whether an UPDATE counts the rows it matched. MySQL
	// may count those it changed.
	CountsMatches() bool
	// DeleteSome returns a query that deletes at most so many rows (its last
	// parameter) that match where, without waiting for rows that another
	// transaction holds, if the database can.
	DeleteSome(table, key, where string) string
	// DeleteByBlock returns a query that deletes at most so many rows among the
	// blocks of the table from one up to another, and one that tells how many
	// there are: 0 if rows cannot be found that way. Its parameters are the two
	// block numbers as DeleteByBlock's third result makes them, those of where,
	// the limit, and those of where again. Empty if the database has no blocks
	// to speak of.
	DeleteByBlock(table, where string) (query, count string, block func(n int64) any)
	// LockRows is the end of a SELECT that keeps others from changing its
	// rows until the transaction ends, without waiting for rows that another
	// transaction holds, if the database can.
	LockRows() string
	// ForeignKeys returns a query for the foreign keys to a table: the schema,
	// table and column of each, the column that it refers to, and ON DELETE.
	ForeignKeys(schema, table string) (query string, args []any)
	// Exact returns an expression that compares a text column with a parameter
	// byte by byte.
	Exact(column string) string
	// Walk says how to read a whole table at the speed of its disk. With a
	// column, in pages in its order, each found by the last value; by one query
	// without order if the column is empty; that query must not block writers.
	Walk(key string) (column string)
	// OneWriter says whether the database lets only one connection write at a
	// time and makes the others fail.
	OneWriter() bool
	// OneMessage says whether a statement must be one message to the server,
	// since a pooler may give the connection to another client between two.
	OneMessage() bool
}

// The dialects.
var (
	PostgreSQL Dialect = postgres{sqldialect.PostgreSQL}
	MySQL      Dialect = mysql{sqldialect.MySQL}
	SQLite     Dialect = sqlite{sqldialect.SQLite}
)

// Of returns how to speak d. It panics if d is none of the dialects.
func Of(d sqldialect.Dialect) Dialect {
	switch d {
	case sqldialect.PostgreSQL:
		return PostgreSQL
	case sqldialect.MySQL:
		return MySQL
	case sqldialect.SQLite:
		return SQLite
	}
	panic("djsession: unknown dialect: give sqldialect.PostgreSQL, MySQL or SQLite")
}

func insert(table string, columns []string) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") +
		") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
}
