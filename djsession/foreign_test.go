package djsession_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A response that sets the session's cookie already keeps that cookie and gets
// no second one, whatever the request did before.
func TestForeignCookieIsLeftAlone(t *testing.T) {
	const login = "sessionid=theirtheirtheirtheirtheirtheirth; HttpOnly; Path=/; SameSite=Lax"
	const logout = `sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax`
	unknown := "sessionid=" + strings.Repeat("x", 32)
	nothing := func(http.ResponseWriter, *http.Request) {}
	read := with(func(s *djsession.Session) { s.Has("a") })
	for _, row := range []struct {
		reason string
		opts   djsession.Options
		cookie string // the request's; KEY is that of a stored session
		before func(http.ResponseWriter, *http.Request)
		theirs string
		status int
		want   string // what is stored under KEY then
		log    string // a text of the only line; empty: no line
	}{
		{"nothing was asked", djsession.Options{}, "sessionid=KEY", nothing, login, 200, `{"a":1}`, ""},
		{"a session was read", djsession.Options{}, "sessionid=KEY", read, login, 200, `{"a":1}`, ""},
		{"an unknown session was read, whose cookie would be deleted", djsession.Options{}, unknown, read, login, 200, `{"a":1}`, ""},
		{"every request saves", djsession.Options{SaveEveryRequest: true}, "sessionid=KEY", read, login, 200, `{"a":1}`, ""},
		{"sliding expiry", djsession.Options{TouchInterval: 1}, "sessionid=KEY", read, login, 200, `{"a":1}`, ""},
		{"a logout there", djsession.Options{SaveEveryRequest: true}, "sessionid=KEY", read, logout, 200, `{"a":1}`, ""},
		{"a change here would go into another session", djsession.Options{}, "sessionid=KEY", set("a", 2), login, 200, `{"a":1}`, "was not saved"},
		{"a change here, and merging", djsession.Options{Merge: true}, "sessionid=KEY", set("a", 2), login, 200, `{"a":1}`, "was not saved"},
		{"a change of the same session would undo theirs", djsession.Options{}, "sessionid=KEY", set("a", 2), "sessionid=KEY; Path=/", 200, `{"a":1}`, "was not saved"},
		{"but merged it does not", djsession.Options{Merge: true}, "sessionid=KEY", set("b", 2), "sessionid=KEY; Path=/", 200, `{"a":1,"b":2}`, ""},
		{"a failed request saves nothing anyhow", djsession.Options{}, "sessionid=KEY", set("a", 2), login, 500, `{"a":1}`, ""},
		{"a new session here is lost", djsession.Options{}, "", set("a", 2), login, 200, `{"a":1}`, "was not saved"},
		{"what was saved before is not", djsession.Options{}, "sessionid=KEY", with(func(s *djsession.Session) {
			s.Set("a", 2)
			if err := s.Save(t.Context()); err != nil {
				t.Error(err)
			}
		}), "sessionid=KEY; Path=/", 200, `{"a":2}`, ""},
		{"a new key is", djsession.Options{}, "sessionid=KEY", with(func(s *djsession.Session) {
			if err := s.CycleKey(t.Context()); err != nil {
				t.Error(err)
			}
		}), logout, 200, ``, "was not saved"},
		{"another path", djsession.Options{}, "sessionid=KEY", nothing, strings.Replace(login, "Path=/", "Path=/shop", 1), 200, `{"a":1}`, "site_path=/shop"},
		{"another domain", djsession.Options{}, "sessionid=KEY", nothing, login + "; Domain=.example.com", 200, `{"a":1}`, "site_domain=example.com"},
		{"the same domain", djsession.Options{CookieDomain: "example.com"}, "sessionid=KEY", nothing, login + "; domain=.Example.com", 200, `{"a":1}`, ""},
		{"a logout here before", djsession.Options{}, "sessionid=KEY", with(func(s *djsession.Session) {
			if err := s.Flush(t.Context()); err != nil {
				t.Error(err)
			}
		}), login, 200, ``, ""},
	} {
		s := newSite(t)
		row.opts.Now, row.opts.Logger = s.opts.Now, s.opts.Logger
		s.opts = row.opts
		key := s.stored(time.Hour, "a", 1)
		theirs := strings.ReplaceAll(row.theirs, "KEY", key)
		w := s.serve(strings.ReplaceAll(row.cookie, "KEY", key), func(w http.ResponseWriter, r *http.Request) {
			row.before(w, r)
			w.Header().Add("Set-Cookie", "csrftoken=x; Path=/")
			w.Header().Add("Set-Cookie", theirs)
			w.WriteHeader(row.status)
		})
		if got := w.Header()["Set-Cookie"]; w.Code != row.status || len(got) != 2 || got[1] != theirs {
			t.Errorf("%s: answered %d, Set-Cookie %q", row.reason, w.Code, got)
		}
		if got := s.json(key); got != row.want {
			t.Errorf("%s: stored %s, want %s", row.reason, got, row.want)
		}
		if row.log != "" {
			wantLine(t, row.reason, s.log.String(), "", row.log, key)
		} else if s.log.Len() > 0 {
			t.Errorf("%s: logged %q", row.reason, s.log.String())
		}
	}
}

