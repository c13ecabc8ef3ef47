package djsession_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

func TestSavedByTheHandlerSendsTheCookie(t *testing.T) {
	s := newSite(t)
	w := s.serve("", func(w http.ResponseWriter, r *http.Request) {
		session, _ := djsession.FromRequest(r)
		session.Set("a", 1)
		if err := session.Save(r.Context()); err != nil {
			t.Error(err)
		}
	})
	if key := keyOf(t, w); s.json(key) != `{"a":1}` || s.store.writes.Load() != 1 {
		t.Errorf("stored %s in %d writes", s.json(key), s.store.writes.Load())
	}
}

// A login writes the row once: the new key needs a cookie, but nothing more to
// be stored.
func TestCycleKeyWritesOnce(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		session, _ := djsession.FromRequest(r)
		session.Set("b", 2)
		if err := session.CycleKey(r.Context()); err != nil {
			t.Error(err)
		}
	})
	if again := keyOf(t, w); again == key || s.json(again) != `{"a":1,"b":2}` || s.json(key) != "" || s.store.writes.Load() != 1 {
		t.Errorf("stored %s in %d writes; under the old key %s", s.json(again), s.store.writes.Load(), s.json(key))
	}
}

func TestNewKeysComeBeforeTheFirstByte(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	for _, row := range []struct {
		reason, cookie string
		change         func(ctx context.Context, s *djsession.Session) error
		want           error
	}{
		{"a new session cannot be found again", "", func(ctx context.Context, s *djsession.Session) error { s.Set("a", 1); return s.Save(ctx) }, djsession.ErrResponseStarted},
		{"nor one with a new key", key, func(ctx context.Context, s *djsession.Session) error { return s.CycleKey(ctx) }, djsession.ErrResponseStarted},
		{"nor one that is created anew", key, func(ctx context.Context, s *djsession.Session) error { return s.Create(ctx) }, djsession.ErrResponseStarted},
		{"but what keeps its key can be saved", key, func(ctx context.Context, s *djsession.Session) error { s.Set("a", 2); return s.Save(ctx) }, nil},
		{"and ended", key, func(ctx context.Context, s *djsession.Session) error { return s.Flush(ctx) }, nil},
	} {
		s.log.Reset()
		s.serve("sessionid="+row.cookie, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(200)
			session, err := djsession.FromRequest(r)
			if err != nil {
				t.Error(err)
				return
			}
			if err := row.change(r.Context(), session); !errors.Is(err, row.want) {
				t.Errorf("%s: got error %v, want %v", row.reason, err, row.want)
			}
		})
		if row.want == nil && s.log.Len() > 0 {
			t.Errorf("%s: logged %s", row.reason, s.log.String())
		}
	}
	if s.json(key) != "" {
		t.Error("the session was not ended")
	}
}

func TestFlushThenUse(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		session, _ := djsession.FromRequest(r)
		if err := session.Flush(r.Context()); err != nil || session.Key() != "" || !session.IsEmpty() || session.Has("a") {
			t.Errorf("flushed: key %q, has a: %v, error %v", session.Key(), session.Has("a"), err)
		}
		if s.json(key) != "" {
			t.Error("the row outlives the flush")
		}
		session.Set("b", 2)
		if err := errors.Join(session.CycleKey(r.Context()), session.Flush(r.Context()), session.Flush(r.Context())); err != nil {
			t.Error(err)
		}
		session.Set("c", 3)
	})
	if again := keyOf(t, w); again == key || s.json(again) != `{"c":3}` {
		t.Errorf("stored %s", s.json(again))
	}
}

