package dbstore

import (
	"context"

	"github.com/djsession/djsession-go/djsession"
)

// CreateAll is [Store.Create] of many sessions in one transaction, and reports
// for each whether its key was free. On an error none was created, except in
// MySQL, where a taken key is an error: there they are created one by one then.
func (s *Store) CreateAll(ctx context.Context, recs []*djsession.Record) (created []bool, err error) {
	sets := make([][]any, len(recs))
	var secrets []any
	for i, rec := range recs {
		if !s.opts.ValidKey(rec.Key) {
			return nil, djsession.ErrInvalidKey
		}
		_, values, err := s.encode(ctx, rec, true)
		if err != nil {
			return nil, err
		}
		sets[i] = append([]any{rec.Key}, values...)
		secrets = append(secrets, sets[i]...)
	}
	created = make([]bool, len(recs))
	counts, err := s.db.ExecAll(ctx, s.sql.insert, sets)
	switch {
	case err == nil:
		for i, n := range counts {
			created[i] = n > 0
		}
		return created, nil
	case s.sql.conflict || ctx.Err() != nil:
		return nil, s.wrap("insert into", err, secrets...)
	}
	for i, args := range sets {
		created[i], err = s.db.InsertNew(ctx, s.sql.insert, s.sql.conflict, s.sql.exists, recs[i].Key, args...)
		if err != nil {
			return created, s.wrap("insert into", err, args...)
		}
	}
	return created, nil
}
