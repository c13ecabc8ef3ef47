package djsession_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// spyStore counts calls and fails or interferes where a test wants it to.
type spyStore struct {
	*memstore.Store
	loads, writes atomic.Int32
	failLoad      error
	failWrite     error
	beforeUpdate  func(key string)
}

func (s *spyStore) Load(ctx context.Context, key string) (*djsession.Record, error) {
	s.loads.Add(1)
	if s.failLoad != nil {
		return nil, s.failLoad
	}
	return s.Store.Load(ctx, key)
}

func (s *spyStore) Create(ctx context.Context, rec *djsession.Record) error {
	s.writes.Add(1)
	if s.failWrite != nil {
		return s.failWrite
	}
	return s.Store.Create(ctx, rec)
}

func (s *spyStore) Update(ctx context.Context, rec *djsession.Record) error {
	s.writes.Add(1)
	if s.failWrite != nil {
		return s.failWrite
	}
	if s.beforeUpdate != nil {
		s.beforeUpdate(rec.Key)
	}
	return s.Store.Update(ctx, rec)
}

func (s *spyStore) Modify(ctx context.Context, key string, change func(*djsession.Record) error) error {
	s.writes.Add(1)
	if s.failWrite != nil {
		return s.failWrite
	}
	return s.Store.Modify(ctx, key, change)
}

func (s *spyStore) Rekey(ctx context.Context, old string, rec *djsession.Record) error {
	s.writes.Add(1)
	if s.failWrite != nil {
		return s.failWrite
	}
	return s.Store.Rekey(ctx, old, rec)
}

// A site is a manager over a store that can be watched, at a time that can be
// moved.
type site struct {
	t     *testing.T
	store *spyStore
	opts  djsession.Options
	now   time.Time
	log   bytes.Buffer
}

func newSite(t *testing.T) *site {
	s := &site{t: t, now: time.Unix(1700000000, 250e6)}
	clock := func() time.Time { return s.now }
	s.store = &spyStore{Store: memstore.New(&memstore.Options{Now: clock})}
	s.opts = djsession.Options{Now: clock, Logger: slog.New(slog.NewTextHandler(&s.log, nil))}
	return s
}

// stored creates a session with names and values in turn and returns its key.
func (s *site) stored(life time.Duration, namesAndValues ...any) string {
	s.t.Helper()
	d := new(djsession.Data)
	for i := 0; i < len(namesAndValues); i += 2 {
		d.Set(namesAndValues[i].(string), namesAndValues[i+1])
	}
	rec := &djsession.Record{Key: djsession.NewKey(), Data: d, Expires: s.now.Add(life)}
	if err := s.store.Store.Create(s.t.Context(), rec); err != nil {
		s.t.Fatal(err)
	}
	return rec.Key
}

// json returns what is stored under a key, or "".
func (s *site) json(key string) string {
	rec, err := s.store.Store.Load(s.t.Context(), key)
	if err != nil {
		return ""
	}
	text, err := djsession.JSON.Dumps(nil, rec.Data)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// serve runs a request with this Cookie header through a handler.
func (s *site) serve(cookie string, handler func(w http.ResponseWriter, r *http.Request)) *httptest.ResponseRecorder {
	m := djsession.NewManager(s.store, &s.opts)
	r := httptest.NewRequest("GET", "/", nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(handler)).ServeHTTP(w, r)
	return w
}

// with runs use with the request's session.
func with(use func(s *djsession.Session)) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		use(s)
	}
}

func set(name string, value any) func(http.ResponseWriter, *http.Request) {
	return with(func(s *djsession.Session) { s.Set(name, value) })
}

func keyOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	value, _, _ := strings.Cut(strings.TrimPrefix(w.Header().Get("Set-Cookie"), "sessionid="), ";")
	if !djsession.ValidKey(value) {
		t.Fatalf("no session cookie in %q", w.Header())
	}
	return value
}

func TestUntouchedRequestCostsNothing(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	w := s.serve("sessionid="+key, func(http.ResponseWriter, *http.Request) {})
	if s.store.loads.Load() != 0 || s.store.writes.Load() != 0 || len(w.Header()) != 0 {
		t.Errorf("%d loads, %d writes, header %v", s.store.loads.Load(), s.store.writes.Load(), w.Header())
	}
}

