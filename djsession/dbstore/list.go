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

// List implements [djsession.Lister]. Pages are found by the last key or
// expiry, never by counting rows, so that the end of a large table is as near
// as its beginning, and no connection is held between pages.
func (s *Store) List(ctx context.Context, opts *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	return s.records(s.ListEncoded(ctx, opts))
}

// records decodes texts.
func (s *Store) records(texts iter.Seq2[djsession.EncodedRecord, error]) iter.Seq2[*djsession.Record, error] {
	return func(yield func(*djsession.Record, error) bool) {
		for text, err := range texts {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(s.decode(&text)) {
				return
			}
		}
	}
}

// ListEncoded implements [djsession.EncodedStore].
func (s *Store) ListEncoded(ctx context.Context, opts *djsession.ListOptions) iter.Seq2[djsession.EncodedRecord, error] {
	return s.listTexts(ctx, selectionOf(opts))
}

// A selection is which sessions to list.
type selection struct {
	djsession.ListOptions
	condition string // that they match too, if it is not empty
	params    []any  // of condition
	behind    any    // the expiry of After as the database has it, if that is known
}

func selectionOf(opts *djsession.ListOptions) selection {
	if opts == nil {
		return selection{}
	}
	return selection{ListOptions: *opts}
}

func (s *Store) listTexts(ctx context.Context, o selection) iter.Seq2[djsession.EncodedRecord, error] {
	if o.PageSize <= 0 {
		o.PageSize = defaultPage
	}
	if o.Order == djsession.OrderAny {
		switch s.dialect.Walk(s.sql.key) {
		case "":
			return s.walkAtOnce(ctx, &o)
		case s.sql.key:
			o.Order = djsession.OrderByKey
		default:
			return s.walkByRow(ctx, &o)
		}
	}
	return func(yield func(djsession.EncodedRecord, error) bool) {
		left, limited := o.Limit, o.Limit > 0
		for {
			size := o.PageSize
			if limited {
				size = min(size, left)
			}
			query, args := s.pageQuery(&o)
			page, err := s.page(ctx, query, append(args, size))
			if !yieldPage(page.texts, err, yield) {
				return
			}
			left -= len(page.texts)
			if len(page.texts) < size && !page.cut || limited && left == 0 {
				return
			}
			last := page.texts[len(page.texts)-1]
			o.After, o.behind = &djsession.Record{Key: last.Key, Expires: last.Expires}, page.end
		}
	}
}

func yieldPage(page []djsession.EncodedRecord, err error, yield func(djsession.EncodedRecord, error) bool) bool {
	if err != nil {
		yield(djsession.EncodedRecord{}, err)
		return false
	}
	for _, text := range page {
		if !yield(text, nil) {
			return false
		}
	}
	return true
}

// maxPage is how many bytes of texts make a page full, so that a table of huge
// sessions takes no more memory than another.
const maxPage = 4 << 20

// A page is what one query found.
type page struct {
	texts []djsession.EncodedRecord
	end   any  // the last one's expiry as the database has it
	cut   bool // there was more, but it was full
}

func (s *Store) page(ctx context.Context, query string, args []any, more ...any) (page, error) {
	for retry := s.db.Retry(); ; {
		p, err := s.pageOnce(ctx, query, args, more)
		if !retry.After(ctx, err) {
			return p, err
		}
	}
}

func (s *Store) pageOnce(ctx context.Context, query string, args, more []any) (page, error) {
	found, err := s.db.Query(ctx, query, args...)
	if err != nil {
		return page{}, s.wrap("list", err, args...)
	}
	defer found.Close()
	var p page
	expires, scan := s.scanner(found, more...)
	for bytes := 0; found.Next(); {
		text, err := scan()
		if err != nil {
			return page{}, err
		}
		p.texts, p.end = append(p.texts, text), expires.Raw
		if bytes += len(text.Data); bytes >= maxPage {
			p.cut = true
			return p, nil
		}
	}
	return p, s.wrap("list", found.Err())
}

// scanner returns what reads row after row, more columns into more, and where
// it puts the expiry.
func (s *Store) scanner(found *sqldb.Rows, more ...any) (expires *sqldb.ScanTime, scan func() (djsession.EncodedRecord, error)) {
	var text djsession.EncodedRecord
	expires = &sqldb.ScanTime{Local: s.opts.zone()}
	dest := append([]any{&text.Key, &text.Data, expires}, more...)
	return expires, func() (djsession.EncodedRecord, error) {
		if err := found.Scan(dest...); err != nil {
			return djsession.EncodedRecord{}, s.wrap("list", err)
		}
		text.Expires = expires.Time
		return text, nil
	}
}

// Count implements [djsession.Counter].
func (s *Store) Count(ctx context.Context, opts *djsession.ListOptions) (n int64, err error) {
	o := selectionOf(opts)
	where, args := s.where(&o)
	err = s.db.QueryRow(ctx, "SELECT COUNT(*) FROM "+s.sql.table+where, args, &n)
	return n, s.wrap("count", err, args...)
}

func (s *Store) pageQuery(o *selection) (query string, args []any) {
	where, args := s.where(o)
	direction := ""
	if o.Order == djsession.OrderByExpiryDescending {
		direction = " DESC"
	}
	order := s.sql.key + direction
	if o.Order != djsession.OrderByKey {
		order = s.sql.expires + direction + ", " + order
	}
	return s.sql.selected + where + " ORDER BY " + order + " LIMIT ?", args
}

// where returns the conditions that choose sessions, or nothing.
func (s *Store) where(o *selection) (clause string, args []any) {
	var where []string
	and := func(condition string, params ...any) {
		where = append(where, condition)
		args = append(args, params...)
	}
	if o.condition != "" {
		and(o.condition, o.params...)
	}
	switch o.State {
	case djsession.StateLive:
		and(s.sql.expires+" > ?", s.time(s.now()))
	case djsession.StateExpired:
		and(s.sql.expires+" <= ?", s.time(s.now()))
	}
	if !o.From.IsZero() {
		and(s.sql.expires+" >= ?", s.time(o.From))
	}
	if !o.To.IsZero() {
		and(s.sql.expires+" < ?", s.time(o.To))
	}
	beyond, after := ">", o.After
	if o.Order == djsession.OrderByExpiryDescending {
		beyond = "<"
	}
	switch {
	case after == nil:
	case o.Order == djsession.OrderByKey:
		and(s.sql.key+" > ?", after.Key)
	default:
		// The first condition says nothing new, but any database can use an
		// index for it.
		at := s.time(after.Expires)
		if o.behind != nil {
			at = o.behind
		}
		and(s.sql.expires+" "+beyond+"= ?", at)
		and("("+s.sql.expires+" "+beyond+" ? OR "+s.sql.key+" "+beyond+" ?)", at, after.Key)
	}
	if len(where) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(where, " AND "), args
}

func isCorrupt(err error) bool { return errors.Is(err, djsession.ErrCorrupt) }
