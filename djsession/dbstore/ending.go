package dbstore

import (
	"context"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// Delete implements [djsession.Store]. Options.References says what becomes of
// rows that refer to the session.
func (s *Store) Delete(ctx context.Context, key string) error {
	if !s.opts.ValidKey(key) {
		return djsession.ErrInvalidKey
	}
	_, err := s.end(ctx, key, s.sql.delete, key)
	return s.wrap("delete from", err, key)
}

// end runs the statement by which the session with a key ends, and what
// Options.References says before it.
func (s *Store) end(ctx context.Context, key, statement string, args ...any) (n int64, err error) {
	if !s.enforces() {
		n, err = s.db.Exec(ctx, statement, args...)
		return n, s.explain(ctx, err)
	}
	var ended int64
	err = s.db.Transact(ctx, func(tx *sqldb.Tx) (err error) {
		if len(s.opts.References) > 0 {
			if err := s.release(ctx, tx, key); err != nil {
				return err
			}
		}
		ended, err = tx.Exec(ctx, statement, args...)
		return err
	})
	if err != nil {
		return 0, s.explain(ctx, err)
	}
	return ended, nil
}

// enforces reports whether one statement is not enough for a session to end:
// there are References, or it is SQLite, which enforces foreign keys only on a
// connection that asks for it.
func (s *Store) enforces() bool { return len(s.opts.References) > 0 || s.dialect.OneWriter() }

// ClearExpired implements [djsession.ExpiredClearer] by many short statements
// in place of Django's single long one, so that no request waits for it.
// Several at once do no harm.
//
// Sessions that a Reference protects stay, and are an error after the others
// are deleted.
func (s *Store) ClearExpired(ctx context.Context, opts *djsession.ClearOptions) (deleted int64, err error) {
	now := s.time(s.now())
	expiry := s.sql.clear
	if s.enforces() {
		expiry.Batch = s.clearBatch
	}
	deleted, err = s.db.Clear(ctx, &expiry, now, opts)
	if err == nil {
		err = s.protected(ctx, now)
	}
	return deleted, s.wrap("clear", s.explain(ctx, err))
}

// clearBatch deletes at most so many expired sessions, and what refers to
// them.
func (s *Store) clearBatch(ctx context.Context, now any, limit int64) (int64, error) {
	var deleted int64
	err := s.db.Transact(ctx, func(tx *sqldb.Tx) (err error) {
		deleted = 0
		if len(s.opts.References) == 0 {
			deleted, err = tx.Exec(ctx, s.sql.clear.Anywhere, now, limit)
			return err
		}
		query := "SELECT " + s.sql.key + " FROM " + s.sql.table + " WHERE " + s.sql.expires + " < ?" +
			s.protection(" AND NOT ", " AND NOT ") + " LIMIT ?" + s.dialect.LockRows()
		keys, err := tx.Texts(ctx, query, now, limit)
		for len(keys) > 0 && err == nil {
			some := keys[:min(len(keys), atOnce)]
			keys = keys[len(some):]
			var gone int64
			gone, err = s.clearKeys(ctx, tx, some)
			deleted += gone
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return deleted, nil
}

// atOnce is how many keys a statement takes: old SQLites have 999 parameters.
const atOnce = 500

func (s *Store) clearKeys(ctx context.Context, tx *sqldb.Tx, keys []string) (n int64, err error) {
	if err := s.release(ctx, tx, keys...); err != nil {
		return 0, err
	}
	args := make([]any, len(keys))
	for i, key := range keys {
		args[i] = key
	}
	return tx.Exec(ctx, "DELETE FROM "+s.sql.table+" WHERE "+among(len(keys))(s.sql.key), args...)
}

// protection is, for each table that protects sessions, the condition that it
// does protect a row, behind a word; empty if none does.
func (s *Store) protection(first, next string) string {
	var b strings.Builder
	holds := func(column string) string { return column + " = " + s.sql.table + "." + s.sql.key }
	for _, r := range s.referrers(holds) {
		if r.OnDelete != OnDeleteProtect {
			continue
		}
		word := next
		if b.Len() == 0 {
			word = first
		}
		b.WriteString(word + "EXISTS (SELECT 1 FROM " + r.table + " WHERE " + r.where + ")")
	}
	return b.String()
}

// protected returns an error if there are expired sessions that must stay.
func (s *Store) protected(ctx context.Context, now any) error {
	protection := s.protection(" AND (", " OR ")
	if protection == "" {
		return nil
	}
	found, err := s.db.Exists(ctx, "SELECT 1 FROM "+s.sql.table+" WHERE "+s.sql.expires+" < ?"+protection+") LIMIT 1", now)
	if err != nil || !found {
		return err
	}
	var names []string
	for _, r := range s.referrers(among(1)) {
		if r.OnDelete == OnDeleteProtect {
			names = append(names, r.name())
		}
	}
	return &sqldb.ReferenceError{Text: "expired sessions stay that rows protect: " + strings.Join(names, ", ")}
}