func TestNewSessionIsOneInsert(t *testing.T) {
	s := newSite(t)
	w := s.serve("", set("cart", []int{1}))
	key := keyOf(t, w)
	want := "sessionid=" + key + "; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax"
	if got := w.Header().Get("Set-Cookie"); got != want {
		t.Errorf("cookie: got %q, want %q", got, want)
	}
	if w.Header().Get("Vary") != "Cookie" || s.json(key) != `{"cart":[1]}` {
		t.Errorf("Vary %q, stored %s", w.Header().Get("Vary"), s.json(key))
	}
	if s.store.loads.Load() != 0 || s.store.writes.Load() != 1 {
		t.Errorf("%d loads, %d writes; want 0 and 1", s.store.loads.Load(), s.store.writes.Load())
	}
}

func TestClientNeverChoosesTheKey(t *testing.T) {
	s := newSite(t)
	chosen := djsession.NewKey()
	w := s.serve("sessionid="+chosen, set("a", 1))
	if keyOf(t, w) == chosen {
		t.Error("an unknown key was adopted: that is session fixation")
	}
}

func TestDeletedMeanwhileIsInterrupted(t *testing.T) {
	for _, merge := range []bool{false, true} {
		s := newSite(t)
		s.opts.Merge = merge
		key := s.stored(time.Hour, "a", 1)
		w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
			session, _ := djsession.FromRequest(r)
			session.Set("a", 2)
			if err := s.store.Store.Delete(r.Context(), key); err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Type", "text/html")
			if _, err := w.Write([]byte("a secret page")); !errors.Is(err, djsession.ErrInterrupted) {
				t.Errorf("Write: got error %v", err)
			}
		})
		if w.Code != 400 || strings.Contains(w.Body.String(), "secret") || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("merge %v: got %d %q %v", merge, w.Code, w.Body, w.Header())
		}
		if s.json(key) != "" {
			t.Error("the session came back to life")
		}
	}
}

func TestFailingStoreIsNoLogout(t *testing.T) {
	outage := errors.Join(djsession.ErrUnavailable, errors.New("down"))
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	s.store.failLoad = outage
	if w := s.serve("sessionid="+key, set("a", 2)); w.Code != 503 || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("load fails: got %d %v", w.Code, w.Header())
	}
	s.store.failLoad, s.store.failWrite = nil, outage
	w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		set("a", 2)(w, r)
		w.Header().Set("X-Secret", "1")
		w.WriteHeader(201)
		w.Write([]byte("a secret page"))
	})
	if w.Code != 503 || strings.Contains(w.Body.String(), "secret") || w.Header().Get("X-Secret") != "" || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("save fails: got %d %q %v", w.Code, w.Body, w.Header())
	}
	if strings.Contains(s.log.String(), key) {
		t.Error("the log shows a session key")
	}
}

func TestServerErrorIsNotSaved(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		set("a", 2)(w, r)
		w.WriteHeader(502)
	})
	if s.json(key) != `{"a":1}` || w.Header().Get("Set-Cookie") != "" || w.Header().Get("Vary") != "Cookie" {
		t.Errorf("stored %s, header %v", s.json(key), w.Header())
	}
	if s.log.Len() > 0 {
		t.Errorf("logged %s", s.log.String())
	}
}

func TestPanicIsNotSaved(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("the panic did not pass through")
			}
		}()
		s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
			set("a", 2)(w, r)
			panic(http.ErrAbortHandler)
		})
	}()
	if s.json(key) != `{"a":1}` {
		t.Errorf("stored %s", s.json(key))
	}
}

func TestCorruptSessionIsEmptyAndKeepsItsKey(t *testing.T) {
	s := newSite(t)
	corrupt := &djsession.CorruptError{Err: djsession.ErrUndecodable}
	key := s.stored(time.Hour, "a", 1)
	store := corruptStore{s.store, corrupt}
	m := djsession.NewManager(store, &s.opts)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "sessionid="+key)
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(set("b", 2))).ServeHTTP(w, r)
	if keyOf(t, w) != key || s.json(key) != `{"b":2}` {
		t.Errorf("stored %s, header %v", s.json(key), w.Header())
	}
	if log := s.log.String(); !strings.Contains(log, djsession.Fingerprint(key)) || strings.Contains(log, key) {
		t.Errorf("logged %s", log)
	}
}

// corruptStore cannot read what it holds.
type corruptStore struct {
	*spyStore
	err error
}

func (s corruptStore) Load(_ context.Context, key string) (*djsession.Record, error) {
	return &djsession.Record{Key: key, Data: new(djsession.Data)}, s.err
}

