package djsession_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// served runs a handler behind the middleware on a real server, by HTTP/1.1 and
// by HTTP/2, and hands the response to check.
func served(t *testing.T, handler http.HandlerFunc, check func(t *testing.T, s *site, resp *http.Response)) {
	for _, http2 := range []bool{false, true} {
		name := "HTTP/1.1"
		if http2 {
			name = "HTTP/2"
		}
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			server := httptest.NewUnstartedServer(djsession.NewManager(s.store, &s.opts).Handler(handler))
			server.EnableHTTP2 = http2
			if http2 {
				server.StartTLS()
			} else {
				server.Start()
			}
			defer server.Close()
			resp, err := server.Client().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if wantMajor := map[bool]int{false: 1, true: 2}[http2]; resp.ProtoMajor != wantMajor {
				t.Fatalf("spoke %s", resp.Proto)
			}
			check(t, s, resp)
		})
	}
}

// wantSaved checks that the cookie was sent and the value a = 1 stored, and
// that the body is this.
func wantSaved(body string) func(*testing.T, *site, *http.Response) {
	return func(t *testing.T, s *site, resp *http.Response) {
		got, err := io.ReadAll(resp.Body)
		if err != nil || string(got) != body {
			t.Errorf("body %q, error %v; want %q", got, err, body)
		}
		cookies := resp.Cookies()
		if len(cookies) != 1 || s.json(cookies[0].Value) != `{"a":1}` {
			t.Errorf("%d cookies; log %s", len(cookies), s.log.String())
		}
	}
}

func TestSavedBeforeTheFirstByte(t *testing.T) {
	for name, write := range map[string]func(t *testing.T, w http.ResponseWriter, r *http.Request){
		"Write": func(_ *testing.T, w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) },
		"WriteHeader": func(_ *testing.T, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(404)
			w.Write([]byte("hello"))
		},
		"WriteString": func(_ *testing.T, w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") },
		"ReadFrom": func(t *testing.T, w http.ResponseWriter, _ *http.Request) {
			if _, err := io.Copy(w, strings.NewReader("hello")); err != nil {
				t.Error(err)
			}
		},
		"Flusher": func(_ *testing.T, w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			w.Write([]byte("hello"))
		},
		"ResponseController": func(t *testing.T, w http.ResponseWriter, _ *http.Request) {
			c := http.NewResponseController(w)
			if err := errors.Join(c.SetWriteDeadline(time.Now().Add(time.Minute)), c.Flush()); err != nil {
				t.Error(err)
			}
			w.Write([]byte("hello"))
		},
		"ServeContent": func(_ *testing.T, w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "x.txt", time.Time{}, bytes.NewReader([]byte("hello")))
		},
		"early hints": func(_ *testing.T, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.Write([]byte("hello"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(w http.ResponseWriter, r *http.Request) {
				set("a", 1)(w, r)
				write(t, w, r)
			}, wantSaved("hello"))
		})
	}
	t.Run("nothing written", func(t *testing.T) { served(t, set("a", 1), wantSaved("")) })
}

func TestInformationalResponsesHaveNoCookie(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(djsession.NewManager(s.store, &s.opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		set("a", 1)(w, r) // still in time
	})))
	defer server.Close()
	hints := 0
	r, _ := http.NewRequest("GET", server.URL, nil)
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			if hints++; code != 103 || h.Get("Set-Cookie") != "" {
				t.Errorf("got %d %v", code, h)
			}
			return nil
		},
	}))
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if hints != 1 || len(resp.Cookies()) != 1 {
		t.Errorf("%d hints, %d cookies", hints, len(resp.Cookies()))
	}
}

func TestHijackSavesFirst(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 0)
	server := httptest.NewServer(djsession.NewManager(s.store, &s.opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set("a", 1)(w, r)
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\nSet-Cookie: " + w.Header().Get("Set-Cookie") + "\r\n\r\nhello")
		rw.Flush()
	})))
	defer server.Close()
	r, _ := http.NewRequest("GET", server.URL, nil)
	r.Header.Set("Cookie", "sessionid="+key)
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 101 || len(resp.Cookies()) != 1 || s.json(key) != `{"a":1}` {
		t.Errorf("got %d, stored %s", resp.StatusCode, s.json(key))
	}
	if line, _ := bufio.NewReader(resp.Body).ReadString('o'); line != "hello" {
		t.Errorf("then %q", line)
	}
}

func TestChangeAfterTheFirstByteIsReported(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 0)
	w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("hello"))
		set("a", 1)(w, r)
	})
	if log := s.log.String(); !strings.Contains(log, "after the response had begun") || strings.Contains(log, key) {
		t.Errorf("logged %q", log)
	}
	if s.json(key) != `{"a":0}` || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("stored %s", s.json(key))
	}
	s.log.Reset()
	s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("hello"))
		session, _ := djsession.FromRequest(r)
		session.Set("a", 1)
		if err := session.Save(r.Context()); err != nil {
			t.Error(err)
		}
	})
	if s.json(key) != `{"a":1}` || s.log.Len() > 0 {
		t.Errorf("stored %s, logged %q", s.json(key), s.log.String())
	}
}

func TestOuterHeadersSurviveAnError(t *testing.T) {
	s := newSite(t)
	s.store.failWrite = djsession.ErrUnavailable
	m := djsession.NewManager(s.store, &s.opts)
	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "42")
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set("a", 1)(w, r)
		w.Header().Set("Content-Length", "1000")
		w.Header().Set("ETag", `"x"`)
	})).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if h := w.Header(); w.Code != 503 || h.Get("X-Request-Id") != "42" || h.Get("ETag") != "" || h.Get("Content-Length") != "" {
		t.Errorf("got %d %v", w.Code, h)
	}
}

