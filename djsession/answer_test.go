package djsession_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/signing"
)

// wantLine checks that a log has one line, of a level and with a text, and
// without what is secret.
func wantLine(t *testing.T, reason, lines, level, text string, secrets ...string) {
	t.Helper()
	if strings.Count(lines, "\n") != 1 || !strings.Contains(lines, "level="+level) || !strings.Contains(lines, text) {
		t.Errorf("%s: logged %q; want one line, %s, with %q", reason, lines, level, text)
	}
	for _, secret := range secrets {
		if strings.Contains(lines, secret) {
			t.Errorf("%s: the log shows %q", reason, secret)
		}
	}
}

// Whatever is answered with an error is logged once, with the cause, whoever
// answers.
func TestAnsweredErrorsAreLoggedOnce(t *testing.T) {
	const secret = "in-the-session"
	twice := func(w http.ResponseWriter, r *http.Request) { // asks again and answers again
		for range 2 {
			if _, err := djsession.FromRequest(r); err != nil {
				djsession.Error(w, r, err)
			}
		}
	}
	insists := func(w http.ResponseWriter, r *http.Request) { // does not hear that it failed
		set("a", secret)(w, r)
		if _, err := w.Write([]byte("ok")); err != nil {
			djsession.Error(w, r, err)
		}
	}
	own := func(w http.ResponseWriter, _ *http.Request, _ error) { http.Error(w, "own", http.StatusTeapot) }
	delegates := func(w http.ResponseWriter, r *http.Request, err error) { djsession.ServeError(w, r, err) }
	down := func(key string) error { // a database may name the row
		return fmt.Errorf("%w: write too old for key /Table/108/%q", djsession.ErrUnavailable, key)
	}
	for _, row := range []struct {
		reason      string
		opts        djsession.Options
		fails       string // the store's operation that does
		handler     http.HandlerFunc
		code        int
		level, text string
	}{
		{"the store is down", djsession.Options{}, "load", twice, 503, "ERROR", "write too old"},
		{"it goes down", djsession.Options{}, "update", set("a", secret), 503, "ERROR", "write too old"},
		{"and the handler insists", djsession.Options{}, "update", insists, 503, "ERROR", "write too old"},
		{"an own answer", djsession.Options{ErrorHandler: own}, "update", set("a", secret), 418, "ERROR", "write too old"},
		{"an own answer to a load", djsession.Options{ErrorHandler: own}, "load", twice, 418, "ERROR", "write too old"},
		{"the default answer by detour", djsession.Options{ErrorHandler: delegates}, "update", set("a", secret), 503, "ERROR", "write too old"},
		{"a logout meanwhile", djsession.Options{}, "gone", set("a", secret), 400, "WARN", "deleted before the request completed"},
		{"a value without JSON", djsession.Options{}, "", set("a", make(chan int)), 500, "ERROR", "chan int has no JSON form"},
		{"read-only", djsession.Options{ReadOnly: true}, "", set("a", secret), 500, "ERROR", "read-only"},
	} {
		s := newSite(t)
		row.opts.Now, row.opts.Logger = s.opts.Now, s.opts.Logger
		s.opts = row.opts
		key := s.stored(time.Hour, "a", secret)
		store := &hookedStore{spyStore: s.store, before: func(_ context.Context, op string) error {
			switch {
			case op == row.fails:
				return down(key)
			case row.fails == "gone" && op == "update":
				return djsession.ErrNotFound
			}
			return nil
		}}
		w := s.serveOver(store, t.Context(), "sessionid="+key, row.handler)
		if w.Code != row.code {
			t.Errorf("%s: answered %d, want %d", row.reason, w.Code, row.code)
		}
		wantLine(t, row.reason, s.log.String(), row.level, row.text, key, secret)
		if !strings.Contains(s.log.String(), djsession.Fingerprint(key)) {
			t.Errorf("%s: no fingerprint in %q", row.reason, s.log.String())
		}
	}
}

// A client that goes away is no error.
func TestClientThatWentAwayIsNoError(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	ctx, leave := context.WithCancel(t.Context())
	store := &hookedStore{spyStore: s.store, before: func(ctx context.Context, op string) error {
		leave()
		return block(ctx, op)
	}}
	s.serveOver(store, ctx, "sessionid="+key, set("a", 2))
	wantLine(t, "gone", s.log.String(), "INFO", "context canceled", key)
}

// setDefault changes the default logger for a test, with that of package log,
// which follows it.
func setDefault(t *testing.T, logger *slog.Logger) {
	old, writer, flags := slog.Default(), log.Writer(), log.Flags()
	t.Cleanup(func() {
		slog.SetDefault(old)
		log.SetOutput(writer)
		log.SetFlags(flags)
	})
	slog.SetDefault(logger)
}

// The texts of mistakes in the wiring say what to do.
func TestWiringMistakesSayWhatToDo(t *testing.T) {
	var lines bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&lines, nil))
	setDefault(t, logger)
	w := httptest.NewRecorder()
	set("a", 1)(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 {
		t.Errorf("without a manager: answered %d", w.Code)
	}
	wantLine(t, "without a manager", lines.String(), "ERROR", "serve sessions.Handler(router)")

	lines.Reset()
	w = httptest.NewRecorder()
	m := djsession.NewManager(cookiestore.New("", nil), &djsession.Options{Logger: logger})
	m.Handler(http.HandlerFunc(set("a", 1))).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 {
		t.Errorf("without a key: answered %d", w.Code)
	}
	wantLine(t, "without a key", lines.String(), "ERROR", "set it to the site's SECRET_KEY")
	if _, err := djsession.NewCodec("", nil).Encode(new(djsession.Data)); !errors.Is(err, signing.ErrNoKey) {
		t.Errorf("got error %v", err)
	}
}
