package djsession_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A hookedStore calls before and after every call of the store under it; their
// errors are those of the call.
type hookedStore struct {
	*spyStore
	before, after func(ctx context.Context, op string) error
}

func (s *hookedStore) around(ctx context.Context, op string, call func() error) error {
	if s.before != nil {
		if err := s.before(ctx, op); err != nil {
			return err
		}
	}
	if err := call(); err != nil || s.after == nil {
		return err
	}
	return s.after(ctx, op)
}

func (s *hookedStore) Load(ctx context.Context, key string) (rec *djsession.Record, err error) {
	err = s.around(ctx, "load", func() error {
		rec, err = s.spyStore.Load(ctx, key)
		return err
	})
	return rec, err
}

func (s *hookedStore) Create(ctx context.Context, rec *djsession.Record) error {
	return s.around(ctx, "create", func() error { return s.spyStore.Create(ctx, rec) })
}

func (s *hookedStore) Update(ctx context.Context, rec *djsession.Record) error {
	return s.around(ctx, "update", func() error { return s.spyStore.Update(ctx, rec) })
}

func (s *hookedStore) Rekey(ctx context.Context, old string, rec *djsession.Record) error {
	return s.around(ctx, "rekey", func() error { return s.spyStore.Rekey(ctx, old, rec) })
}

func (s *hookedStore) Delete(ctx context.Context, key string) error {
	return s.around(ctx, "delete", func() error { return s.spyStore.Delete(ctx, key) })
}

func (s *hookedStore) Modify(ctx context.Context, key string, change func(*djsession.Record) error) error {
	return s.around(ctx, "modify", func() error { return s.spyStore.Modify(ctx, key, change) })
}

// block waits as a store does that gets no answer.
func block(ctx context.Context, _ string) error {
	<-ctx.Done()
	return fmt.Errorf("%w: %w", djsession.ErrUnavailable, ctx.Err())
}

func fail(context.Context, string) error {
	return fmt.Errorf("%w: connection reset", djsession.ErrUnavailable)
}

// serveOver is serve over another store, with a context.
func (s *site) serveOver(store djsession.Store, ctx context.Context, cookie string, handler func(http.ResponseWriter, *http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	djsession.NewManager(store, &s.opts).Handler(http.HandlerFunc(handler)).ServeHTTP(w, r)
	return w
}

func TestBlockingStoreEndsWithTheDeadline(t *testing.T) {
	read := with(func(s *djsession.Session) { s.Has("a") })
	flush := func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err == nil {
			err = session.Flush(r.Context())
		}
		if err != nil {
			djsession.Error(w, r, err)
		}
	}
	for _, row := range []struct {
		reason, op  string
		handler     func(http.ResponseWriter, *http.Request)
		deadline    time.Duration // of the request
		saveTimeout time.Duration
	}{
		{"a load, within the request's deadline", "load", read, 20 * time.Millisecond, time.Hour},
		{"a save, within the request's deadline", "update", set("a", 2), 20 * time.Millisecond, time.Hour},
		{"a save of a request that has none", "update", set("a", 2), 0, 20 * time.Millisecond},
		{"a flush", "delete", flush, 20 * time.Millisecond, time.Hour},
	} {
		s := newSite(t)
		s.opts.SaveTimeout = row.saveTimeout
		key := s.stored(time.Hour, "a", 1)
		store := &hookedStore{spyStore: s.store, before: func(ctx context.Context, op string) error {
			if op != row.op {
				return nil
			}
			return block(ctx, op)
		}}
		ctx := t.Context()
		if row.deadline > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, row.deadline)
			defer cancel()
		}
		w := s.serveOver(store, ctx, "sessionid="+key, row.handler)
		if w.Code != 503 || w.Header().Get("Set-Cookie") != "" || s.json(key) != `{"a":1}` {
			t.Errorf("%s: got %d, cookie %q, stored %s", row.reason, w.Code, w.Header().Get("Set-Cookie"), s.json(key))
		}
	}
}

// A client that goes away does not undo what its request did.
func TestSaveOutlivesTheClient(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	ctx, cancel := context.WithCancel(t.Context())
	s.serveOver(s.store, ctx, "sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		set("a", 2)(w, r)
		cancel()
	})
	if s.json(key) != `{"a":2}` {
		t.Errorf("stored %s", s.json(key))
	}
}