// readerFrom notes what is copied to it, as a connection does that can send a
// file without reading it.
type readerFrom struct {
	*httptest.ResponseRecorder
	from []io.Reader
}

func (w *readerFrom) ReadFrom(src io.Reader) (int64, error) {
	w.from = append(w.from, src)
	return io.Copy(w.ResponseRecorder, src)
}

// A file reaches the connection as a file, or a part of one, so that the kernel
// can send it.
func TestFilesGoStraightToTheNetwork(t *testing.T) {
	s := newSite(t)
	name := filepath.Join(t.TempDir(), "x.txt")
	if err := os.WriteFile(name, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &readerFrom{ResponseRecorder: httptest.NewRecorder()}
	djsession.NewManager(s.store, &s.opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set("a", 1)(w, r)
		http.ServeFile(w, r, name)
	})).ServeHTTP(w, httptest.NewRequest("GET", "/x.txt", nil))
	if len(w.from) != 1 {
		t.Fatalf("%d reads", len(w.from))
	}
	limited, ok := w.from[0].(*io.LimitedReader)
	if !ok {
		t.Fatalf("copied from %T", w.from[0])
	}
	if _, ok := limited.R.(*os.File); !ok {
		t.Errorf("copied from a part of %T", limited.R)
	}
	if w.Body.String() != "hello" || s.json(keyOf(t, w.ResponseRecorder)) != `{"a":1}` {
		t.Errorf("body %q", w.Body)
	}
}

func TestNothingFollowsAFailedSave(t *testing.T) {
	for name, write := range map[string]func(w http.ResponseWriter, r *http.Request) error{
		"Write":       func(w http.ResponseWriter, _ *http.Request) error { _, err := w.Write([]byte("secret")); return err },
		"WriteString": func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "secret"); return err },
		"ReadFrom": func(w http.ResponseWriter, _ *http.Request) error {
			_, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("secret"))
			return err
		},
		"Flush": func(w http.ResponseWriter, _ *http.Request) error { return http.NewResponseController(w).Flush() },
		"Hijack": func(w http.ResponseWriter, _ *http.Request) error {
			_, _, err := w.(http.Hijacker).Hijack()
			return err
		},
		"ServeContent": func(w http.ResponseWriter, r *http.Request) error {
			http.ServeContent(w, r, "x.txt", time.Time{}, strings.NewReader("secret"))
			_, err := w.Write(nil)
			return err
		},
		"WriteHeader twice": func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(200)
			w.WriteHeader(201)
			_, err := w.Write([]byte("secret"))
			return err
		},
	} {
		served(t, func(w http.ResponseWriter, r *http.Request) {
			session, _ := djsession.FromRequest(r)
			session.Set("not JSON", func() {})
			if err := write(w, r); err == nil {
				t.Errorf("%s: no error", name)
			}
		}, func(t *testing.T, s *site, resp *http.Response) {
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != 500 || strings.Contains(string(body), "secret") || len(resp.Cookies()) != 0 {
				t.Errorf("%s: got %d %q", name, resp.StatusCode, body)
			}
		})
	}
}

// Where a connection cannot be hijacked, the handler hears so and can still
// answer; what it changed is kept.
func TestHijackWhereThereIsNone(t *testing.T) {
	s := newSite(t)
	w := s.serve("", func(w http.ResponseWriter, r *http.Request) {
		set("a", 1)(w, r)
		if _, _, err := w.(http.Hijacker).Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("got error %v", err)
		}
		http.Error(w, "no websockets here", http.StatusUpgradeRequired)
	})
	if w.Code != 426 || s.json(keyOf(t, w)) != `{"a":1}` {
		t.Errorf("got %d", w.Code)
	}
}

// A handler that is still at work after http.TimeoutHandler has answered for it
// does no harm.
func TestOutsideATimeoutHandler(t *testing.T) {
	s := newSite(t)
	done := make(chan struct{})
	slow := http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		set("a", 1)(w, r)
		<-r.Context().Done()
		set("b", 1)(w, r)
		w.Write([]byte("too late"))
	}), 10*time.Millisecond, "too slow")
	w := s.serve("", slow.ServeHTTP)
	<-done
	if w.Code != 503 || w.Body.String() != "too slow" || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("got %d %q %v", w.Code, w.Body, w.Header())
	}
}

// Whoever asks for a CloseNotifier without a look whether there is one, as gin
// does, is told when the client has gone: by the server, or by the context
// where something around us hides it.
func TestCloseNotify(t *testing.T) {
	type hiding struct{ http.ResponseWriter }
	for _, hidden := range []bool{false, true} {
		started, told := make(chan bool), make(chan bool)
		s := newSite(t)
		h := djsession.NewManager(s.store, &s.opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			gone := w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
			close(started)
			told <- <-gone
		}))
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hidden {
				w = hiding{w}
			}
			h.ServeHTTP(w, r)
		}))
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-started
			cancel()
		}()
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := server.Client().Do(r); err == nil {
			t.Errorf("hidden %v: an answer", hidden)
		}
		select {
		case <-told:
		case <-time.After(10 * time.Second):
			t.Fatalf("hidden %v: not told", hidden)
		}
		server.Close()
	}
}
