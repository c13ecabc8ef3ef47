package dbstore

import (
	"context"
	"slices"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// Modify implements [djsession.Modifier] by compare-and-swap on session_data.
// It holds no lock while change runs, and a Django that holds the row with
// select_for_update is waited for.
func (s *Store) Modify(ctx context.Context, key string, change func(rec *djsession.Record) error) error {
	for range sqldb.MaxRaces {
		old, err := s.row(ctx, s.sql.loadAny, key)
		if err != nil {
			return err
		}
		rec, err := s.decode(&old.EncodedRecord)
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
		query := s.sql.swap
		if old.expires.Is(rec.Expires) {
			query, values = s.sql.swapData, slices.Delete(values, 1, 2)
		}
		args := append(values, key, old.Data)
		n, err := s.db.Exec(ctx, query, args...)
		if err != nil {
			return s.wrap("update", err, args...)
		}
		if n > 0 || text == old.Data && !s.dialect.CountsMatches() {
			return nil
		}
	}
	return djsession.ErrRaces
}

// SwapEncoded implements [djsession.EncodedStore].
func (s *Store) SwapEncoded(ctx context.Context, swaps []djsession.EncodedSwap) ([]bool, error) {
	args := make([][]any, len(swaps))
	var secrets []any
	for i, swap := range swaps {
		args[i] = []any{swap.New, swap.Key, swap.Old}
		secrets = append(secrets, args[i]...)
	}
	counts, err := s.db.ExecAll(ctx, s.sql.swapText, args)
	if err != nil {
		return nil, s.wrap("update", err, secrets...)
	}
	done := make([]bool, len(swaps))
	for i, n := range counts {
		// A database that counts changes counts none for a text that was the
		// new one already.
		done[i] = n > 0 || swaps[i].Old == swaps[i].New && !s.dialect.CountsMatches()
	}
	return done, nil
}
