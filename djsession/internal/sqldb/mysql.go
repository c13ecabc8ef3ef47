package sqldb

import (
	"time"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

type mysql struct{ sqldialect.Dialect }

func (d mysql) Public() sqldialect.Dialect    { return d.Dialect }
func (mysql) TimeColumn(column string) string { return "CAST(" + column + " AS CHAR)" }
func (mysql) OneWriter() bool                 { return false }
func (mysql) OneMessage() bool                { return false }

// CountsMatches is false because it depends on the driver's clientFoundRows,
// which is not ours to choose.
func (mysql) CountsMatches() bool { return false }

// Exact is needed because the usual collations ignore case.
func (mysql) Exact(column string) string { return "CAST(" + column + " AS BINARY) = CAST(? AS BINARY)" }

// Time is text without a zone, so that no setting of the driver moves it.
func (mysql) Time(t time.Time, local *time.Location) any { return wallClock(t, local) }

// Walk is in the order of the primary key, which is that of the table.
func (mysql) Walk(key string) string { return key }

// Insert is plain: INSERT IGNORE would hide other errors, and ON DUPLICATE KEY
// counts differently by setting.
func (mysql) Insert(table string, columns []string, _ string) (string, bool) {
	return insert(table, columns), false
}

func (mysql) DeleteSome(table, _, where string) string {
	return "DELETE FROM " + table + " WHERE " + where + " LIMIT ?"
}

func (mysql) DeleteByBlock(string, string) (query, count string, block func(n int64) any) {
	return "", "", nil
}

func (mysql) LockRows() string { return " FOR UPDATE" }

func (mysql) ForeignKeys(schema, table string) (query string, args []any) {
	return `SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE
		FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
		ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
		WHERE k.REFERENCED_TABLE_SCHEMA = COALESCE(NULLIF(?, ''), DATABASE()) AND k.REFERENCED_TABLE_NAME = ?
		AND k.ORDINAL_POSITION = 1 ORDER BY 1, 2, 3`, []any{schema, table}
}
