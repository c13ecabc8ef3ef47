package forwardauth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// An Event is an answer, for metrics. It holds nothing that identifies a user
// or a session.
type Event struct {
	Endpoint string // "" if none is declared where the proxy asked
	Status   int    // of the answer: 200, 302, 400, 401, 403, 404 or 503
	Reason   string // one of few words, for a metric's label: "ok", "no session", "forbidden", "unavailable" ...
	Cached   bool   // Options.Cache had the user
	Start    time.Time
	Duration time.Duration
}

// words are the reasons of package auth in an Event.
var words = []struct {
	err  error
	word string
}{
	{errNoSession, "no session"},
	{auth.ReasonNoLogin, "no login"},
	{auth.ReasonBackendNotAllowed, "backend not allowed"},
	{auth.ReasonBadID, "bad user id"},
	{auth.ReasonNoSuchUser, "no such user"},
	{auth.ReasonInactive, "user inactive"},
	{auth.ReasonRefused, "refused"},
	{auth.ReasonHashMissing, "hash missing"},
	{auth.ReasonHashForeign, "hash foreign"},
	{auth.ReasonHashWrong, "hash wrong"},
	{auth.ErrNotLoggedIn, "no user"},
	{auth.ErrForbidden, "forbidden"},
	{errValue, "bad identity"},
	{djsession.ErrAmbiguousCookie, "two cookies"},
}

// Reason returns the word that an [Event] has for an error of [Handler.Check],
// and "ok" for nil.
func Reason(err error) string {
	if err == nil {
		return "ok"
	}
	for _, w := range words {
		if errors.Is(err, w.err) {
			return w.word
		}
	}
	return "unavailable"
}

// report logs what went wrong and tells Observe.
func (h *Handler) report(ctx context.Context, q *question, a *answer, start time.Time) {
	if a.err != nil {
		h.log(ctx, q, a)
	}
	if h.opts.Observe == nil {
		return
	}
	e := Event{Status: a.status, Reason: a.reason, Cached: a.cached, Start: start, Duration: time.Since(start)}
	if q != nil {
		if _, ok := h.opts.Endpoints[q.endpoint]; ok {
			e.Endpoint = q.endpoint
		}
	}
	h.opts.Observe(ctx, e)
}

// log writes one line. A line that clients can cause at will, or a proxy causes
// at each request, is written at most once a minute.
func (h *Handler) log(ctx context.Context, q *question, a *answer) {
	text, key := a.err.Error(), ""
	if q != nil {
		if key, _ = h.sessions.UnambiguousKey(q.header); len(key) >= 8 {
			text = strings.ReplaceAll(text, key, djsession.Fingerprint(key)) // some databases name the row in their errors
		}
	}
	level, message := slog.LevelWarn, "forward auth: a question of the proxy was refused"
	switch {
	case a.status == http.StatusServiceUnavailable && ctx.Err() != nil:
		level, message = slog.LevelInfo, "forward auth: the proxy did not wait for the answer"
	case a.status == http.StatusServiceUnavailable:
		level, message = slog.LevelError, "forward auth: a request could not be decided"
	case !h.seen.first(text, h.opts.Now()):
		return
	}
	attrs := []slog.Attr{slog.String("error", text)}
	if q != nil {
		attrs = append(attrs, slog.String("endpoint", q.endpoint), slog.String("session", djsession.Fingerprint(key)))
	}
	h.opts.Logger.LogAttrs(ctx, level, message, attrs...)
}

// seen is which warnings were logged in the last minute. Their texts are few.
type seen struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (s *seen) first(text string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		s.last = make(map[string]time.Time)
	}
	if at, ok := s.last[text]; ok && now.Sub(at) < time.Minute {
		return false
	}
	s.last[text] = now
	return true
}