func TestReadOnlyNeverWrites(t *testing.T) {
	s := newSite(t)
	s.opts.ReadOnly, s.opts.SaveEveryRequest = true, true
	key := s.stored(time.Hour, "a", 1)
	for _, row := range []struct {
		reason, cookie string
		handler        func(http.ResponseWriter, *http.Request)
		status         int
	}{
		{"reading is what it is for", key, with(func(s *djsession.Session) { s.Has("a") }), 200},
		{"an unknown cookie stays, since Django may know it", djsession.NewKey(), with(func(s *djsession.Session) { s.Has("a") }), 200},
		{"a change is a mistake in the program, and not lost silently", key, set("a", 2), 500},
		{"so is a flush", key, func(w http.ResponseWriter, r *http.Request) {
			session, _ := djsession.FromRequest(r)
			if err := session.Flush(r.Context()); !errors.Is(err, djsession.ErrReadOnly) {
				t.Errorf("Flush: got error %v", err)
			}
		}, 200},
		{"and a new key", key, func(w http.ResponseWriter, r *http.Request) {
			session, _ := djsession.FromRequest(r)
			if err := session.CycleKey(r.Context()); !errors.Is(err, djsession.ErrReadOnly) {
				t.Errorf("CycleKey: got error %v", err)
			}
		}, 200},
	} {
		w := s.serve("sessionid="+row.cookie, row.handler)
		if w.Code != row.status || w.Header().Get("Set-Cookie") != "" || s.store.writes.Load() != 0 {
			t.Errorf("%s: got %d %v", row.reason, w.Code, w.Header())
		}
	}
	if s.json(key) != `{"a":1}` {
		t.Errorf("stored %s", s.json(key))
	}
}

func TestTouchIntervalBoundsWrites(t *testing.T) {
	read := with(func(s *djsession.Session) { s.Has("a") })
	untouched := func(http.ResponseWriter, *http.Request) {}
	saved := with(func(session *djsession.Session) {
		session.Set("a", 2)
		if err := session.Save(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for _, row := range []struct {
		reason           string
		saveEveryRequest bool
		idle             time.Duration
		handler          func(http.ResponseWriter, *http.Request)
		writes           int32
	}{
		{"fresh: no write", false, time.Minute, read, 0},
		{"due: one write", false, 10 * time.Minute, read, 1},
		{"due, but not used", false, 10 * time.Minute, untouched, 0},
		{"every request, fresh", true, time.Minute, untouched, 0},
		{"every request, due", true, 10 * time.Minute, untouched, 1},
		{"due, and saved by the handler", false, 10 * time.Minute, saved, 1},
		{"every request, saved by the handler", true, time.Minute, saved, 1},
	} {
		s := newSite(t)
		s.opts.TouchInterval, s.opts.SaveEveryRequest = 10*time.Minute, row.saveEveryRequest
		key := keyOf(t, s.serve("", set("a", 1)))
		s.store.writes.Store(0)
		s.now = s.now.Add(row.idle)
		w := s.serve("sessionid="+key, row.handler)
		if got := s.store.writes.Load(); got != row.writes || (w.Header().Get("Set-Cookie") != "") != (row.writes > 0) {
			t.Errorf("%s: %d writes, header %v", row.reason, got, w.Header())
		}
		rec, err := s.store.Store.Load(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if prolonged := rec.Expires.Equal(s.now.Add(djsession.DefaultAge)); prolonged != (row.writes > 0) {
			t.Errorf("%s: prolonged is %v", row.reason, prolonged)
		}
	}
}

// What a handler has just created is not saved once more to prolong it.
func TestNewSessionIsNotProlonged(t *testing.T) {
	s := newSite(t)
	s.opts.TouchInterval = 10 * time.Minute
	s.serve("", with(func(session *djsession.Session) {
		session.Set("a", 1)
		if err := session.Save(t.Context()); err != nil {
			t.Error(err)
		}
	}))
	if n := s.store.writes.Load(); n != 1 {
		t.Errorf("%d writes", n)
	}
}

func TestMergeKeepsWhatOthersStored(t *testing.T) {
	for _, row := range []struct {
		reason      string
		here, there func(s *djsession.Session)
		want        string
	}{
		{"different names", func(s *djsession.Session) { s.Set("here", 1) }, func(s *djsession.Session) { s.Set("there", 2) }, `{"old":0,"there":2,"here":1}`},
		{"a deletion", func(s *djsession.Session) { s.Delete("old") }, func(s *djsession.Session) { s.Set("there", 2) }, `{"there":2}`},
		{"set and deleted again", func(s *djsession.Session) { s.Set("x", 1); s.Delete("x") }, func(s *djsession.Session) { s.Set("there", 2) }, `{"old":0,"there":2}`},
		{"the same name: the last wins", func(s *djsession.Session) { s.Set("x", 1) }, func(s *djsession.Session) { s.Set("x", 2) }, `{"old":0,"x":1}`},
		{"cleared: everything goes", func(s *djsession.Session) { s.Clear(); s.Set("x", 1) }, func(s *djsession.Session) { s.Set("there", 2) }, `{"x":1}`},
	} {
		s := newSite(t)
		s.opts.Merge = true
		key := s.stored(time.Hour, "old", 0)
		s.serve("sessionid="+key, with(func(here *djsession.Session) {
			row.here(here)
			s.serve("sessionid="+key, with(row.there))
		}))
		if got := s.json(key); got != row.want {
			t.Errorf("%s: got %s, want %s", row.reason, got, row.want)
		}
	}
}

func TestSeveralManagers(t *testing.T) {
	first, second := newSite(t), newSite(t)
	second.opts.CookieName = "other"
	m1, m2 := djsession.NewManager(first.store, &first.opts), djsession.NewManager(second.store, &second.opts)
	w := httptest.NewRecorder()
	m1.Handler(m2.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err1 := m1.FromRequest(r)
		b, err2 := m2.FromRequest(r)
		c, err3 := djsession.FromRequest(r)
		if err := errors.Join(err1, err2, err3); err != nil || a == b || b != c {
			t.Fatalf("sessions %p %p %p, error %v", a, b, c, err)
		}
		a.Set("site", 1)
		b.Set("site", 2)
	}))).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if got := w.Header()["Set-Cookie"]; len(got) != 2 {
		t.Errorf("cookies %q", got)
	}
}

func TestWithoutManager(t *testing.T) {
	if _, err := djsession.FromRequest(httptest.NewRequest("GET", "/", nil)); !errors.Is(err, djsession.ErrNoManager) {
		t.Errorf("got error %v", err)
	}
}

func TestOpenOutsideHTTP(t *testing.T) {
	s := newSite(t)
	m := djsession.NewManager(s.store, &s.opts)
	session := m.New()
	session.Set("a", 1)
	if err := session.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := m.Open(t.Context(), session.Key())
	if err != nil {
		t.Fatal(err)
	}
	if v, ok, err := djsession.Get[int](again, "a"); v != 1 || !ok || err != nil {
		t.Errorf("got %v %v %v", v, ok, err)
	}
	if _, err := m.Open(t.Context(), djsession.NewKey()); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("unknown: got error %v", err)
	}
	if _, err := m.Open(t.Context(), "../etc/passwd"); !errors.Is(err, djsession.ErrInvalidKey) {
		t.Errorf("invalid: got error %v", err)
	}
}

