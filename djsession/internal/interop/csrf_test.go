package interop

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

//go:embed wsgi.py
var wsgiPy string

// wsgi serves requests by a Django as a WSGI server would.
func wsgi(t *testing.T, dj *testenv.Django) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		headers := [][2]string{{"Host", r.Host}}
		for name, values := range r.Header {
			if name != "Content-Length" {
				headers = append(headers, [2]string{name, strings.Join(values, ",")})
			}
		}
		var said struct {
			Status  int
			Headers [][2]string
			Body    []byte
		}
		dj.Run(t, wsgiPy, map[string]any{"method": r.Method, "target": r.URL.RequestURI(), "headers": headers,
			"body": base64.StdEncoding.EncodeToString(body)}, &said)
		for _, header := range said.Headers {
			w.Header().Add(header[0], header[1])
		}
		w.WriteHeader(said.Status)
		w.Write(said.Body)
	})
}

// A formSite is a Django and a Go service under one address, seen by a browser.
// Both have a form, whose pages are /shop-django/ and /go/.
type formSite struct {
	t      *testing.T
	pair   *pair
	client *http.Client
	url    *url.URL
}

const djangoPage, goPage = "/shop-django/", "/go/"

func newFormSite(t *testing.T, p *pair, opts csrf.Options) *formSite {
	opts.Logger = slog.New(slog.DiscardHandler)
	fmt.Sscanf(p.dj.Series, "%d.%d", &opts.Django[0], &opts.Django[1])
	mux := http.NewServeMux()
	mux.HandleFunc("GET /go/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, string(csrf.Field(r))) })
	mux.HandleFunc("POST /go/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "added "+r.PostFormValue("add")) })
	mux.HandleFunc("POST /go/login", func(_ http.ResponseWriter, r *http.Request) {
		u, err := p.users.UserByName(r.Context(), "alice")
		if err != nil {
			t.Error(err)
		}
		s, err := djsession.FromRequest(r)
		if err != nil {
			t.Error(err)
		}
		if err := p.auth.Login(r.Context(), s, u); err != nil {
			t.Error(err)
		}
	})
	all := http.NewServeMux()
	all.Handle("/", wsgi(t, p.dj))
	all.Handle("/go/", djsession.NewManager(p.store, nil).Handler(csrf.New(&opts).Handler(p.auth.Handler(mux))))
	server := httptest.NewServer(all)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &formSite{t: t, pair: p, client: newBrowser(), url: u}
}

// newBrowser keeps cookies, and follows no redirect.
func newBrowser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// do sends a request, with what a browser adds, and returns status and body.
func (s *formSite) do(method, path, body string, headers ...string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url.String()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if method != http.MethodGet {
		r.Header.Set("Origin", s.url.String())
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// token is that of the form on a page.
func (s *formSite) token(page string) string {
	s.t.Helper()
	status, text := s.do("GET", page, "")
	found := csrfField.FindStringSubmatch(text)
	if status != 200 || found == nil {
		s.t.Fatalf("%s has no form: %d, %.400s", page, status, text)
	}
	return found[1]
}

// send sends both sides' forms with a token: as a field, as one of an upload,
// and as a header.
func (s *formSite) send(reason, token string, accepted bool) {
	s.t.Helper()
	upload := "--b\r\nContent-Disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\n" + token + "\r\n--b--\r\n"
	for page, right := range map[string]int{djangoPage: 302, goPage: 200} {
		want := 403
		if accepted {
			want = right
		}
		if got, _ := s.do("POST", page, "add=nothing&csrfmiddlewaretoken="+token); got != want {
			s.t.Errorf("%s: %s answers %d to the field, want %d", reason, page, got, want)
		}
		if got, _ := s.do("POST", page, upload, "Content-Type", "multipart/form-data; boundary=b"); got != want {
			s.t.Errorf("%s: %s answers %d to the upload, want %d", reason, page, got, want)
		}
		if got, _ := s.do("POST", page, "", "X-CSRFToken", token); got != want {
			s.t.Errorf("%s: %s answers %d to the header, want %d", reason, page, got, want)
		}
	}
}

func (s *formSite) cookie(name string) string {
	for _, c := range s.client.Jar.Cookies(s.url) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// TestFormsBothWays has every Django and a Go service accept each other's
// forms, with the secret in the cookie and in the session, and refuse what the
// other refuses.
func TestFormsBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		t.Parallel() // each is a process of its own
		settings := loginSettings(t, testenv.Settings{"MIDDLEWARE": []string{"django.contrib.sessions.middleware.SessionMiddleware",
			"django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
			"django.contrib.messages.middleware.MessageMiddleware"}, "DEBUG": false})
		settings["TEMPLATES"].([]any)[0].(map[string]any)["DIRS"] = []string{testenv.Testdata(t, "site/templates")}
		p := newPair(t, dj.Own(t, settings), testenv.SQLite(t), nil)
		for _, inSession := range []bool{false, true} {
			t.Run(fmt.Sprintf("sessions %v", inSession), func(t *testing.T) {
				shared := *p
				shared.dj = p.dj.With(testenv.Settings{"CSRF_USE_SESSIONS": inSession})
				shareForms(t, newFormSite(t, &shared, csrf.Options{UseSessions: inSession}), inSession)
			})
		}
	})
}

func shareForms(t *testing.T, s *formSite, inSession bool) {
	for first, second := range map[string]string{djangoPage: goPage, goPage: djangoPage} {
		s.client = newBrowser()
		t1 := s.token(first)
		s.send("the form of "+first, t1, true)
		t2 := s.token(second)
		s.send("then that of "+second, t2, true)
		s.send("the first again", t1, true)
		s.send("that of another", s.another().token(first), false)
		s.send("none", "", false)
		s.send("one that is cut off", t1[:63], false)
		if !inSession {
			s.send("the cookie's, as scripts send it", s.cookie("csrftoken"), true)
		}

		if status, text := s.do("POST", "/go/login", "", "X-CSRFToken", t1); status != 200 {
			t.Fatalf("a login in Go: %d, %s", status, text)
		}
		s.send("from before a login in Go", t1, false)
		t3 := s.token(second)
		s.send("after it", t3, true)
		if status, text := s.do("POST", "/admin/login/", "username=bob&password=bob's&next=/&csrfmiddlewaretoken="+t3); status != 302 {
			t.Fatalf("a login in Django: %d, %.600s", status, text)
		}
		s.send("from before a login in Django", t3, false)
		t4 := s.token(first)
		s.send("after that", t4, true)

		key := s.cookie("sessionid")
		s.pair.dj.Delete(t, key) // by an administrator, or the end of its time
		s.send("when the session has ended", t4, !inSession)
	}
}

// another is another browser.
func (s *formSite) another() *formSite {
	other := *s
	other.client = newBrowser()
	return &other
}
