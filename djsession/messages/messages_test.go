package messages_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/messages"
	"github.com/djsession/djsession-go/signing"
)

// A site is a server with messages, and a browser.
type site struct {
	t       *testing.T
	store   *memstore.Store
	manager djsession.Options
	opts    messages.Options
	key     string
	log     bytes.Buffer
	cookies map[string]string // as a browser keeps them; Go's client drops those that Python has quoted
}

func newSite(t *testing.T) *site {
	s := &site{t: t, store: memstore.New(nil), key: "key", cookies: make(map[string]string)}
	logger := slog.New(slog.NewTextHandler(&s.log, nil))
	s.opts.Logger, s.manager.Logger = logger, logger
	return s
}

// get serves one request of the browser's.
func (s *site) get(handler http.HandlerFunc) *http.Response {
	s.t.Helper()
	sessions := djsession.NewManager(s.store, &s.manager)
	server := httptest.NewServer(sessions.Handler(messages.New(sessions, s.key, &s.opts).Handler(handler)))
	defer server.Close()
	r, err := http.NewRequest("GET", server.URL, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range s.cookies {
		r.Header["Cookie"] = append(r.Header["Cookie"], name+"="+value)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	for _, line := range resp.Header["Set-Cookie"] {
		pair, attributes, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		s.cookies[name] = value
		if strings.Contains(attributes, "Max-Age=0") {
			delete(s.cookies, name)
		}
	}
	return resp
}

// add leaves messages.
func (s *site) add(texts ...string) *http.Response {
	s.t.Helper()
	return s.get(func(_ http.ResponseWriter, r *http.Request) {
		for _, text := range texts {
			if err := messages.Info(r, text); err != nil {
				s.t.Error(err)
			}
		}
	})
}

// shown returns what a page shows.
func (s *site) shown() []string {
	s.t.Helper()
	var texts []string
	s.get(func(_ http.ResponseWriter, r *http.Request) { texts = all(s.t, r) })
	return texts
}

func all(t *testing.T, r *http.Request) (texts []string) {
	t.Helper()
	found, err := messages.All(r)
	if err != nil {
		t.Error(err)
	}
	for _, m := range found {
		texts = append(texts, m.Text)
	}
	return texts
}

func (s *site) want(reason string, want ...string) {
	s.t.Helper()
	if got := s.shown(); !slices.Equal(got, want) {
		s.t.Errorf("%s: shown %.200q, want %.200q", reason, got, want)
	}
}

var storages = map[string]messages.Storage{
	"fallback": messages.StorageFallback, "cookie": messages.StorageCookie, "session": messages.StorageSession,
}

// TestShownOnce: what was added is shown to the next page that shows messages,
// and then no more.
func TestShownOnce(t *testing.T) {
	for name, storage := range storages {
		for _, layout := range []messages.Layout{messages.LayoutDjango32, messages.LayoutDjango31, messages.LayoutDjango15, messages.LayoutDjango14} {
			t.Run(fmt.Sprint(name, layout), func(t *testing.T) {
				s := newSite(t)
				s.opts.Storage, s.opts.Layout = storage, layout
				s.want("nothing yet")
				s.add("a,b;\"c\"\\d é€ \x00\n<b>", "two")
				s.add("three")
				s.get(func(http.ResponseWriter, *http.Request) {}) // shows none
				s.want("all of three requests", "a,b;\"c\"\\d é€ \x00\n<b>", "two", "three")
				s.want("gone")
				s.get(func(_ http.ResponseWriter, r *http.Request) {
					messages.Info(r, "now")
					if got := all(t, r); !slices.Equal(got, []string{"now"}) {
						t.Errorf("the request's own: %q", got)
					}
					messages.Info(r, "later")
					if got := all(t, r); !slices.Equal(got, []string{"now", "later"}) {
						t.Errorf("shown twice in a request: %q", got)
					}
					messages.Info(r, "last")
				})
				s.want("added after the others were shown", "last")
				if s.log.Len() > 0 {
					t.Errorf("logged %s", s.log.String())
				}
			})
		}
	}
}

func TestLevelsAndTags(t *testing.T) {
	s := newSite(t)
	s.opts.LevelTags = map[messages.Level]string{messages.LevelError: "danger", 50: "critical"}
	add := func(_ http.ResponseWriter, r *http.Request) {
		err := errors.Join(messages.Debug(r, "debug"), messages.Info(r, "info"), messages.Success(r, "success", "big", "red"),
			messages.Warning(r, template.HTML("<b>&amp;</b>")), messages.Error(r, "<b>&amp;</b>"), messages.Add(r, 50, "critical"),
			messages.Add(r, 22, "odd", "tag"), messages.Add(r, 22, ""))
		if err != nil {
			t.Error(err)
		}
	}
	shown := func() (lines []string) {
		s.get(func(_ http.ResponseWriter, r *http.Request) {
			found, err := messages.All(r)
			if err != nil {
				t.Error(err)
			}
			for _, m := range found {
				lines = append(lines, fmt.Sprintf("%d [%s] %s", m.Level, m.Tags(), m.HTML()))
			}
		})
		return lines
	}
	s.get(add)
	want := []string{"20 [info] info", "25 [big red success] success", "30 [warning] <b>&amp;</b>", "40 [danger] &lt;b&gt;&amp;amp;&lt;/b&gt;",
		"50 [critical] critical", "22 [tag] odd"}
	if got := shown(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	s.opts.MinLevel = messages.LevelDebug
	s.get(add)
	if got := shown(); len(got) != len(want)+1 || got[0] != "10 [debug] debug" {
		t.Errorf("from debug on: %q", got)
	}
}

// TestOverflow: what does not fit into the cookie goes to the session, in
// order, or is dropped, oldest first, and that is said.
func TestOverflow(t *testing.T) {
	var texts []string
	for i := range 30 {
		texts = append(texts, fmt.Sprintf("%02d %x", i, randomish(i)))
	}
	for name, storage := range storages {
		for _, layout := range []messages.Layout{messages.LayoutDjango32, messages.LayoutDjango15} {
			t.Run(fmt.Sprint(name, layout), func(t *testing.T) {
				s := newSite(t)
				s.opts.Storage, s.opts.Layout = storage, layout
				resp := s.add(texts...)
				for _, line := range resp.Header["Set-Cookie"] {
					if value, _, _ := strings.Cut(line, "; "); len(value) > len("messages=")+2048 {
						t.Errorf("a cookie of %d characters", len(value))
					}
				}
				got := s.shown()
				if storage != messages.StorageCookie {
					if !slices.Equal(got, texts) || s.log.Len() > 0 {
						t.Errorf("shown %d: %q; logged %s", len(got), got, s.log.String())
					}
				} else if len(got) < 5 || !slices.Equal(got, texts[30-len(got):]) || !strings.Contains(s.log.String(), fmt.Sprintf("messages=%d ", 30-len(got))) {
					t.Errorf("shown %d: %q; logged %s", len(got), got, s.log.String())
				}
				s.want("gone")
				s.add(texts[0])
				s.want("one after many", texts[0])
			})
		}
	}
}

// randomish is text that does not compress.
func randomish(seed int) []byte {
	b := make([]byte, 64)
	x := uint32(seed + 1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// TestNothingIsOverwritten: what is not understood stays for who understands
// it.
func TestNothingIsOverwritten(t *testing.T) {
	const unknown = `{"later":[1.0]}`
	stored := func(s *site, value any) {
		s.get(func(_ http.ResponseWriter, r *http.Request) {
			session, err := djsession.FromRequest(r)
			if err != nil {
				t.Error(err)
				return
			}
			session.Set("_messages", value)
		})
	}
	held := func(s *site) (value any) {
		s.get(func(_ http.ResponseWriter, r *http.Request) {
			session, err := djsession.FromRequest(r)
			if err != nil {
				t.Error(err)
				return
			}
			value, _, _ = djsession.Get[any](session, "_messages")
		})
		return value
	}
	t.Run("an element", func(t *testing.T) {
		s := newSite(t)
		s.opts.Storage = messages.StorageSession
		stored(s, `[["__json_message",0,20,"one"],`+unknown+`,["__json_message",0,20,"two","",{"later":true}]]`)
		s.add("three")
		if want := `[["__json_message",0,20,"one"],` + unknown + `,["__json_message",0,20,"two","",{"later":true}],["__json_message",0,20,"three",""]]`; held(s) != want {
			t.Errorf("held   %s\nwant %s", held(s), want)
		}
		s.want("those that are known", "one", "two", "three")
		if want := "[" + unknown + "]"; held(s) != want {
			t.Errorf("held %s, want %s", held(s), want)
		}
	})
	t.Run("a session of Django 1.4, or what is no list", func(t *testing.T) {
		for _, value := range []any{[]any{"pickled"}, "{", "null", `{"a":1}`} {
			s := newSite(t)
			s.opts.Storage = messages.StorageSession
			stored(s, value)
			s.want("none that is known")
			before := fmt.Sprint(held(s))
			s.add("one")
			if got := fmt.Sprint(held(s)); got != before || !strings.Contains(s.log.String(), "messages were lost") {
				t.Errorf("%v became %v; logged %s", before, got, s.log.String())
			}
		}
	})
	t.Run("a session that the cookie does not speak of", func(t *testing.T) {
		s := newSite(t)
		stored(s, `[["__json_message",0,20,"lost"]]`)
		s.want("no cookie, as in Django")
		var texts []string
		for i := range 30 {
			texts = append(texts, fmt.Sprintf("%02d %x", i, randomish(i)))
		}
		s.add(texts...)
		got := s.shown()
		if i := slices.Index(got, "lost"); i < 5 || !slices.Equal(slices.Delete(got, i, i+1), texts) {
			t.Errorf("shown %q", got)
		}
	})
	t.Run("a cookie under another key", func(t *testing.T) {
		s := newSite(t)
		s.add("one")
		s.key = "another"
		if got := s.shown(); got != nil || s.log.Len() > 0 {
			t.Errorf("shown %q, logged %s", got, s.log.String())
		}
		s.key = "key"
		s.want("left alone", "one")
		s.add("two")
		s.key = "another"
		s.add("three")
		if !strings.Contains(s.log.String(), "SECRET_KEY") {
			t.Errorf("logged %q", s.log.String())
		}
		s.want("overwritten as in Django", "three")
		s.add("four")
		s.key, s.opts.Fallbacks = "new", []string{"", "another"}
		s.want("under a fallback key", "four")
	})
}

func TestErrors(t *testing.T) {
	type call func(r *http.Request) error
	add := func(r *http.Request) error { return messages.Info(r, "x") }
	read := func(r *http.Request) error { _, err := messages.All(r); return err }
	sessions := djsession.NewManager(memstore.New(nil), nil)
	readOnly := djsession.NewManager(memstore.New(nil), &djsession.Options{ReadOnly: true})
	down := djsession.NewManager(downStore{memstore.New(nil)}, nil)
	inSession := &messages.Options{Storage: messages.StorageSession}
	begun := func(c call) call {
		return func(r *http.Request) error {
			if err := c(r); err != nil { // in time
				return errors.Join(errors.New("in time"), err)
			}
			return nil
		}
	}
	for _, row := range []struct {
		reason   string
		sessions *djsession.Manager
		key      string
		opts     *messages.Options
		late     bool
		call     call
		want     error
	}{
		{"added in time", sessions, "key", nil, false, begun(add), nil},
		{"read in time", sessions, "key", nil, false, begun(read), nil},
		{"added too late", sessions, "key", nil, true, add, messages.ErrResponseStarted},
		{"read too late", sessions, "key", nil, true, read, messages.ErrResponseStarted},
		{"which is what djsession says", sessions, "key", nil, true, read, djsession.ErrResponseStarted},
		{"no key", sessions, "", nil, false, add, signing.ErrNoKey},
		{"read without a key", sessions, "", nil, false, read, signing.ErrNoKey},
		{"added to what is read only", readOnly, "key", nil, false, add, djsession.ErrReadOnly},
		{"read where that is all", readOnly, "key", nil, false, read, nil},
		{"not UTF-8", sessions, "key", nil, false, func(r *http.Request) error { return messages.Info(r, "\xff") }, errAny},
		{"the store is down, which is not asked", down, "key", nil, false, add, nil},
		{"the store is down, which is asked", down, "key", inSession, false, add, djsession.ErrUnavailable},
		{"read from a store that is down", down, "key", inSession, false, read, djsession.ErrUnavailable},
	} {
		site := messages.New(row.sessions, row.key, row.opts)
		var got error
		h := row.sessions.Handler(site.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if row.late {
				io.WriteString(w, "begun")
			}
			got = row.call(r)
		})))
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", "sessionid="+strings.Repeat("k", 32))
		h.ServeHTTP(httptest.NewRecorder(), r)
		if !errors.Is(got, row.want) && !(row.want == errAny && got != nil) || row.want == nil && got != nil {
			t.Errorf("%s: got error %v, want %v", row.reason, got, row.want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	if err := add(r); !errors.Is(err, messages.ErrNoHandler) {
		t.Errorf("without the middleware: got error %v", err)
	}
	messages.New(sessions, "key", nil).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := add(r); !errors.Is(err, djsession.ErrNoManager) {
			t.Errorf("without that of sessions: got error %v", err)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
}

// TestTooLateAfterOneInTime: after a message in time, one that is too late is
// an error too, and not lost in silence.
func TestTooLateAfterOneInTime(t *testing.T) {
	add := func(r *http.Request) error { return messages.Info(r, "x") }
	read := func(r *http.Request) error { _, err := messages.All(r); return err }
	for _, test := range []struct {
		reason      string
		early, late func(r *http.Request) error
	}{
		{"added after another", add, add},
		{"read after one was added", add, read},
		{"added after reading", read, add},
	} {
		t.Run(test.reason, func(t *testing.T) {
			newSite(t).get(func(w http.ResponseWriter, r *http.Request) {
				if err := test.early(r); err != nil {
					t.Errorf("in time: got error %v", err)
				}
				io.WriteString(w, "begun")
				if err := test.late(r); !errors.Is(err, messages.ErrResponseStarted) {
					t.Errorf("too late: got error %v, want %v", err, messages.ErrResponseStarted)
				}
			})
		})
	}
}

var errAny = errors.New("any error")

type downStore struct{ *memstore.Store }

func (downStore) Load(context.Context, string) (*djsession.Record, error) {
	return nil, djsession.ErrUnavailable
}

// TestReadOnly: messages are shown and stay.
func TestReadOnly(t *testing.T) {
	for name, storage := range storages {
		s := newSite(t)
		s.opts.Storage = storage
		s.add("one")
		s.manager.ReadOnly = true
		s.want(name+": read only", "one")
		s.manager.ReadOnly = false
		s.want(name+": as before", "one")
		s.want(name + ": gone")
	}
}

// TestHeaders: the cookie is Django's, no page with messages is for all, and
// requests without any are left alone.
func TestHeaders(t *testing.T) {
	s := newSite(t)
	s.manager.CookieDomain, s.manager.CookieSecure = "", false
	header := s.get(func(http.ResponseWriter, *http.Request) {}).Header
	if header["Set-Cookie"] != nil || header["Vary"] != nil {
		t.Errorf("nothing was asked: %v", header)
	}
	header = s.get(func(_ http.ResponseWriter, r *http.Request) { all(t, r) }).Header
	if header["Set-Cookie"] != nil {
		t.Errorf("there was nothing to show: %v", header)
	}
	header = s.add("one").Header
	_, attributes, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	if attributes != " HttpOnly; Path=/; SameSite=Lax" || header.Get("Vary") != "Cookie" || len(header["Set-Cookie"]) != 1 {
		t.Errorf("added: %v", header)
	}
	header = s.get(func(_ http.ResponseWriter, r *http.Request) { all(t, r) }).Header
	const deleted = `messages=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax`
	if header.Get("Set-Cookie") != deleted || header.Get("Vary") != "Cookie" {
		t.Errorf("shown: %v", header)
	}
}

// TestTheirCookieStays: of a Django behind us that sets the cookie itself.
func TestTheirCookieStays(t *testing.T) {
	s := newSite(t)
	header := s.get(func(w http.ResponseWriter, r *http.Request) {
		messages.Info(r, "one")
		w.Header().Add("Set-Cookie", `messages=""; Max-Age=0; Path=/`)
	}).Header
	if len(header["Set-Cookie"]) != 1 || !strings.Contains(s.log.String(), "messages were lost") {
		t.Errorf("%q, logged %s", header["Set-Cookie"], s.log.String())
	}
}

// A page that could not be answered has shown nothing.
func TestFailedResponseKeepsMessages(t *testing.T) {
	s := newSite(t)
	s.add("one")
	resp := s.get(func(_ http.ResponseWriter, r *http.Request) {
		all(t, r)
		session, _ := djsession.FromRequest(r)
		session.Set("not JSON", func() {})
	})
	if resp.StatusCode != 500 || resp.Header["Set-Cookie"] != nil {
		t.Errorf("got %d %v", resp.StatusCode, resp.Header)
	}
	s.log.Reset()
	s.want("once more", "one")
}

// TestForged: nothing that was not signed is shown, and no panic.
func TestForged(t *testing.T) {
	for _, value := range []string{`[["__json_message",1,20,"<script>"]]`, strings.Repeat("0", 40) + `$[["__json_message",1,20,"<script>"]]`,
		`"[[\"__json_message\"\0541\05420\054\"x\"]]:0:x"`, ".", ":", "::", "$", `"`, `""`, `"\"`, "[", "W10:1r31eq:", strings.Repeat("[", 10000)} {
		s := newSite(t)
		s.get(func(_ http.ResponseWriter, r *http.Request) {
			r.Header.Set("Cookie", "messages="+value)
			if got := all(t, r); got != nil {
				t.Errorf("%.50q: shown %q", value, got)
			}
		})
		if s.log.Len() > 0 {
			t.Errorf("%.50q: logged %s", value, s.log.String())
		}
	}
}

// Goroutines of a handler may add messages at the same time.
func TestAtTheSameTime(t *testing.T) {
	s := newSite(t)
	s.get(func(_ http.ResponseWriter, r *http.Request) {
		done := make(chan error)
		for range 20 {
			go func() { done <- messages.Info(r, "x") }()
		}
		for range 20 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
	if got := s.shown(); len(got) != 20 {
		t.Errorf("%d messages", len(got))
	}
}
