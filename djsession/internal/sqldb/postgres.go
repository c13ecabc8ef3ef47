package sqldb

import (
	"strconv"
	"time"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

type postgres struct{ sqldialect.Dialect }

func (d postgres) Public() sqldialect.Dialect    { return d.Dialect }
func (postgres) TimeColumn(column string) string { return column }
func (postgres) CountsMatches() bool             { return true }
func (postgres) Exact(column string) string      { return column + " = ?" }
func (postgres) OneWriter() bool                 { return false }
func (postgres) OneMessage() bool                { return true }

// Time is an instant: the column is a timestamp with time zone whatever USE_TZ
// says.
func (postgres) Time(t time.Time, _ *time.Location) any { return readable(t).UTC() }

// Walk is one query: the order of the key would fetch each row from another
// place, and a reader stops no writer.
func (postgres) Walk(string) string { return "" }

func (postgres) Insert(table string, columns []string, key string) (string, bool) {
	return insert(table, columns) + " ON CONFLICT (" + key + ") DO NOTHING", true
}

func (postgres) DeleteSome(table, key, where string) string {
	return "DELETE FROM " + table + " WHERE " + key + " IN (SELECT " + key + " FROM " + table +
		" WHERE " + where + " LIMIT ? FOR UPDATE SKIP LOCKED)"
}

// DeleteByBlock finds rows by their place on disk, so it reads each block once:
// any other way skips the rows that were deleted before, again and again. A row
// that changes at the same time has moved, and stays. Rows that another
// transaction holds are skipped, so that several clears at once share the rows
// of a block, and fewer rows than the limit mean that it has no more.
// PostgreSQL 14 and later can. The table of a parent of partitions has no
// blocks of its own.
func (postgres) DeleteByBlock(table, where string) (query, count string, block func(n int64) any) {
	query = "DELETE FROM " + table + " WHERE ctid = ANY(ARRAY(SELECT ctid FROM " + table + " WHERE ctid >= ?::text::tid AND ctid < ?::text::tid AND " +
		where + " LIMIT ? FOR UPDATE SKIP LOCKED)) AND " + where
	count = "SELECT CASE WHEN current_setting('server_version_num')::int >= 140000 THEN pg_relation_size(?::text::regclass) / current_setting('block_size')::int ELSE 0 END"
	return query, count, func(n int64) any { return "(" + strconv.FormatInt(n, 10) + ",0)" }
}

func (postgres) LockRows() string { return " FOR UPDATE SKIP LOCKED" }

func (p postgres) ForeignKeys(schema, table string) (query string, args []any) {
	return `SELECT n.nspname, c.relname, a.attname, r.attname, CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
			WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
		JOIN pg_attribute r ON r.attrelid = k.confrelid AND r.attnum = k.confkey[1]
		WHERE k.contype = 'f' AND k.confrelid = ?::text::regclass AND NOT EXISTS (SELECT 1 FROM pg_inherits i JOIN pg_class p
			ON p.oid = i.inhparent WHERE i.inhrelid = c.oid AND p.relkind = 'p') ORDER BY 1, 2, 3`, []any{Table(p, schema, table)}
}
