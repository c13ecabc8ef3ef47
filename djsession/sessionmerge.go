package djsession

import (
	"context"
	"errors"
)

// ErrNoMerge says that Options.Merge was asked of a store that is no
// [Modifier].
var ErrNoMerge = errors.New("djsession: this store cannot merge changes; use one that is a Modifier, or leave Options.Merge")

// errNotOurs stops the prolonging of a session that another request has
// emptied, or saved in a form that cannot be read.
var errNotOurs = errors.New("djsession: nothing to prolong")

// merge applies this session's changes to what is stored by now. Without
// changes it only prolongs the session.
func (s *Session) merge(ctx context.Context, store Modifier) error {
	var merged *Record
	err := s.mgr.observe(ctx, "modify", func(ctx context.Context) error {
		err := store.Modify(ctx, s.key, func(rec *Record) error {
			if !s.modified && rec.Data.Len() == 0 && s.data.Len() > 0 {
				return errNotOurs
			}
			if s.cleared {
				rec.Data.Clear()
			}
			for name := range s.changes {
				if !s.data.Has(name) {
					rec.Data.Delete(name)
				}
			}
			for name, value := range s.data.All() { // in this session's order
				if _, changed := s.changes[name]; changed {
					rec.Data.Set(name, value)
				}
			}
			_, expires, err := s.mgr.endOf(rec.Data, s.mgr.opts.Now())
			rec.Expires = expires
			merged = rec
			return err
		})
		if errors.Is(err, errNotOurs) {
			merged, err = nil, nil
		}
		return err
	})
	if err == nil && merged != nil {
		s.adopt(merged)
	}
	return err
}
