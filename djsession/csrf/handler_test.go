package csrf_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/memstore"
)

const (
	secretA = "aaaaaaaaaaaaaaaaBBBBBBBBBBBBBBBB"
	secretB = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
)

var at = time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)

// A site is a service with one page, which does what page says.
type site struct {
	t       *testing.T
	handler http.Handler
	alone   http.Handler // without sessions around it
	page    http.HandlerFunc
	log     bytes.Buffer
}

func newSite(t *testing.T, opts csrf.Options) *site {
	s := &site{t: t}
	opts.Logger = slog.New(slog.NewTextHandler(&s.log, nil))
	opts.Now = func() time.Time { return at }
	sessions := djsession.NewManager(memstore.New(nil), &djsession.Options{Logger: opts.Logger})
	s.alone = csrf.New(&opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.page(w, r) }))
	s.handler = sessions.Handler(s.alone)
	return s
}

// serve sends a request with some Cookie header and headers in pairs.
func (s *site) serve(method, body, cookies string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://site.example/", strings.NewReader(body))
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func showToken(w http.ResponseWriter, r *http.Request) { io.WriteString(w, csrf.Token(r)) }

func ok(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }

func cookieOf(w *httptest.ResponseRecorder, name string) string {
	for _, c := range w.Result().Cookies() {
		if c.Name == name {
			return name + "=" + c.Value
		}
	}
	return ""
}

func TestCookie(t *testing.T) {
	for _, c := range []struct {
		reason string
		opts   csrf.Options
		cookie string
		page   http.HandlerFunc
		want   string // a pattern; "" for none
	}{
		{"no token was asked for", csrf.Options{}, "", ok, ``},
		{"nor with a cookie", csrf.Options{}, "csrftoken=" + secretA, ok, ``},
		{"a new one", csrf.Options{}, "", showToken,
			`csrftoken=\w{32}; Path=/; Expires=Mon, 22 Nov 2027 20:17:27 GMT; Max-Age=31449600; SameSite=Lax`},
		{"the same, so that it lives on", csrf.Options{}, "csrftoken=" + secretA, showToken, "csrftoken=" + secretA + `; .*`},
		{"the last of several", csrf.Options{}, "csrftoken=" + secretB + "; csrftoken=" + secretA, showToken, "csrftoken=" + secretA + `; .*`},
		{"a masked one becomes the secret", csrf.Options{}, "csrftoken=" + strings.Repeat("a", 32) + secretA, showToken, "csrftoken=" + secretA + `; .*`},
		{"and stays for Django 4.0", csrf.Options{Django: [2]int{4, 0}}, "csrftoken=" + strings.Repeat("a", 32) + secretA, showToken,
			"csrftoken=" + strings.Repeat("a", 32) + secretA + `; .*`},
		{"a secret is masked for it", csrf.Options{Django: [2]int{4, 0}}, "csrftoken=" + secretA, showToken, `csrftoken=\w{64}; .*`},
		{"a new one is masked for it", csrf.Options{Django: [2]int{1, 11}}, "", showToken, `csrftoken=\w{64}; .*`},
		{"a malformed one is replaced", csrf.Options{}, "csrftoken=x", showToken, `csrftoken=\w{32}; .*`},
		{"but not before a form is made", csrf.Options{}, "csrftoken=x", ok, ``},
		{"a login changes it", csrf.Options{}, "csrftoken=" + secretA, func(_ http.ResponseWriter, r *http.Request) { csrf.Rotate(r.Context()) },
			`csrftoken=\w{32}; .*`},
		{"also where there was none", csrf.Options{}, "", func(_ http.ResponseWriter, r *http.Request) { csrf.Rotate(r.Context()) }, `csrftoken=\w{32}; .*`},
		{"all set", csrf.Options{CookieName: "c", CookieDomain: "site.example", CookiePath: "/app", CookieSecure: true, CookieHTTPOnly: true,
			CookieSameSite: http.SameSiteStrictMode, CookieAge: time.Hour}, "", showToken,
			`c=\w{32}; Path=/app; Domain=site.example; Expires=Mon, 23 Nov 2026 21:17:27 GMT; Max-Age=3600; HttpOnly; Secure; SameSite=Strict`},
		{"until the browser closes, no SameSite", csrf.Options{CookieAge: -1, CookieSameSite: http.SameSiteDefaultMode}, "", showToken, `csrftoken=\w{32}; Path=/`},
		{"__Host- is what browsers ask of it", csrf.Options{CookieName: "__Host-c", CookieDomain: "site.example", CookiePath: "/app", CookieAge: -1}, "",
			showToken, `__Host-c=\w{32}; Path=/; Secure; SameSite=Lax`},
		{"the handler's own stays", csrf.Options{}, "", func(w http.ResponseWriter, r *http.Request) {
			csrf.Token(r)
			http.SetCookie(w, &http.Cookie{Name: "csrftoken", Value: "theirs"})
		}, `csrftoken=theirs`},
	} {
		for _, alone := range []bool{false, true} {
			s := newSite(t, c.opts)
			s.page = c.page
			if alone {
				s.handler = s.alone
			}
			w := s.serve("GET", "", c.cookie)
			got := strings.Join(w.Header()["Set-Cookie"], "\n")
			if !regexp.MustCompile(`^(?:` + c.want + `)$`).MatchString(got) {
				t.Errorf("%s, alone %v: got  %s\nwant %s", c.reason, alone, got, c.want)
			}
			if vary := w.Header().Get("Vary"); (vary == "Cookie") != (c.want != "") {
				t.Errorf("%s, alone %v: Vary is %q", c.reason, alone, vary)
			}
			if strings.HasPrefix(c.reason, "a login") && strings.Contains(got, secretA) {
				t.Errorf("%s, alone %v: the secret is the same", c.reason, alone)
			}
			if s.log.Len() > 0 {
				t.Errorf("%s, alone %v: logged %s", c.reason, alone, &s.log)
			}
		}
	}
}

// TestMalformedCookie has it replaced when it stands in the way, so that a
// script that takes its token from there gets on.
func TestMalformedCookie(t *testing.T) {
	for _, c := range []struct {
		django [2]int
		want   string
	}{{[2]int{6, 1}, `^csrftoken=\w{32}$`}, {[2]int{3, 2}, `^$`}} {
		s := newSite(t, csrf.Options{Django: c.django})
		if w := s.serve("POST", "csrfmiddlewaretoken="+secretA, "csrftoken=x"); w.Code != 403 || !regexp.MustCompile(c.want).MatchString(cookieOf(w, "csrftoken")) {
			t.Errorf("%v: %d, cookie %q", c.django, w.Code, cookieOf(w, "csrftoken"))
		}
	}
}

// TestBypassedIsReported has a router's own writer send the response before the
// cookie could be set.
func TestBypassedIsReported(t *testing.T) {
	var log bytes.Buffer
	sessions := djsession.NewManager(memstore.New(nil), &djsession.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	router := &routerWriter{ResponseRecorder: httptest.NewRecorder()}
	sessions.Handler(csrf.New(nil).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.WriteString(router, csrf.Token(r))
	}))).ServeHTTP(router, httptest.NewRequest("GET", "/", nil))
	if strings.Count(log.String(), "went out past Manager.Handler") != 1 {
		t.Errorf("logged %s", &log)
	}
}

