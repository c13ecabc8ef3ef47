package djsession

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/problem"
)

// Error answers a request whose session or user is not available, through the
// error handler of the manager that serves the request, and logs err. Handlers
// call it with an error of [FromRequest].
func Error(w http.ResponseWriter, r *http.Request, err error) {
	handler := ServeError
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		x.report(err)
		handler = x.manager.opts.ErrorHandler
	}
	handler(w, r, err)
}

// ServeError is the default error handler: 400 if the session was deleted while
// the request ran, 503 if the store cannot be reached, else 500. It never says
// that a user is logged out. Clients that ask for JSON get problem details (RFC
// 9457). It logs err, unless that was done.
func ServeError(w http.ResponseWriter, r *http.Request, err error) {
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		x.report(err)
	} else {
		logFailure(slog.Default(), r, err, err.Error(), "")
	}
	answer := problem.Details{Status: http.StatusInternalServerError, Detail: http.StatusText(http.StatusInternalServerError), Reason: "error"}
	switch {
	case errors.Is(err, ErrInterrupted):
		answer = problem.Details{Status: http.StatusBadRequest, Reason: "interrupted",
			Detail: "The session ended while the request ran, perhaps by a logout elsewhere."}
	case errors.Is(err, ErrUnavailable):
		w.Header().Set("Retry-After", "5")
		answer = problem.Details{Status: http.StatusServiceUnavailable, Reason: "unavailable", Detail: "Sessions are unavailable at the moment."}
	}
	if problem.WantsJSON(r) {
		problem.Write(w, answer)
		return
	}
	http.Error(w, answer.Detail, answer.Status)
}

// report logs an error that a request is answered with. The same error is
// logged once a request, however many handlers it passes.
func (x *exchange) report(err error) { x.reportOf(x.session.Key(), err) }

// reportOf is report for when the session is locked: key is the session's.
func (x *exchange) reportOf(key string, err error) {
	sent, _, _ := x.manager.sent(x.request.Header)
	text := withoutKeys(err.Error(), key, sent)
	if last := x.reported.Swap(&text); last != nil && *last == text {
		return
	}
	logFailure(x.manager.opts.logger(), x.request, err, text, cmp.Or(key, sent))
}

// logFailure writes the line. As in Django, an error that is answered with 4xx
// is a warning and one that is answered with 5xx an error. A client that went
// away is neither.
func logFailure(log *slog.Logger, r *http.Request, err error, text, key string) {
	level := slog.LevelError
	switch {
	case errors.Is(err, ErrInterrupted):
		level = slog.LevelWarn
	case errors.Is(err, context.Canceled) && errors.Is(r.Context().Err(), context.Canceled):
		level = slog.LevelInfo
	}
	log.LogAttrs(r.Context(), level, "the request failed on its session or login",
		slog.String("error", text), slog.String("session", mark(key)), slog.String("method", r.Method), slog.String("path", r.URL.Path))
}

// withoutKeys returns an error's text with fingerprints in place of keys: some
// databases name the row in their errors, and so its key.
func withoutKeys(text string, keys ...string) string {
	for _, key := range keys {
		if len(key) >= minKeyLength {
			text = strings.ReplaceAll(text, key, mark(key))
		}
	}
	return text
}
