package dbstore

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// maxKeys is how many sessions one query may ask for: SQLite takes 32766
// parameters, the others twice as many.
const maxKeys = 30000

// LoadMany implements [djsession.ManyLoader], with one query for up to 30000
// keys. A connection is in use while it yields.
func (s *Store) LoadMany(ctx context.Context, keys []string) iter.Seq2[*djsession.Record, error] {
	return func(yield func(*djsession.Record, error) bool) {
		for some := range slices.Chunk(keys, maxKeys) {
			if !s.loadSome(ctx, some, yield) {
				return
			}
		}
	}
}

// loadSome yields sessions as they come, and reports whether to go on. What
// fails before the first of them is tried again where that may help.
func (s *Store) loadSome(ctx context.Context, keys []string, yield func(*djsession.Record, error) bool) bool {
	args := make([]any, 0, len(keys)+1)
	for _, key := range keys {
		if s.opts.ValidKey(key) {
			args = append(args, key)
		}
	}
	if len(args) == 0 {
		return true
	}
	query := s.sql.selected + " WHERE " + s.sql.key + " IN (?" + strings.Repeat(", ?", len(args)-1) + ") AND " + s.sql.expires + " > ?"
	args = append(args, s.time(s.now()))
	for retry := s.db.Retry(); ; {
		yielded, more, err := s.yieldRows(ctx, query, args, yield)
		switch {
		case err == nil || !more:
			return more
		case yielded || !retry.After(ctx, err):
			yield(nil, err)
			return false
		}
	}
}

func (s *Store) yieldRows(ctx context.Context, query string, args []any, yield func(*djsession.Record, error) bool) (yielded, more bool, err error) {
	found, err := s.db.Query(ctx, query, args...)
	if err != nil {
		return false, true, s.wrap("load from", err, args...)
	}
	defer found.Close()
	_, scan := s.scanner(found)
	for found.Next() {
		text, err := scan()
		if err != nil {
			return yielded, true, err
		}
		yielded = true
		if !yield(s.decode(&text)) {
			return true, false, nil
		}
	}
	return yielded, true, s.wrap("load from", found.Err(), args...)
}