// Whoever saves outside of a Handler sends the cookie that a Handler would have
// sent.
func TestCookieOutsideHTTP(t *testing.T) {
	s := newSite(t)
	m := djsession.NewManager(s.store, &s.opts)
	session := m.New()
	session.Set("a", 1)
	want := func(reason, cookie string) {
		t.Helper()
		got, err := m.Cookie(session)
		if key := session.Key(); key != "" {
			got = strings.Replace(got, key, "KEY", 1)
		}
		if got != cookie || err != nil {
			t.Errorf("%s: got %q, %v", reason, got, err)
		}
	}
	if err := session.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("saved", "sessionid=KEY; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax")
	session.SetExpiry(djsession.ExpireOnClose)
	want("till the browser closes", "sessionid=KEY; HttpOnly; Path=/; SameSite=Lax")
	session.Set("_session_expiry", "soon")
	if cookie, err := m.Cookie(session); cookie != "" || !errors.Is(err, djsession.ErrBadExpiry) {
		t.Errorf("no expiry: got %q, %v", cookie, err)
	}
	if err := session.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("flushed", `sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax`)
}

func TestObserve(t *testing.T) {
	s := newSite(t)
	var seen []string
	s.opts.Observe = func(_ context.Context, e djsession.Event) { seen = append(seen, e.Op+" "+e.Outcome()) }
	s.serve("sessionid="+djsession.NewKey(), set("a", 1))
	s.store.failLoad = djsession.ErrUnavailable
	s.serve("sessionid="+djsession.NewKey(), set("a", 1))
	want := "load not found, create ok, load unavailable"
	if got := strings.Join(seen, ", "); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUntouchedAllocations(t *testing.T) {
	s := newSite(t)
	m := djsession.NewManager(s.store, &s.opts)
	h := m.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "a=b; sessionid="+djsession.NewKey())
	w := nopWriter{http.Header{}}
	if n := testing.AllocsPerRun(100, func() { h.ServeHTTP(w, r) }); n > 3 {
		t.Errorf("%v allocations, want 3 at most", n)
	}
}

type nopWriter struct{ h http.Header }

func (w nopWriter) Header() http.Header         { return w.h }
func (w nopWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w nopWriter) WriteHeader(int)             {}
