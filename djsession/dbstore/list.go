package dbstore

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

const defaultPage = 500

// List implements [djsession.Lister]. Pages are found by the last key or expiry, never by counting rows, so that the end of a
// large table is as near as its beginning, and no connection is held between pages.
func (s *Store) List(ctx context.Context, opts *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	return s.list(ctx, opts, "")
}

// list lists the sessions that also match a condition.
func (s *Store) list(ctx context.Context, opts *djsession.ListOptions, condition string, params ...any) iter.Seq2[*djsession.Record, error] {
	var o djsession.ListOptions
	if opts != nil {
		o = *opts
	}
	if o.PageSize <= 0 {
		o.PageSize = defaultPage
	}
	return func(yield func(*djsession.Record, error) bool) {
		after, left := o.After, o.Limit
		for {
			size := o.PageSize
			if o.Limit > 0 {
				size = min(size, left)
			}
			query, args := s.pageQuery(&o, after, condition, params)
			rows, err := s.page(ctx, query, args, size)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range rows {
				rec, err := s.decode(&rows[i])
				if !yield(rec, err) {
					return
				}
				after = rec
			}
			left -= len(rows)
			if len(rows) < size || o.Limit > 0 && left == 0 {
				return
			}
		}
	}
}

func (s *Store) page(ctx context.Context, query string, args []any, size int) ([]row, error) {
	found, err := s.db.Query(ctx, query, append(args, size)...)
	if err != nil {
		return nil, s.fail("list", err, args...)
	}
	defer found.Close()
	rows := make([]row, 0, size)
	for found.Next() {
		r := row{expires: sqldb.ScanTime{Local: s.opts.Local}}
		if err := found.Scan(&r.key, &r.text, &r.expires); err != nil {
			return nil, s.fail("list", err)
		}
		rows = append(rows, r)
	}
	return rows, s.fail("list", found.Err())
}

func (s *Store) pageQuery(o *djsession.ListOptions, after *djsession.Record, condition string, params []any) (query string, args []any) {
	var where []string
	and := func(condition string, params ...any) {
		where = append(where, condition)
		args = append(args, params...)
	}
	if condition != "" {
		and(condition, params...)
	}
	switch o.State {
	case djsession.Live:
		and(s.sql.expires+" > ?", s.time(s.now()))
	case djsession.Expired:
		and(s.sql.expires+" <= ?", s.time(s.now()))
	}
	if !o.From.IsZero() {
		and(s.sql.expires+" >= ?", s.time(o.From))
	}
	if !o.To.IsZero() {
		and(s.sql.expires+" < ?", s.time(o.To))
	}
	beyond, direction := ">", ""
	if o.Order == djsession.ByExpiryDescending {
		beyond, direction = "<", " DESC"
	}
	order := s.sql.key + direction
	if o.Order != djsession.ByKey {
		order = s.sql.expires + direction + ", " + order
	}
	switch {
	case after == nil:
	case o.Order == djsession.ByKey:
		and(s.sql.key+" > ?", after.Key)
	default:
		// The first condition says nothing new, but any database can use an index for it.
		at := s.time(after.Expires)
		and(s.sql.expires+" "+beyond+"= ?", at)
		and("("+s.sql.expires+" "+beyond+" ? OR "+s.sql.key+" "+beyond+" ?)", at, after.Key)
	}
	query = s.sql.selected
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	return query + " ORDER BY " + order + " LIMIT ?", args
}

func isCorrupt(err error) bool { return errors.Is(err, djsession.ErrCorrupt) }
