package dbstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A ForeignKey is a foreign key as the database declares it. Django's
// on_delete, other than its DB_CASCADE and the like, is not written there.
type ForeignKey struct {
	Schema   string // empty for SQLite
	Table    string
	Column   string
	To       string // the column that it refers to
	OnDelete string // "NO ACTION", "RESTRICT", "CASCADE", "SET NULL" or "SET DEFAULT"
}

// ForeignKeys returns the foreign keys that refer to a table. Schema may be
// empty, as in [Options]. A model's ForeignKey(db_constraint=False) is not
// among them.
func ForeignKeys(ctx context.Context, db *sql.DB, dialect sqldialect.Dialect, schema, table string) ([]ForeignKey, error) {
	keys, err := foreignKeys(ctx, sqldb.Open(db, dialect, true), schema, table)
	return keys, sqldialect.WrapError(dialect, "look for foreign keys to", table, err)
}

func foreignKeys(ctx context.Context, db *sqldb.DB, schema, table string) (keys []ForeignKey, err error) {
	query, args := db.Dialect.ForeignKeys(schema, table)
	rows, err := db.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k ForeignKey
		if err := rows.Scan(&k.Schema, &k.Table, &k.Column, &k.To, &k.OnDelete); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// MissingReferences returns the foreign keys that keep sessions from being
// deleted, since neither Options.References nor the database itself says what
// to do with their rows: those to the table of sessions, and those to the
// tables of References with Cascade.
func (s *Store) MissingReferences(ctx context.Context) ([]ForeignKey, error) {
	missing, err := s.missing(ctx, s.opts.Schema, s.opts.Table, s.opts.References)
	return missing, s.wrap("look for foreign keys to", err)
}

func (s *Store) missing(ctx context.Context, schema, table string, refs []Reference) ([]ForeignKey, error) {
	keys, err := foreignKeys(ctx, s.db, schema, table)
	if err != nil {
		return nil, err
	}
	var missing []ForeignKey
	for _, k := range keys {
		if k.OnDelete != "NO ACTION" && k.OnDelete != "RESTRICT" {
			continue
		}
		ref := k.among(refs)
		if ref == nil {
			missing = append(missing, k)
		} else if ref.OnDelete == OnDeleteCascade && !k.is(schema, table) {
			below, err := s.missing(ctx, k.Schema, k.Table, ref.References)
			if err != nil {
				return nil, err
			}
			missing = append(missing, below...)
		}
	}
	return missing, nil
}

func (k *ForeignKey) among(refs []Reference) *Reference {
	for i, r := range refs {
		if k.is(r.Schema, r.Table) && strings.EqualFold(k.Column, r.Column) {
			return &refs[i]
		}
	}
	return nil
}

// is reports whether the foreign key is one of a table.
func (k *ForeignKey) is(schema, table string) bool {
	return strings.EqualFold(k.Table, table) && (schema == "" || k.Schema == "" || schema == k.Schema)
}

// explain adds to the error of a deletion which foreign keys are missing among
// Options.References, if that is why it failed. SQLite does not say.
func (s *Store) explain(ctx context.Context, err error) error {
	var known *sqldb.ReferenceError
	if err == nil || errors.As(err, &known) || sqldb.ProblemOf(s.dialect, err) != sqldialect.ProblemReferenced {
		return err
	}
	keys, lookErr := s.missing(ctx, s.opts.Schema, s.opts.Table, s.opts.References)
	var names []string
	for _, k := range keys {
		names = append(names, k.Table+"."+k.Column)
	}
	switch {
	case lookErr != nil:
		return errors.Join(err, lookErr)
	case names == nil:
		return err
	}
	return &sqldb.ReferenceError{
		Text: strings.Join(names, ", ") + " must be in Options.References, with the model's on_delete",
		Err:  err,
	}
}
