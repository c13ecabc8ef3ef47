package dbstore

import (
	"context"
	"errors"

	"github.com/djsession/djsession-go/djsession"
)

// Rekey implements [djsession.Rekeyer] by one UPDATE of the key, which finds
// the old row or none. Django inserts a row and deletes the old one. So columns
// that Options.Columns does not name keep their values here, and get the
// table's defaults in Django; the named ones are written as by an insert. The
// tables of Options.References are treated as by [Store.Delete].
func (s *Store) Rekey(ctx context.Context, old string, rec *djsession.Record) error {
	if !s.opts.ValidKey(old) || !s.opts.ValidKey(rec.Key) {
		return djsession.ErrInvalidKey
	}
	text, values, err := s.encode(ctx, rec, true)
	if err != nil {
		return err
	}
	args := append(append([]any{rec.Key}, values...), old)
	n, err := s.end(ctx, old, s.sql.rekey, args...)
	switch {
	case err == nil && n > 0:
		return nil
	case err == nil:
		return djsession.ErrNotFound
	case ctx.Err() == nil:
		// No dialect has an UPDATE that tells a taken key from other errors.
		if taken, lookErr := s.exists(ctx, rec.Key); lookErr != nil || !taken {
			break
		}
		moved, lookErr := s.moved(ctx, old, rec.Key, text)
		switch {
		case lookErr != nil:
		case moved:
			return nil
		default:
			return djsession.ErrKeyExists
		}
	}
	return s.wrap("update", err, args...)
}

// moved reports whether a change of key was done whose answer was lost with the
// connection. To try another key would find no session under the old one.
func (s *Store) moved(ctx context.Context, old, key, text string) (bool, error) {
	row, err := s.row(ctx, s.sql.loadAny, key)
	if errors.Is(err, djsession.ErrNotFound) || err == nil && row.Data != text {
		return false, nil // another's, whose key MySQL may take for this one in another case
	}
	if err != nil {
		return false, err
	}
	there, err := s.exists(ctx, old)
	return !there, err
}
