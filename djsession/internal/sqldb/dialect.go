// Package sqldb is what the packages over database/sql share: the three
// databases' dialects, times as Django stores them, statements prepared once,
// and errors that say what is wrong without showing what was stored.
package sqldb

import (
	"iter"
	"strconv"
	"strings"
	"time"
)

// A Dialect is how a database wants to be spoken to. Queries are written with ?
// for parameters.
type Dialect interface {
	// String is the database's name.
	String() string
	// Quote returns an identifier as the database wants it quoted.
	Quote(identifier string) string
	// Rebind returns a query with the database's own placeholders.
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
	// parameter) that match where, without waiting for rows that somebody else
	// holds, if the database can.
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
	// without order if the column is empty, which must then stop nobody from
	// writing.
	Walk(key string) (column string)
	// OneWriter says whether the database lets only one connection write at a
	// time and makes the others fail.
	OneWriter() bool
	// OneMessage says whether a statement must be one message to the server,
	// since a pooler may give the connection to another client between two.
	OneMessage() bool
	// problem returns what an error of a driver means, if that is known.
	problem(err error) Problem
}

// The dialects.
var (
	PostgreSQL Dialect = postgres{}
	MySQL      Dialect = mysql{}
	SQLite     Dialect = sqlite{}
)

// quote doubles the quote inside the identifier, which keeps any name harmless.
func quote(identifier, mark string) string {
	return mark + strings.ReplaceAll(identifier, mark, mark+mark) + mark
}

func insert(table string, columns []string) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") +
		") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
}

// dollars replaces each ? by $1, $2, ...
func dollars(query string) string {
	var b strings.Builder
	from, n := 0, 0
	for i := range marks(query) {
		n++
		b.WriteString(query[from:i])
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		from = i + 1
	}
	b.WriteString(query[from:])
	return b.String()
}

// marks yields where the ? of a query's parameters are. Our queries hold no ?
// in quotes but in those of identifiers.
func marks(query string) iter.Seq[int] {
	return func(yield func(int) bool) {
		inQuotes := false
		for i := 0; i < len(query); i++ {
			switch query[i] {
			case '"':
				inQuotes = !inQuotes // twice for one within a name
			case '?':
				if !inQuotes && !yield(i) {
					return
				}
			}
		}
	}
}
