// Package sqldialect names the databases that Django's tables are in, and says
// what an error of one means. Packages dbstore, dbusers and dbcache speak the
// dialects; it needs no driver.
//
//	store := dbstore.New(db, sqldialect.PostgreSQL, codec, nil)
//	...
//	var e *sqldialect.Error
//	if errors.As(err, &e) && e.Problem == sqldialect.ProblemReadOnly {
package sqldialect

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/sqltext"
)

// A Dialect is the SQL of one kind of database. The zero Dialect is none:
// constructors that take a Dialect panic for it.
type Dialect uint8

// The dialects.
const (
	PostgreSQL Dialect = iota + 1
	MySQL              // for MariaDB too
	SQLite
)

var names = [...]string{PostgreSQL: "PostgreSQL", MySQL: "MySQL", SQLite: "SQLite"}

// String returns the database's name.
func (d Dialect) String() string {
	if d == 0 || int(d) >= len(names) {
		return fmt.Sprintf("Dialect(%d)", uint8(d))
	}
	return names[d]
}

// Quote returns an identifier as the database wants it quoted. Any identifier
// is safe in a statement then. SQLite gets MySQL's quotes: in SQL's own it
// takes the name of a column that does not exist for a string.
func (d Dialect) Quote(identifier string) string {
	mark := "`"
	if d == PostgreSQL {
		mark = `"`
	}
	return mark + strings.ReplaceAll(identifier, mark, mark+mark) + mark
}

// Rebind returns a query with the database's own placeholders instead of each
// ? outside of quoted identifiers. The query must hold no other ? in quotes.
func (d Dialect) Rebind(query string) string {
	if d != PostgreSQL {
		return query
	}
	var b strings.Builder
	from, n := 0, 0
	for i := range sqltext.Marks(query) {
		n++
		b.WriteString(query[from:i])
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		from = i + 1
	}
	b.WriteString(query[from:])
	return b.String()
}