// routerWriter is one such as gin's.
type routerWriter struct{ *httptest.ResponseRecorder }

func (w *routerWriter) Written() bool { return w.Body.Len() > 0 }

// TestTokens has the tokens of a page be different and good, as a field and as
// a header, in both storages and layouts.
func TestTokens(t *testing.T) {
	for _, opts := range []csrf.Options{{}, {Django: [2]int{3, 2}}, {UseSessions: true}, {UseSessions: true, Django: [2]int{3, 2}}} {
		s := newSite(t, opts)
		s.page = func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, csrf.Token(r)+" "+csrf.Token(r)) }
		name := "csrftoken"
		if opts.UseSessions {
			name = "sessionid"
		}
		w := s.serve("GET", "", "")
		cookie := cookieOf(w, name)
		first, second, _ := strings.Cut(w.Body.String(), " ")
		if cookie == "" || first == second || len(first) != 64 {
			t.Fatalf("cookie %q, tokens %q", cookie, w.Body)
		}
		s.page = ok
		for _, token := range []string{first, second} {
			if w := s.serve("POST", "csrfmiddlewaretoken="+token, cookie); w.Code != 200 {
				t.Errorf("%+v: the field is refused: %s", opts, &s.log)
			}
			if w := s.serve("PUT", "", cookie, "X-CSRFToken", token); w.Code != 200 {
				t.Errorf("%+v: the header is refused: %s", opts, &s.log)
			}
			if w := s.serve("POST", "csrfmiddlewaretoken="+token, ""); w.Code != 403 || !strings.Contains(s.log.String(), "CSRF cookie not set.") {
				t.Errorf("%+v: without a cookie: %d, %s", opts, w.Code, &s.log)
			}
			if w := s.serve("POST", "csrfmiddlewaretoken="+token, name+"="+djsession.NewKey()); w.Code != 403 { // the session has ended
				t.Errorf("%+v: with another cookie: %d", opts, w.Code)
			}
		}
	}
}

