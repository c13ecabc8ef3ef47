package doctor

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A column is one of the session table, as the database describes it.
type column struct {
	name, kind string
	notNull    bool
	hasDefault bool
}

// table looks at the table: whether it is there, and has Django's columns and
// index.
func (p *Patient) table(ctx context.Context, r *Report) (usable bool) {
	columns, err := p.columns(ctx)
	if err != nil {
		err = sqldialect.WrapError(p.Dialect, "look into", p.Table, err)
		r.add("table", Bad, strings.TrimPrefix(err.Error(), "djsession: "), "grant this user SELECT on the table and on the catalogue of the database")
		return false
	}
	if len(columns) == 0 {
		r.add("table", Bad, fmt.Sprintf("there is no table %s in this database", p.Table),
			"is this the database of the site, has it been migrated, and is SESSION_ENGINE db or cached_db? A custom session model has another table: name it with --table")
		return false
	}
	var missing, extra []string
	for _, name := range []string{"session_key", "session_data", "expire_date"} {
		if !slices.ContainsFunc(columns, func(c column) bool { return c.name == name }) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		r.add("table", Bad, fmt.Sprintf("the table %s lacks %s", p.Table, strings.Join(missing, ", ")), "it is no session table: name the one of the site with --table")
		return false
	}
	for _, c := range columns {
		switch c.name {
		case "session_key", "session_data", "expire_date":
		default:
			if c.notNull && !c.hasDefault && !p.FillsOwn {
				extra = append(extra, c.name)
			}
		}
	}
	if len(extra) > 0 {
		r.add("table", Note, fmt.Sprintf("the table %s has columns of its own that must be filled: %s", p.Table, strings.Join(extra, ", ")),
			"give dbstore.Options.Columns a value for each when your Go program creates sessions; this command can only change those that exist")
	} else {
		r.add("table", Good, fmt.Sprintf("the table %s has Django's columns", p.Table), "")
	}
	p.columnTypes(r, columns)
	p.index(ctx, r)
	p.foreignKeys(ctx, r)
	return true
}

// columnTypes looks at what Django's own migrations would have made otherwise.
func (p *Patient) columnTypes(r *Report, columns []column) {
	for _, c := range columns {
		kind := strings.ToLower(c.kind)
		switch {
		case c.name == "expire_date" && p.Dialect == sqldialect.PostgreSQL && kind != "timestamp with time zone":
			r.add("expire_date", Bad, "expire_date is a "+kind+", where Django makes it a timestamp with time zone", "ALTER TABLE ... ALTER COLUMN expire_date TYPE timestamptz, with USING for the zone that it is in")
		case c.name == "expire_date" && p.Dialect == sqldialect.MySQL && kind == "datetime":
			r.add("expire_date", Note, "expire_date is a datetime without fractions of a second, as Django before 1.8 made it", "nothing needs to be done; datetime(6) is what Django makes today")
		case c.name == "session_data" && p.Dialect == sqldialect.MySQL && kind == "text":
			r.add("session_data", Bad, "session_data is a text of at most 64 KiB, where Django makes it a longtext: larger sessions are cut or refused", "ALTER TABLE ... MODIFY session_data longtext NOT NULL")
		}
	}
}

// index looks whether clearing and listing have to read the whole table.
func (p *Patient) index(ctx context.Context, r *Report) {
	query, args := indexQuery(p)
	var found string
	err := p.DB.QueryRowContext(ctx, p.Dialect.Rebind(query), args...).Scan(&found)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		r.add("index", Bad, "there is no index on expire_date: clearing, listing and Django's clearsessions read the whole table", "CREATE INDEX ... ON "+p.Table+" (expire_date)")
	case err != nil:
		r.add("index", Unknown, "this user may not look whether there is an index on expire_date", "")
	default:
		r.add("index", Good, "expire_date has an index", "")
	}
}

func indexQuery(p *Patient) (query string, args []any) {
	switch p.Dialect {
	case sqldialect.PostgreSQL:
		return `SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
			WHERE i.indrelid = to_regclass(?) AND a.attname = 'expire_date' AND i.indisvalid AND i.indpred IS NULL LIMIT 1`, []any{p.quoted()}
	case sqldialect.MySQL:
		return `SELECT index_name FROM information_schema.statistics WHERE table_schema = COALESCE(NULLIF(?, ''), DATABASE()) AND table_name = ?
			AND column_name = 'expire_date' AND seq_in_index = 1 LIMIT 1`, []any{p.Schema, p.Table}
	}
	return `SELECT l.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i WHERE i.seqno = 0 AND i.name = 'expire_date' AND l.partial = 0 LIMIT 1`, []any{p.Table}
}

func (p *Patient) quoted() string {
	if p.Schema == "" {
		return p.Dialect.Quote(p.Table)
	}
	return p.Dialect.Quote(p.Schema) + "." + p.Dialect.Quote(p.Table)
}

// columns returns those of the table, or none if it is not there.
func (p *Patient) columns(ctx context.Context) ([]column, error) {
	query, args := `SELECT name, type, "notnull", dflt_value IS NOT NULL FROM pragma_table_info(?)`, []any{p.Table}
	switch p.Dialect {
	case sqldialect.PostgreSQL:
		query = `SELECT attname, format_type(atttypid, NULL), attnotnull, atthasdef OR attidentity <> '' FROM pg_attribute
			WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped`
		args = []any{p.quoted()}
	case sqldialect.MySQL:
		query = `SELECT column_name, column_type, is_nullable = 'NO', column_default IS NOT NULL OR extra <> '' FROM information_schema.columns
			WHERE table_schema = COALESCE(NULLIF(?, ''), DATABASE()) AND table_name = ?`
		args = []any{p.Schema, p.Table}
	}
	rows, err := p.DB.QueryContext(ctx, p.Dialect.Rebind(query), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var columns []column
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.kind, &c.notNull, &c.hasDefault); err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	slices.SortFunc(columns, func(a, b column) int { return cmp.Compare(a.name, b.name) })
	return columns, rows.Err()
}