func TestStoreFailsBeforeDuringOrAfterTheWrite(t *testing.T) {
	cycle := func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err == nil {
			err = session.CycleKey(r.Context())
		}
		if err != nil {
			djsession.Error(w, r, err)
		}
	}
	for _, row := range []struct {
		reason, op string
		merge      bool
		handler    func(http.ResponseWriter, *http.Request)
	}{
		{"an update", "update", false, set("a", 2)},
		{"a merge", "modify", true, set("a", 2)},
		{"a new key", "rekey", false, cycle},
	} {
		for _, late := range []bool{false, true} {
			s := newSite(t)
			s.opts.Merge = row.merge
			key := s.stored(time.Hour, "a", 1)
			hook := func(ctx context.Context, op string) error {
				if op != row.op {
					return nil
				}
				return fail(ctx, op)
			}
			store := &hookedStore{spyStore: s.store, before: hook}
			if late { // it was done, but the answer was lost
				store.before, store.after = nil, hook
			}
			w := s.serveOver(store, t.Context(), "sessionid="+key, row.handler)
			if w.Code != 503 || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s, late %v: got %d, cookie %q", row.reason, late, w.Code, w.Header().Get("Set-Cookie"))
			}
			if want := row.op == "rekey" && late; (s.json(key) == "") != want {
				t.Errorf("%s, late %v: stored %s", row.reason, late, s.json(key))
			}
		}
	}
}

// A handler may go on without a session when the store is down, and its page
// must not say that anybody is logged out for good.
func TestHandlerGoesOnWithoutASession(t *testing.T) {
	s := newSite(t)
	s.opts.SaveEveryRequest, s.opts.TouchInterval = true, time.Minute
	key := s.stored(time.Hour, "a", 1)
	s.store.failLoad = djsession.ErrUnavailable
	w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		if _, err := djsession.FromRequest(r); err == nil {
			t.Error("no error")
		}
		w.Write([]byte("a page for anybody"))
	})
	if w.Code != 200 || w.Header().Get("Set-Cookie") != "" || w.Header().Get("Vary") != "Cookie" || s.store.writes.Load() != 0 {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
}

// An outage that ends while the request runs is over.
func TestFromRequestAsksAgain(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	s.store.failLoad = djsession.ErrUnavailable
	s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		if _, err := djsession.FromRequest(r); !errors.Is(err, djsession.ErrUnavailable) {
			t.Errorf("got error %v", err)
		}
		s.store.failLoad = nil
		set("a", 2)(w, r)
	})
	if s.json(key) != `{"a":2}` {
		t.Errorf("stored %s", s.json(key))
	}
}

// A store that says that every key is taken is broken; nobody waits for it for
// ever.
func TestEveryKeyIsTaken(t *testing.T) {
	s := newSite(t)
	s.store.failWrite = djsession.ErrKeyExists
	if w := s.serve("", set("a", 1)); w.Code != 500 || w.Header().Get("Set-Cookie") != "" || s.store.writes.Load() > 10 {
		t.Errorf("got %d after %d writes", w.Code, s.store.writes.Load())
	}
}

// A store may hold fewer keys than the manager looks up: that is an unknown
// session, not an error.
func TestStoreRefusesTheKey(t *testing.T) {
	s := newSite(t)
	s.opts.ValidKey = djsession.ValidCustomKey
	s.store.failLoad = djsession.ErrInvalidKey
	if w := s.serve("sessionid=A-CUSTOM-KEY", set("a", 1)); w.Code != 200 || s.json(keyOf(t, w)) != `{"a":1}` {
		t.Errorf("got %d", w.Code)
	}
}

// Whatever is sent for a key, the store only ever sees what can be one.
func TestStoreSeesOnlyValidKeys(t *testing.T) {
	for _, every := range []bool{false, true} {
		s := newSite(t)
		s.opts.SaveEveryRequest = every
		for _, value := range []string{"../../../etc/passwd", "' OR 1=1 -- ", strings.Repeat("K", 32), strings.Repeat("k", 41), strings.Repeat("x", 1<<20), "\x00\xff\xfe12345678"} {
			for _, handler := range []func(http.ResponseWriter, *http.Request){
				with(func(s *djsession.Session) { s.Has("a") }), func(http.ResponseWriter, *http.Request) {}, set("a", 1),
			} {
				s.serve("sessionid="+value, handler)
			}
		}
		if n := s.store.loads.Load(); n > 0 {
			t.Errorf("save every request %v: the store was asked %d times", every, n)
		}
	}
}

// What cannot be read is left for whoever can read it, unless this request sets
// something.
func TestUnreadableIsNotProlonged(t *testing.T) {
	for _, opts := range []djsession.Options{{SaveEveryRequest: true}, {TouchInterval: time.Minute}, {SaveEveryRequest: true, TouchInterval: time.Minute}} {
		s := newSite(t)
		opts.Now, opts.Logger = s.opts.Now, s.opts.Logger
		s.opts = opts
		key := s.stored(time.Hour, "a", 1)
		w := s.serveOver(corruptStore{s.store, &djsession.CorruptError{Err: djsession.ErrUnsupportedSerializer}}, t.Context(), "sessionid="+key,
			with(func(s *djsession.Session) { s.Has("a") }))
		if w.Code != 200 || s.store.writes.Load() != 0 || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("got %d, %d writes", w.Code, s.store.writes.Load())
		}
	}
}