func TestExistsAndDelete(t *testing.T) {
	s := newSite(t)
	m := djsession.NewManager(s.store, &s.opts)
	live, expired := s.stored(time.Hour, "a", 1), s.stored(-time.Hour, "a", 1)
	for _, row := range []struct {
		reason, key string
		want        bool
	}{{"live", live, true}, {"expired", expired, false}, {"unknown", djsession.NewKey(), false}, {"no key at all", "' OR 1=1", false}} {
		if got, err := m.Exists(t.Context(), row.key); got != row.want || err != nil {
			t.Errorf("%s: got %v, %v", row.reason, got, err)
		}
	}
	corrupt := djsession.NewManager(corruptStore{s.store, &djsession.CorruptError{Err: djsession.ErrUndecodable}}, &s.opts)
	if got, err := corrupt.Exists(t.Context(), live); !got || err != nil {
		t.Errorf("unreadable: got %v, %v", got, err)
	}
	for _, key := range []string{live, live, "' OR 1=1"} {
		if err := m.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	s.store.failLoad = djsession.ErrUnavailable
	if _, err := m.Exists(t.Context(), live); !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("an outage is not absence: got error %v", err)
	}
	if s.json(live) != "" {
		t.Error("it was not deleted")
	}
}

func TestValuesBeforeAnythingIsStored(t *testing.T) {
	session := djsession.NewManager(memstore.New(nil), nil).New()
	if v, ok, err := djsession.Get[string](session, "a"); v != "" || ok || err != nil {
		t.Errorf("Get: %v, %v, %v", v, ok, err)
	}
	if v, ok, err := djsession.Pop[string](session, "a"); v != "" || ok || err != nil || session.Modified() {
		t.Errorf("Pop: %v, %v, %v", v, ok, err)
	}
	if session.Delete("a") || session.Has("a") || session.Modified() || !session.IsEmpty() {
		t.Error("there is something in it")
	}
	if v, err := djsession.SetDefault(session, "a", "x"); v != "x" || err != nil || !session.Modified() {
		t.Errorf("SetDefault: %v, %v", v, err)
	}
	if v, err := djsession.SetDefault(session, "a", "y"); v != "x" || err != nil {
		t.Errorf("SetDefault again: %v, %v", v, err)
	}
	if _, ok, err := djsession.Pop[int](session, "a"); !ok || err == nil || !session.Has("a") {
		t.Errorf("Pop as another type: %v, %v", ok, err)
	}
	if v, ok, err := djsession.Pop[string](session, "a"); v != "x" || !ok || err != nil || session.Has("a") {
		t.Errorf("Pop: %v, %v, %v", v, ok, err)
	}
}

// What is handed out is a copy: only Set changes a session, as only assignment
// does in Django.
func TestValuesAreNotShared(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "cart", map[string]any{"items": []any{1, 2}})
	for _, merge := range []bool{false, true} {
		s.opts.Merge = merge
		s.serve("sessionid="+key, with(func(session *djsession.Session) {
			cart, _, err := djsession.Get[map[string][]any](session, "cart")
			if err != nil {
				t.Error(err)
			}
			cart["items"][0] = "changed"
			cart["more"] = nil
			session.Data().Set("cart", "changed")
			session.Data().Delete("cart")
			session.MarkModified()
		}))
		if got := s.json(key); got != `{"cart":{"items":[1,2]}}` {
			t.Errorf("merge %v: stored %s", merge, got)
		}
	}
}

func TestUpdateMayReadTheSession(t *testing.T) {
	session := djsession.NewManager(memstore.New(nil), nil).New()
	session.Set("n", 1)
	session.Update(func(yield func(string, any) bool) {
		n, _, _ := djsession.Get[int](session, "n")
		_ = yield("n", n+1) && yield("m", session.Has("m"))
	})
	session.Update(maps.All(map[string]any{"z": nil}))
	if n, _, _ := djsession.Get[int](session, "n"); n != 2 || !slices.Equal(session.Names(), []string{"n", "m", "z"}) {
		t.Errorf("n is %d, names %v", n, session.Names())
	}
}