// TestSession says what is stored, and when.
func TestSession(t *testing.T) {
	s := newSite(t, csrf.Options{UseSessions: true})
	stored := func(r *http.Request) string {
		session, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := session.Text("_csrftoken")
		return text
	}
	s.page = ok
	if w := s.serve("GET", "", ""); len(w.Header()) != 1 { // Content-Type
		t.Errorf("a request without a form: %v", w.Header())
	}
	s.page = showToken
	w := s.serve("GET", "", "")
	cookie, token := cookieOf(w, "sessionid"), w.Body.String()
	if w := s.serve("GET", "", cookie); w.Header().Get("Set-Cookie") != "" {
		t.Error("the session was saved although its secret had not changed")
	}
	var before, after string
	s.page = func(_ http.ResponseWriter, r *http.Request) { before = stored(r) }
	s.serve("GET", "", cookie)
	s.page = func(_ http.ResponseWriter, r *http.Request) {
		session, _ := djsession.FromRequest(r)
		if err := session.CycleKey(r.Context()); err != nil {
			t.Error(err)
		}
		csrf.Rotate(r.Context())
	}
	next := cookieOf(s.serve("POST", "csrfmiddlewaretoken="+token, cookie), "sessionid")
	s.page = func(_ http.ResponseWriter, r *http.Request) { after = stored(r) }
	s.serve("GET", "", next)
	if len(before) != 32 || len(after) != 32 || before == after || next == cookie {
		t.Errorf("the secret was %q and is %q", before, after)
	}
	if w := s.serve("POST", "csrfmiddlewaretoken="+token, next); w.Code != 403 {
		t.Errorf("a form from before the login: %d", w.Code)
	}
}

// downStore cannot be reached.
type downStore struct{ djsession.Store }

func (downStore) Load(_ context.Context, key string) (*djsession.Record, error) {
	return nil, fmt.Errorf("%w: row %s", djsession.ErrUnavailable, key)
}

func TestSessionStoreIsDown(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	sessions := djsession.NewManager(downStore{}, &djsession.Options{Logger: logger})
	p := csrf.New(&csrf.Options{UseSessions: true, Logger: logger})
	h := sessions.Handler(p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { showToken(w, r); showToken(w, r) })))
	key := djsession.NewKey()
	for method, want := range map[string]int{"POST": 503, "GET": 200} {
		log.Reset()
		r := httptest.NewRequest(method, "/", nil)
		r.Header.Set("Cookie", "sessionid="+key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want || strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), key) {
			t.Errorf("%s: %d, logged %s", method, w.Code, &log)
		}
	}
}