// A browser with two cookies of the name has one from another path or domain,
// which ours does not replace.
func TestTwoCookiesAreReported(t *testing.T) {
	read := with(func(s *djsession.Session) { s.Has("a") })
	for _, row := range []struct {
		reason, cookie string
		handler        func(http.ResponseWriter, *http.Request)
		log            string
	}{
		{"saved", "sessionid=KEY; sessionid=KEY", set("a", 2), "path=/app"},
		{"deleted", "sessionid=KEY; sessionid=" + strings.Repeat("x", 32), read, "path=/app"},
		{"only read", "sessionid=KEY; sessionid=KEY", read, ""},
		{"one cookie", "other=KEY; sessionid=KEY", set("a", 2), ""},
	} {
		s := newSite(t)
		s.opts.CookiePath = "/app"
		key := s.stored(time.Hour, "a", 1)
		s.serve(strings.ReplaceAll(row.cookie, "KEY", key), row.handler)
		if row.log != "" {
			wantLine(t, row.reason, s.log.String(), "WARN", row.log, key)
		} else if s.log.Len() > 0 {
			t.Errorf("%s: logged %q", row.reason, s.log.String())
		}
	}
}

// A reverse proxy ends by a panic when what it writes is refused. The answer
// that stands in its place reaches the client.
func TestProxyWhoseSaveIsRefused(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, strings.Repeat("x", 100000))
	}))
	defer backend.Close()
	target, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	for _, row := range []struct {
		reason string
		fails  error
		code   int
	}{
		{"a logout elsewhere", djsession.ErrNotFound, 400},
		{"the store is down", djsession.ErrUnavailable, 503},
	} {
		s := newSite(t)
		s.store.failWrite = row.fails
		key := s.stored(time.Hour, "a", 1)
		server := httptest.NewServer(djsession.NewManager(s.store, &s.opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			set("a", 2)(w, r)
			proxy.ServeHTTP(w, r)
		})))
		r, err := http.NewRequest("POST", server.URL, nil) // which no client repeats
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", "sessionid="+key)
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		server.Close()
		if resp.StatusCode != row.code || err != nil || strings.Contains(string(body), "xxx") {
			t.Errorf("%s: answered %d %q (%v), want %d", row.reason, resp.StatusCode, body, err, row.code)
		}
	}
}

// A panic that is no abort passes, also where a save was refused before.
func TestPanicAfterARefusedSavePasses(t *testing.T) {
	s := newSite(t)
	s.store.failWrite = djsession.ErrUnavailable
	defer func() {
		if p := recover(); p != "a bug" {
			t.Errorf("recovered %v", p)
		}
	}()
	s.serve("", func(w http.ResponseWriter, r *http.Request) {
		set("a", 1)(w, r)
		io.WriteString(w, "x")
		panic("a bug")
	})
}