// TestGoroutinesShareASession is for the race detector.
func TestGoroutinesShareASession(t *testing.T) {
	s := newSite(t)
	s.opts.Merge = true
	key := s.stored(time.Hour, "n", 0)
	const goroutines, rounds = 8, 25
	s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		var wait sync.WaitGroup
		for g := range goroutines {
			wait.Go(func() {
				session, err := djsession.FromRequest(r)
				if err != nil {
					t.Error(err)
					return
				}
				for i := range rounds {
					session.Set(fmt.Sprint(g), i)
					session.Has("n")
					for range session.Data().All() {
					}
					_, _, _ = djsession.Pop[int](session, "pop")
					_ = session.IsEmpty() || session.Modified()
					if i%10 == 0 {
						if err := session.Save(r.Context()); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		w.WriteHeader(200) // it commits while they work
		wait.Wait()
		session, _ := djsession.FromRequest(r)
		if err := session.Save(r.Context()); err != nil {
			t.Error(err)
		}
	})
	if got := s.json(key); strings.Count(got, ":24") != goroutines {
		t.Errorf("stored %s", got)
	}
}

func TestExpiryEdges(t *testing.T) {
	for _, row := range []struct {
		reason string
		expiry djsession.Expiry
		age    time.Duration
		cookie string
	}{
		{"default", djsession.ExpireDefault, djsession.DefaultAge, "Max-Age=1209600;"},
		{"less than a second is until the browser closes, as 0 is", djsession.ExpireAfter(999 * time.Millisecond), djsession.DefaultAge, "=KEY; HttpOnly; Path"},
		{"a fraction is cut off", djsession.ExpireAfter(1999 * time.Millisecond), time.Second, "Max-Age=1;"},
		{"over already", djsession.ExpireAfter(-time.Hour), -time.Hour, "Max-Age=-3600;"},
		{"the longest there is", djsession.ExpireAfter(1<<63 - 1), 9223372036 * time.Second, "Max-Age=9223372036;"},
		{"an instant counts in whole seconds, down", djsession.ExpireAt(time.Unix(1700000060, 0)), 59 * time.Second, "Max-Age=59;"},
		{"an instant longer ago than a duration can be", djsession.ExpireAt(time.Time{}), -9223372036 * time.Second, "Max-Age=-9223372036;"},
		{"an instant as far ahead", djsession.ExpireAt(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), 9223372036 * time.Second, "Max-Age=9223372036;"},
		{"an instant that has passed", djsession.ExpireAt(time.Unix(1699999999, 0)), -2 * time.Second, "Max-Age=-2;"},
	} {
		s := newSite(t)
		w := s.serve("", with(func(session *djsession.Session) {
			session.Set("a", 1)
			session.SetExpiry(row.expiry)
			age, err := session.ExpiryAge()
			if age != row.age || err != nil {
				t.Errorf("%s: age %v, %v; want %v", row.reason, age, err, row.age)
			}
			if e, err := session.Expiry(); e != row.expiry && !equalInstants(e, row.expiry) || err != nil {
				t.Errorf("%s: expiry %v, %v", row.reason, e, err)
			}
		}))
		got := w.Header().Get("Set-Cookie")
		if got = strings.Replace(got, keyOf(t, w), "KEY", 1); !strings.Contains(got, row.cookie) {
			t.Errorf("%s: cookie %s", row.reason, got)
		}
	}
}

func equalInstants(a, b djsession.Expiry) bool {
	x, isX := a.At()
	y, isY := b.At()
	return isX && isY && x.Equal(y)
}

// A serializer without times has one of a site without USE_TZ as text, as
// Django 4.1 and later do.
func TestLocalTimeAsText(t *testing.T) {
	for micros, want := range map[time.Duration]string{0: `"2023-11-14T18:13:20"`, 5 * time.Microsecond: `"2023-11-14T18:13:20.000005"`} {
		s := newSite(t)
		s.opts.ExpireAsDatetime, s.opts.Local = true, time.FixedZone("", -5*3600)
		at := time.Unix(1700000000, 0).Add(micros)
		key := keyOf(t, s.serve("", with(func(session *djsession.Session) { session.SetExpiry(djsession.ExpireAt(at.Add(time.Hour))) })))
		if got := s.json(key); got != `{"_session_expiry":`+want+`}` {
			t.Errorf("stored %s", got)
		}
	}
}

// A rotten _session_expiry is an error that says so, and never a session
// without an end.
func TestBadExpiry(t *testing.T) {
	for _, text := range []string{`"soon"`, `[]`, `{}`, `"2023-13-01T00:00:00"`, `"\ud800"`} {
		s := newSite(t)
		data, err := djsession.JSON.Loads(`{"_session_expiry":` + text + `}`)
		if err != nil {
			t.Fatal(err)
		}
		rec := &djsession.Record{Key: djsession.NewKey(), Data: data, Expires: s.now.Add(time.Hour)}
		if err := s.store.Store.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		if w := s.serve("sessionid="+rec.Key, with(func(session *djsession.Session) { session.Has("a") })); w.Code != 200 {
			t.Errorf("%s: reading answers %d", text, w.Code)
		}
		var expiryErr error
		w := s.serve("sessionid="+rec.Key, with(func(session *djsession.Session) {
			_, expiryErr = session.ExpiryAge()
			session.Set("a", 1)
		}))
		if !errors.Is(expiryErr, djsession.ErrBadExpiry) || w.Code != 500 || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: got error %v, status %d", text, expiryErr, w.Code)
		}
	}
}

// A session that is only prolonged keeps what others store in it meanwhile.
func TestProlongingKeepsWhatOthersStored(t *testing.T) {
	for _, opts := range []djsession.Options{{SaveEveryRequest: true}, {TouchInterval: time.Minute}} {
		s := newSite(t)
		opts.Now, opts.Logger = s.opts.Now, s.opts.Logger
		s.opts = opts
		key := s.stored(time.Hour, "a", 1)
		s.serve("sessionid="+key, with(func(session *djsession.Session) {
			session.Has("a")
			s.serve("sessionid="+key, set("b", 2))
		}))
		if got := s.json(key); got != `{"a":1,"b":2}` {
			t.Errorf("stored %s", got)
		}
	}
}

// Nor does prolonging harm what another service stored meanwhile in a way that
// we cannot read, such as with a newer secret key.
func TestProlongingKeepsWhatItCannotRead(t *testing.T) {
	now := time.Unix(1700000000, 0)
	clock := func() time.Time { return now }
	store := memstore.New(&memstore.Options{Now: clock, Serializer: foreign{}})
	sessions := djsession.NewManager(store, &djsession.Options{Now: clock, SaveEveryRequest: true})
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: now.Add(time.Hour)}
	rec.Data.Set("a", 1)
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: rec.Key})
	w := httptest.NewRecorder()
	sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil || !s.Has("a") {
			t.Errorf("the session is not there: %v", err)
		}
		rec.Data.Set("written by", "another")
		if err := store.Update(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
	})).ServeHTTP(w, r)
	now = now.Add(time.Minute)
	if got, err := store.Load(t.Context(), rec.Key); !errors.Is(err, djsession.ErrUnsupportedSerializer) || w.Code != 200 {
		t.Errorf("got %v, %v, status %d", got, err, w.Code)
	}
}

// foreign is JSON that cannot be read once another service has written it.
type foreign struct{ djsession.Serializer }

func (foreign) Name() string { return "foreign" }

func (foreign) Dumps(dst []byte, d *djsession.Data) ([]byte, error) {
	return djsession.JSON.Dumps(dst, d)
}

func (foreign) Loads(payload string) (*djsession.Data, error) {
	if strings.Contains(payload, "another") {
		return nil, djsession.ErrUnsupportedSerializer
	}
	return djsession.JSON.Loads(payload)
}
