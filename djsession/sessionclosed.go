package djsession

import (
	"context"
	"log/slog"
)

// markModified notes that the session is to be saved.
func (s *Session) markModified() {
	s.accessed, s.modified = true, true
	if s.closed {
		s.reportLate(context.Background(), "session changed after its handler had returned: "+
			"only Session.Save saves that; use Manager.Open for work that goes on")
	}
}

// close says that the handler has returned. Changes that it made after the
// response had begun are lost, unless the error handler answered in its place.
func (s *Session) close(ctx context.Context, answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answered && s.modified {
		s.reportLate(ctx, "session changed after the response had begun: nothing of it was saved; call Session.Save")
	}
	s.closed, s.sent = true, true // after a panic too
}

// reportLate logs a change that nothing will save, once a request.
func (s *Session) reportLate(ctx context.Context, message string) {
	if s.reported || s.empty() {
		return
	}
	s.reported = true
	s.mgr.opts.logger().LogAttrs(ctx, slog.LevelError, message, slog.String("session", mark(s.key)))
}
