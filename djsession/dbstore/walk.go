package dbstore

import (
	"context"
	"iter"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// walkAtOnce lists by one query, in the order of the disk, for a database where
// a reader stops no writer.
func (s *Store) walkAtOnce(ctx context.Context, o *selection) iter.Seq2[djsession.EncodedRecord, error] {
	return func(yield func(djsession.EncodedRecord, error) bool) {
		where, args := s.where(o)
		query := s.sql.selected + where
		if o.Limit > 0 {
			query, args = query+" LIMIT ?", append(args, o.Limit)
		}
		found, err := s.db.QueryAtOnce(ctx, query, args...)
		if err != nil {
			yield(djsession.EncodedRecord{}, s.wrap("list", err, args...))
			return
		}
		defer found.Close()
		_, scan := s.scanner(found)
		for found.Next() {
			if text, err := scan(); !yield(text, err) || err != nil {
				return
			}
		}
		if err := found.Err(); err != nil {
			yield(djsession.EncodedRecord{}, s.wrap("list", err))
		}
	}
}

// walkByRow lists in pages by the row number, which is the order on disk.
func (s *Store) walkByRow(ctx context.Context, o *selection) iter.Seq2[djsession.EncodedRecord, error] {
	return func(yield func(djsession.EncodedRecord, error) bool) {
		where, args := s.where(o)
		if where == "" {
			where = " WHERE "
		} else {
			where += " AND "
		}
		row := s.dialect.Walk(s.sql.key)
		query := strings.Replace(s.sql.selected, " FROM ", ", "+row+" FROM ", 1) + where + row + " > ? ORDER BY " + row + " LIMIT ?"
		left, limited := o.Limit, o.Limit > 0
		var last int64
		for {
			size := o.PageSize
			if limited {
				size = min(size, left)
			}
			page, err := s.page(ctx, query, append(args[:len(args):len(args)], last, size), &last)
			if !yieldPage(page.texts, err, yield) {
				return
			}
			left -= len(page.texts)
			if len(page.texts) < size && !page.cut || limited && left == 0 {
				return
			}
		}
	}
}
