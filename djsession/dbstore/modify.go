package dbstore

import (
	"context"

	"github.com/djsession/djsession-go/djsession"
)

// Modify implements [djsession.Modifier] by compare-and-swap on session_data. It holds no lock while change runs, and a Django
// that holds the row with select_for_update is waited for.
func (s *Store) Modify(ctx context.Context, key string, change func(rec *djsession.Record) error) error {
	for {
		old, err := s.row(ctx, s.sql.loadAny, key)
		if err != nil {
			return err
		}
		rec, err := s.decode(old)
		if err != nil && !isCorrupt(err) {
			return err
		}
		if err := change(rec); err != nil {
			return err
		}
		text, values, err := s.encode(ctx, rec, false)
		if err != nil {
			return err
		}
		args := append(values, key, old.text)
		n, err := s.db.Exec(ctx, s.sql.swap, args...)
		if err != nil {
			return s.fail("update", err, args...)
		}
		if n > 0 || text == old.text && !s.dialect.CountsMatches() {
			return nil
		}
	}
}
