package djsession_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// TestChangeAfterTheHandlerIsReported changes a session in every way after its
// handler has returned, as a goroutine does that outlives it.
func TestChangeAfterTheHandlerIsReported(t *testing.T) {
	for _, row := range []struct {
		reason string
		change func(s *djsession.Session)
		logged int // lines
	}{
		{"set", func(s *djsession.Session) { s.Set("b", 1) }, 1},
		{"set again and again", func(s *djsession.Session) { s.Set("b", 1); s.Set("c", 1); s.Delete("b") }, 1},
		{"deleted", func(s *djsession.Session) { s.Delete("a") }, 1},
		{"cleared", func(s *djsession.Session) { s.Clear() }, 1},
		{"expiry", func(s *djsession.Session) { s.SetExpiry(djsession.ExpireOnClose) }, 1},
		{"marked", func(s *djsession.Session) { s.MarkModified() }, 1},
		{"popped", func(s *djsession.Session) { djsession.Pop[int](s, "a") }, 1},
		{"default", func(s *djsession.Session) { djsession.SetDefault(s, "b", 1) }, 1},
		{"read", func(s *djsession.Session) { s.Has("a"); s.Names() }, 0},
		{"nothing to delete", func(s *djsession.Session) { s.Delete("b") }, 0},
		{"flushed, which needs no save", func(s *djsession.Session) { s.Flush(t.Context()) }, 0},
	} {
		t.Run(row.reason, func(t *testing.T) {
			s := newSite(t)
			var session *djsession.Session
			s.serve("sessionid="+s.stored(time.Hour, "a", 1), func(_ http.ResponseWriter, r *http.Request) {
				var err error
				if session, err = djsession.FromRequest(r); err != nil {
					t.Fatal(err)
				}
			})
			row.change(session)
			log := s.log.String()
			if got := strings.Count(log, "level=ERROR"); got != row.logged || strings.Contains(log, session.Key()) && session.Key() != "" {
				t.Errorf("got %d lines, want %d: %s", got, row.logged, log)
			}
		})
	}
}

// A change after the handler can still be saved by hand.
func TestSaveAfterTheHandler(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	var session *djsession.Session
	s.serve("sessionid="+key, func(_ http.ResponseWriter, r *http.Request) { session, _ = djsession.FromRequest(r) })
	session.Set("b", 2)
	if err := session.Save(t.Context()); err != nil || s.json(key) != `{"a":1,"b":2}` {
		t.Errorf("got error %v and %s, want both values", err, s.json(key))
	}
}

// TestAfterAPanic changes a session after its handler has panicked, which the
// server, or a handler around us, has survived.
func TestAfterAPanic(t *testing.T) {
	s := newSite(t)
	var session *djsession.Session
	panics := func(cookie string) {
		t.Helper()
		defer func() {
			if p := recover(); p != http.ErrAbortHandler {
				t.Errorf("got panic %v, want the handler's", p)
			}
		}()
		s.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
			session, _ = djsession.FromRequest(r)
			panic(http.ErrAbortHandler)
		})
	}
	panics("sessionid=" + s.stored(time.Hour, "a", 1))
	session.Set("b", 1)
	if log := s.log.String(); strings.Count(log, "level=ERROR") != 1 {
		t.Errorf("a change: got %q, want one line that says that it is lost", log)
	}
	panics("")
	session.Set("a", 1)
	if err := session.Save(t.Context()); !errors.Is(err, djsession.ErrResponseStarted) || session.Key() != "" {
		t.Errorf("a new session: got error %v, want ErrResponseStarted, as no browser can get its key", err)
	}
}
