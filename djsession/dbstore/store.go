package dbstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// Load implements [djsession.Store].
func (s *Store) Load(ctx context.Context, key string) (*djsession.Record, error) {
	row, err := s.row(ctx, s.sql.load, key, s.time(s.now()))
	if err != nil {
		return nil, err
	}
	return s.decode(&row.EncodedRecord)
}

// Create implements [djsession.Store].
func (s *Store) Create(ctx context.Context, rec *djsession.Record) error {
	if !s.opts.ValidKey(rec.Key) {
		return djsession.ErrInvalidKey
	}
	_, values, err := s.encode(ctx, rec, true)
	if err != nil {
		return err
	}
	args := append([]any{rec.Key}, values...)
	inserted, err := s.db.InsertNew(ctx, s.sql.insert, s.sql.conflict, s.sql.exists, rec.Key, args...)
	if err == nil && !inserted {
		return djsession.ErrKeyExists
	}
	return s.wrap("insert into", err, args...)
}

// Update implements [djsession.Store].
func (s *Store) Update(ctx context.Context, rec *djsession.Record) error {
	if !s.opts.ValidKey(rec.Key) {
		return djsession.ErrInvalidKey
	}
	_, values, err := s.encode(ctx, rec, false)
	if err != nil {
		return err
	}
	args := append(values, rec.Key)
	n, err := s.db.Exec(ctx, s.sql.update, args...)
	if err != nil {
		return s.wrap("update", err, args...)
	}
	if n > 0 {
		return nil
	}
	if !s.dialect.CountsMatches() {
		// Nothing changed, or nothing there? Only a look tells.
		if found, err := s.exists(ctx, rec.Key); err != nil || found {
			return err
		}
	}
	return djsession.ErrNotFound
}

func (s *Store) exists(ctx context.Context, key string) (bool, error) {
	found, err := s.db.Exists(ctx, s.sql.exists, key)
	return found, s.wrap("look into", err, key)
}

// A row is what the table has of a session.
type row struct {
	djsession.EncodedRecord
	expires sqldb.ScanTime
}

func (s *Store) row(ctx context.Context, query, key string, more ...any) (*row, error) {
	if !s.opts.ValidKey(key) {
		return nil, djsession.ErrInvalidKey
	}
	r := &row{expires: sqldb.ScanTime{Local: s.opts.zone()}}
	err := s.db.QueryRow(ctx, query, append([]any{key}, more...), &r.Key, &r.Data, &r.expires)
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.Key != key { // MySQL takes another case for the same key
		return nil, djsession.ErrNotFound
	}
	if err != nil {
		return nil, s.wrap("load from", err, key)
	}
	r.Expires = r.expires.Time
	return r, nil
}

// decode returns the record of a row; one that cannot be read comes without
// data and with the reason.
func (s *Store) decode(t *djsession.EncodedRecord) (*djsession.Record, error) {
	data, encoding, err := s.codec.Inspect(t.Data)
	if err != nil {
		data = new(djsession.Data)
	}
	return &djsession.Record{Key: t.Key, Data: data, Expires: t.Expires, Encoding: encoding}, err
}
