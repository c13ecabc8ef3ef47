package dbstore

import (
	"context"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// encode returns what to write of a record: its text, its expiry, and the
// model's own columns.
func (s *Store) encode(ctx context.Context, rec *djsession.Record, insert bool) (text string, values []any, err error) {
	if s.opts.Columns == nil && s.opts.Prepare == nil {
		text, err = s.codec.Encode(rec.Data)
		return text, []any{text, s.time(rec.Expires)}, err
	}
	saving := &Write{Record: rec, Now: s.now(), Request: djsession.RequestOf(ctx)}
	if s.opts.Prepare != nil {
		s.opts.Prepare(saving)
	}
	if text, err = s.codec.Encode(rec.Data); err != nil {
		return "", nil, err
	}
	values = []any{text, s.time(rec.Expires)}
	for _, c := range s.opts.Columns {
		if !insert && c.InsertOnly {
			continue
		}
		value := c.Value(saving)
		if at, ok := value.(time.Time); ok {
			value = s.time(at)
		}
		values = append(values, value)
	}
	return text, values, nil
}
