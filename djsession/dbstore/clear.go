package dbstore

import (
	"context"

	"github.com/djsession/djsession-go/djsession"
)

// ClearExpired implements [djsession.ExpiredClearer]: many short statements in place of Django's single long one, so that
// nobody waits for it. Several at once do no harm.
func (s *Store) ClearExpired(ctx context.Context, opts *djsession.ClearOptions) (deleted int64, err error) {
	deleted, err = s.db.Clear(ctx, &s.sql.clear, s.time(s.now()), opts)
	return deleted, s.fail("clear", err)
}
