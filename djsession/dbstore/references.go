package dbstore

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// A Reference is a foreign key of another table to the table of sessions, as a
// model has that says ForeignKey(Session, on_delete=...). Django looks after
// its rows itself when a session ends, so the table seldom says what to do.
// Signals such as pre_delete are not sent.
type Reference struct {
	// Schema is where the table is. Default: that of the sessions.
	Schema string

	// Table and Column are the model's table and its foreign key, such as
	// "shop_usersession" and "session_id".
	Table, Column string

	// OnDelete is the model's on_delete. Default: Cascade.
	OnDelete OnDelete

	// Value is for SetValue.
	Value any

	// References are foreign keys to this table in turn, whose rows end with
	// it. They count for Cascade only.
	References []Reference

	// To is the column that the foreign key refers to. Default: "session_key",
	// and "id" among another Reference's References.
	To string
}

// OnDelete is what happens to a row when the session that it refers to ends:
// when it is deleted, flushed, cleared, or gets another key. It is the same
// as on_delete of a model's ForeignKey.
type OnDelete uint8

// The choices.
const (
	OnDeleteCascade   OnDelete = iota // the row is deleted. Django: CASCADE
	OnDeleteSetNull                   // the foreign key becomes NULL. Django: SET_NULL
	OnDeleteSetValue                  // the foreign key becomes Reference.Value. Django: SET, SET_DEFAULT
	OnDeleteProtect                   // the session does not end, and that is an [Error]. Django: PROTECT, RESTRICT
	OnDeleteDoNothing                 // nothing, or what the table itself says. Django: DO_NOTHING, DB_CASCADE and the like
)

// A referrer is a table that holds rows of a reference.
type referrer struct {
	*Reference
	table string // quoted
	where string // chooses the rows that refer to certain sessions
}

// referrers returns all tables whose rows refer to sessions, directly or not,
// each behind those that refer to itself. Holds is the condition that a column
// has the key of one of those sessions.
func (s *Store) referrers(holds func(column string) string) []referrer {
	var all []referrer
	var add func(refs []Reference, holds func(column, to string) string)
	add = func(refs []Reference, holds func(column, to string) string) {
		for i := range refs {
			r := &refs[i]
			table := sqldb.Table(s.dialect, cmp.Or(r.Schema, s.opts.Schema), r.Table)
			where := holds(table+"."+s.dialect.Quote(r.Column), r.To)
			if r.OnDelete == OnDeleteCascade {
				add(r.References, func(column, to string) string {
					return column + " IN (SELECT " + s.dialect.Quote(cmp.Or(to, "id")) + " FROM " + table + " WHERE " + where + ")"
				})
			}
			all = append(all, referrer{r, table, where})
		}
	}
	add(s.opts.References, func(column, _ string) string { return holds(column) })
	return all
}

// among is the condition that a column has one of n values.
func among(n int) func(column string) string {
	return func(column string) string { return column + " IN (?" + strings.Repeat(", ?", n-1) + ")" }
}

// release does for the rows that refer to sessions what their models say,
// before the sessions themselves end in the same transaction.
func (s *Store) release(ctx context.Context, tx *sqldb.Tx, keys ...string) error {
	args := make([]any, len(keys))
	for i, key := range keys {
		args[i] = key
	}
	all := s.referrers(among(len(keys)))
	for _, r := range all {
		if r.OnDelete != OnDeleteProtect {
			continue
		}
		found, err := tx.Texts(ctx, "SELECT 'x' FROM "+r.table+" WHERE "+r.where+" LIMIT 1", args...)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return &sqldb.ReferenceError{Text: r.name() + " refers to the session, and its OnDelete is Protect"}
		}
	}
	for _, r := range all {
		if err := r.release(ctx, tx, s.dialect, args); err != nil {
			return err
		}
	}
	return nil
}

func (r *referrer) release(ctx context.Context, tx *sqldb.Tx, d sqldb.Dialect, args []any) (err error) {
	set := "UPDATE " + r.table + " SET " + d.Quote(r.Column)
	switch r.OnDelete {
	case OnDeleteCascade:
		_, err = tx.Exec(ctx, "DELETE FROM "+r.table+" WHERE "+r.where, args...)
	case OnDeleteSetNull:
		_, err = tx.Exec(ctx, set+" = NULL WHERE "+r.where, args...)
	case OnDeleteSetValue:
		_, err = tx.Exec(ctx, set+" = ? WHERE "+r.where, append([]any{r.Value}, args...)...)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.name(), err)
	}
	return nil
}

func (r *Reference) name() string { return r.Table + "." + r.Column }