// TestFetchMetadata has browsers' word count, beside the token.
func TestFetchMetadata(t *testing.T) {
	form := "csrfmiddlewaretoken=" + secretA
	for _, c := range []struct {
		reason  string
		opts    csrf.Options
		body    string
		headers []string
		want    int
	}{
		{"a browser's own form", csrf.Options{}, form, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://site.example"}, 200},
		{"typed by the user", csrf.Options{}, form, []string{"Sec-Fetch-Site", "none"}, 200},
		{"no browser", csrf.Options{}, form, nil, 200},
		{"another site without Origin", csrf.Options{}, form, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a sibling host, which can set the cookie", csrf.Options{}, form, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"the same where tokens alone count", csrf.Options{Mode: csrf.TokenOnly}, form, []string{"Sec-Fetch-Site", "same-site"}, 200},
		{"a trusted sibling", csrf.Options{TrustedOrigins: []string{"http://*.site.example"}}, form,
			[]string{"Sec-Fetch-Site", "same-site", "Origin", "http://a.site.example"}, 200},
		{"a trusted sibling of an older Django", csrf.Options{Django: [2]int{3, 2}, TrustedOrigins: []string{".site.example"}}, form,
			[]string{"Sec-Fetch-Site", "same-site", "Origin", "http://a.site.example"}, 200},
		{"Origin counts beside an older Django too", csrf.Options{Django: [2]int{3, 2}}, form, []string{"Origin", "http://evil.example"}, 403},
		{"no token", csrf.Options{}, "", []string{"Sec-Fetch-Site", "same-origin"}, 403},
		{"where none is needed", csrf.Options{Mode: csrf.FetchMetadataOnly}, "", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"but the origin is", csrf.Options{Mode: csrf.FetchMetadataOnly}, form, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"behind a proxy that changes Host", csrf.Options{Host: func(r *http.Request) string { return r.Header.Get("X-Forwarded-Host") }}, form,
			[]string{"X-Forwarded-Host", "shop.example", "Origin", "http://shop.example"}, 200},
		{"and ends TLS", csrf.Options{Host: func(*http.Request) string { return "shop.example" }, Scheme: func(*http.Request) string { return "https" }}, form,
			[]string{"Origin", "https://shop.example"}, 200},
		{"with a host that matches nothing", csrf.Options{Host: func(*http.Request) string { return "" }}, form, []string{"Origin", "http://"}, 403},
	} {
		t.Run(c.reason, func(t *testing.T) {
			s := newSite(t, c.opts)
			s.page = ok
			if w := s.serve("POST", c.body, "csrftoken="+secretA, c.headers...); w.Code != c.want {
				t.Errorf("got %d, want %d; logged %s", w.Code, c.want, &s.log)
			}
		})
	}
}

func TestExempt(t *testing.T) {
	p := csrf.New(&csrf.Options{Exempt: []string{"POST /hooks/", "/health"}})
	for target, want := range map[string]bool{"POST /hooks/github": true, "PUT /hooks/github": false, "DELETE /health": true, "POST /health/": false,
		"POST /x/../hooks/": false, "POST /": false, "POST /hooks": false,
		"POST /hooks/../transfer": false, "POST /hooks/..%2Ftransfer": false, "POST /hooks/%2e%2e/transfer": false, "POST /hooks/x%2F..%2F..%2Ftransfer": false,
		"POST /hooks/a%2Fb": true, "POST /hooks/..a": true} {
		method, path, _ := strings.Cut(target, " ")
		if err := p.Check(httptest.NewRequest(method, path, nil)); (err == nil) != want {
			t.Errorf("%s: %v", target, err)
		}
	}
}

func TestNewPanics(t *testing.T) {
	for reason, opts := range map[string]csrf.Options{
		"an origin without a scheme": {TrustedOrigins: []string{"shop.example"}},
		"a pattern":                  {Exempt: []string{"POST POST"}},
		"a cookie's name":            {CookieName: "csrf token"},
	} {
		t.Run(reason, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("New takes it")
				}
			}()
			csrf.New(&opts)
		})
	}
}

