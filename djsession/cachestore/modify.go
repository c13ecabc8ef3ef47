package cachestore

import (
	"context"
	"errors"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A modifyingStore is one over a cache that is a [Modifier].
type modifyingStore struct {
	*store
	modifier Modifier
}

// Modify implements [djsession.Modifier].
func (s *modifyingStore) Modify(ctx context.Context, key string, change func(rec *djsession.Record) error) error {
	if !s.opts.ValidKey(key) {
		return djsession.ErrInvalidKey
	}
	return s.modifier.Modify(ctx, s.opts.cacheKey(key), func(value []byte, ttl time.Duration) ([]byte, time.Duration, error) {
		rec, err := s.record(key, value, ttl) // without data, if it cannot be read
		if errors.Is(err, djsession.ErrTooLarge) {
			return nil, 0, err
		}
		before := rec.Expires
		if err := change(rec); err != nil {
			return nil, 0, err
		}
		changed, err := s.opts.Serializer.Dumps(nil, rec.Data)
		if err != nil {
			return nil, 0, err
		}
		if len(changed) > s.opts.MaxSize {
			return nil, 0, djsession.ErrTooLarge
		}
		if ttl > 0 && rec.Expires.Equal(before) {
			return changed, ttl, nil
		}
		ttl, err = s.opts.life(rec)
		return changed, ttl, err
	})
}
