package filestore

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/atomicfile"
)

// A found session is all that a list keeps in memory of each.
type found struct {
	key     string
	expires time.Time
}

// List implements [djsession.Lister]. A directory has no order, so the keys of
// all sessions that match are in memory while the list runs, some 60 bytes
// each; the sessions themselves are read one by one.
func (s *Store) List(ctx context.Context, opts *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	var o djsession.ListOptions
	if opts != nil {
		o = *opts
	}
	return func(yield func(*djsession.Record, error) bool) {
		matching, err := s.matching(ctx, &o)
		if err != nil {
			yield(nil, err)
			return
		}
		listed := 0
		for _, f := range matching {
			if err := ctx.Err(); err != nil {
				yield(nil, s.wrap("list", err))
				return
			}
			rec, err := s.read(f.key)
			if rec == nil && unlisted(err) {
				continue
			}
			if !yield(rec, err) || rec == nil {
				return
			}
			if listed++; listed == o.Limit {
				return
			}
		}
	}
}

func (s *Store) matching(ctx context.Context, o *djsession.ListOptions) ([]found, error) {
	order := func(a, b found) int {
		if o.Order == djsession.OrderByKey {
			return cmp.Compare(a.key, b.key)
		}
		c := cmp.Or(a.expires.Compare(b.expires), cmp.Compare(a.key, b.key))
		if o.Order == djsession.OrderByExpiryDescending {
			return -c
		}
		return c
	}
	needsExpiry := o.Order != djsession.OrderByKey || o.State != djsession.StateAny || !o.From.IsZero() || !o.To.IsZero()
	var all []found
	for key, err := range s.keys(ctx) {
		if err != nil {
			return nil, err
		}
		f := found{key: key}
		if needsExpiry {
			rec, err := s.read(key)
			if rec == nil && unlisted(err) {
				continue
			}
			if rec == nil {
				return nil, err
			}
			f.expires = rec.Expires
			live := s.live(rec)
			if o.State == djsession.StateLive && !live || o.State == djsession.StateExpired && live ||
				!o.From.IsZero() && f.expires.Before(o.From) || !o.To.IsZero() && !f.expires.Before(o.To) {
				continue
			}
		}
		if o.After == nil || order(f, found{o.After.Key, o.After.Expires}) > 0 {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, order)
	return all, nil
}

// unlisted is a session that has been deleted since, or a file that only has
// the name of one.
func unlisted(err error) bool {
	return errors.Is(err, djsession.ErrNotFound) || errors.Is(err, atomicfile.ErrNotRegular)
}
