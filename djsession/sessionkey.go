package djsession

import (
	"context"
	"errors"
)

// CycleKey stores the session under a new key in place of the old one, so that
// a key that was known before is useless after a login. If several requests
// change the key at once, one succeeds. The others get [ErrInterrupted], as
// does a request whose session was deleted, and nothing is stored: a new key
// does not undo a logout. Changes that other requests stored under the old key
// since this one loaded the session are lost, with Options.Merge too. A session
// without a key gets one.
// Django: SessionBase.cycle_key.
func (s *Session) CycleKey(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(ctx); err != nil {
		return err
	}
	s.accessed = true
	if s.key == "" || s.mgr.stateless {
		return s.create(ctx)
	}
	old := s.key
	err := s.storeNew(ctx, "rekey", func(ctx context.Context, rec *Record) error {
		return Rekey(ctx, s.mgr.store, old, rec)
	})
	if errors.Is(err, ErrNotFound) {
		return ErrInterrupted
	}
	return err
}

// newKeys is how many keys are tried for a new session. One in 10^49 is taken,
// so a second try is a store's fault already.
const newKeys = 5

// storeNew calls the store with the session's record under a new key.
func (s *Session) storeNew(ctx context.Context, op string, store func(ctx context.Context, rec *Record) error) error {
	switch {
	case s.mgr.opts.ReadOnly:
		return ErrReadOnly
	case s.sent:
		return ErrResponseStarted
	}
	var rec *Record
	err := ErrKeyExists
	for try := 0; try < newKeys && errors.Is(err, ErrKeyExists); try++ {
		if rec, err = s.record(NewKey()); err != nil {
			return err
		}
		err = s.mgr.observe(ctx, op, func(ctx context.Context) error { return store(ctx, rec) })
	}
	if err == nil {
		s.key = rec.Key
		s.changes, s.cleared = nil, false
		s.modified, s.unreadable, s.stored, s.saved = false, false, true, s.mgr.opts.Now()
	}
	return err
}