// TestDeny says what a user sees who is refused, and what is logged.
func TestDeny(t *testing.T) {
	s := newSite(t, csrf.Options{})
	s.page = func(http.ResponseWriter, *http.Request) { t.Error("it was served") }
	w := s.serve("POST", "csrfmiddlewaretoken="+secretB, "csrftoken="+secretA)
	if w.Code != 403 || !strings.Contains(w.Body.String(), "CSRF verification failed") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d, %v, %s", w.Code, w.Header(), w.Body)
	}
	if strings.Count(s.log.String(), "\n") != 1 || !strings.Contains(s.log.String(), `level=WARN msg="the request was refused" reason="CSRF token from POST incorrect."`) {
		t.Errorf("logged %s", &s.log)
	}
	if strings.Contains(s.log.String()+w.Body.String(), secretA) || strings.Contains(s.log.String()+w.Body.String(), secretB) {
		t.Error("a secret is shown")
	}
	if w := s.serve("POST", "", ""); !strings.Contains(w.Body.String(), "allow them") {
		t.Errorf("without a cookie the page says %s", w.Body)
	}

	var got error
	s = newSite(t, csrf.Options{Deny: func(w http.ResponseWriter, r *http.Request, err error) {
		got = err
		http.Error(w, csrf.Token(r), http.StatusTeapot)
	}})
	w = s.serve("POST", "", "", "Origin", "http://"+strings.Repeat("x", 1000))
	var refused *csrf.Error
	if !errors.As(got, &refused) || w.Code != http.StatusTeapot || cookieOf(w, "csrftoken") == "" {
		t.Errorf("%d, %v", w.Code, got)
	}
	if len(s.log.String()) > 600 {
		t.Errorf("a client fills the log with %d bytes", s.log.Len())
	}
}

// TestTokenComesTooLate has one line say that a form cannot be sent.
func TestTokenComesTooLate(t *testing.T) {
	late := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		io.WriteString(w, csrf.Token(r)+csrf.Token(r))
	}
	s := newSite(t, csrf.Options{})
	s.page = late
	if w := s.serve("GET", "", ""); w.Body.Len() > 0 || strings.Count(s.log.String(), "before the first byte is written") != 1 {
		t.Errorf("got %q, logged %s", w.Body, &s.log)
	}
	s.log.Reset()
	if w := s.serve("GET", "", "csrftoken="+secretA); w.Body.Len() != 128 || s.log.Len() > 0 {
		t.Errorf("the browser has a cookie: got %q, logged %s", w.Body, &s.log)
	}
}

func TestNoHandler(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	r := httptest.NewRequest("GET", "/", nil)
	if csrf.Token(r) != "" || !strings.Contains(log.String(), "did not pass through Protection.Handler") {
		t.Errorf("logged %s", &log)
	}
	csrf.Rotate(r.Context())
}

// TestTokensAtOnce has handlers that go on in several goroutines, and a handler
// between that gives them a header of its own.
func TestTokensAtOnce(t *testing.T) {
	s := newSite(t, csrf.Options{})
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				csrf.Token(r)
				csrf.Rotate(r.Context())
			})
		}
		io.WriteString(w, "ok")
		wait.Wait()
	})
	s.page = page
	s.serve("GET", "", "")

	timed := http.TimeoutHandler(http.HandlerFunc(showToken), time.Minute, "")
	s.page = timed.ServeHTTP
	if w := s.serve("GET", "", ""); w.Body.Len() != 64 || cookieOf(w, "csrftoken") == "" {
		t.Errorf("got %q, cookie %q", w.Body, cookieOf(w, "csrftoken"))
	}
}
