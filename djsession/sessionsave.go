package djsession

import (
	"context"
	"time"
)

// mayBeDue reports whether [Session.due] is worth asking, which is false for
// the many requests that use no session.
func (s *Session) mayBeDue() bool {
	opts := &s.mgr.opts
	return s.modified || opts.SaveEveryRequest || opts.TouchInterval > 0 && s.data != nil
}

// due reports whether the session must be saved. It loads one that is to be
// saved at every request. One that cannot be read is not prolonged, because
// that would overwrite what another key or serializer can read.
func (s *Session) due(ctx context.Context) (bool, error) {
	if !s.mayBeDue() {
		return false, nil
	}
	if err := s.load(ctx); err != nil || s.modified || s.unreadable {
		return s.modified, err
	}
	every := s.mgr.opts.TouchInterval
	return every <= 0 || s.key != "" && s.mgr.opts.Now().Sub(s.saved) >= every, nil
}

// lifetime is how long the browser is to keep the cookie of a session that is
// saved now.
func (s *Session) lifetime() (lifetime, error) {
	onClose, err := s.onClose()
	if err != nil || onClose {
		return lifetime{}, err
	}
	now := s.mgr.opts.Now()
	age, _, err := s.end(now)
	return lifetime{bounded: true, maxAge: int64(age / time.Second), expires: now.Add(age)}, err
}
