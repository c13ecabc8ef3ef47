package filestore

import (
	"context"
	"errors"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/atomicfile"
)

// read returns the session in a file, expired or not.
func (s *Store) read(key string) (*djsession.Record, error) {
	v, err := atomicfile.Read(s.path(key), s.opts.MaxSize)
	rec, err := s.decode(key, v, err)
	if rec == nil {
		return nil, s.wrap("load", err)
	}
	return rec, err
}

// decode returns the record of what was read; one that cannot be understood
// comes without data and with the reason.
func (s *Store) decode(key string, v *atomicfile.Version, err error) (*djsession.Record, error) {
	switch {
	case errors.Is(err, atomicfile.ErrTooLarge):
		err = djsession.ErrTooLarge
	case err != nil:
		return nil, err
	}
	rec := &djsession.Record{Key: key, Data: new(djsession.Data)}
	if len(v.Data) > 0 { // an empty file is a session that is being created
		var data *djsession.Data
		if data, rec.Encoding, err = s.codec.Inspect(string(v.Data)); err == nil {
			rec.Data = data
		}
	}
	rec.Expires = v.Info.ModTime().Truncate(time.Microsecond).Add(s.life(rec.Data))
	if at, ok := s.expiry(rec.Data).At(); ok {
		rec.Expires = at
	}
	return rec, err
}

// draft writes a session to a file next to its own.
func (s *Store) draft(ctx context.Context, rec *djsession.Record) (*atomicfile.Draft, error) {
	if err := check(ctx, rec.Key); err != nil {
		return nil, err
	}
	text, err := s.codec.Encode(rec.Data)
	if err != nil {
		return nil, &encodeError{err}
	}
	if int64(len(text)) > s.opts.MaxSize {
		return nil, djsession.ErrTooLarge
	}
	changed := rec.Expires.Add(-s.life(rec.Data))
	return atomicfile.NewDraft(s.dir, s.opts.CookieName+rec.Key+draftMark, []byte(text), changed)
}

// An encodeError is the caller's, not the system's.
type encodeError struct{ error }

// life is how long after its file was written a session ends that names no
// instant.
func (s *Store) life(d *djsession.Data) time.Duration {
	if after, ok := s.expiry(d).After(); ok {
		return after
	}
	return s.opts.CookieAge
}

// expiry is what the session says itself. Django fails on one that is neither a
// number nor a time; here it says nothing.
func (s *Store) expiry(d *djsession.Data) djsession.Expiry {
	e, err := d.Expiry(s.opts.Local)
	if err != nil {
		return djsession.ExpireDefault
	}
	return e
}

// live counts whole seconds, as Django does for files: with less than one left,
// a session has expired.
func (s *Store) live(rec *djsession.Record) bool {
	return rec.Expires.Sub(s.opts.Now()) >= time.Second
}
