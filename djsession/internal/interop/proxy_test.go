package interop

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestReverseProxyBeforeDjango has users log in and out at a real Django that
// stands behind a Go reverse proxy with our middleware around it, whatever the
// Go side has asked of their sessions before.
func TestReverseProxyBeforeDjango(t *testing.T) {
	database, err := testenv.CopySite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	site := testenv.Site(t, testenv.SiteOptions{Series: "5.2", Database: database})
	key, err := os.ReadFile(filepath.Join(testenv.Testdata(t, ""), "secret_key"))
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimSpace(string(key))
	db, err := sql.Open("sqlite", "file:"+database.DSN+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	store := dbstore.New(db, sqldialect.SQLite, djsession.NewCodec(secret, nil), nil)
	login := auth.New(dbusers.New(db, sqldialect.SQLite, nil), secret, nil)
	proxy := httputil.NewSingleHostReverseProxy(site.URL)
	asking := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.FromRequest(r); err != nil && !errors.Is(err, auth.ErrNotLoggedIn) {
			t.Error(err)
		}
		proxy.ServeHTTP(w, r)
	})
	for _, row := range []struct {
		reason  string
		opts    djsession.Options
		handler http.Handler
	}{
		{"nothing is asked", djsession.Options{}, proxy},
		{"an access log asks who it is", djsession.Options{}, asking},
		{"every request saves", djsession.Options{SaveEveryRequest: true}, proxy},
		{"sliding expiry, and an access log", djsession.Options{TouchInterval: 1}, asking},
	} {
		for _, start := range []string{"no cookie", "a cart", "a stale cookie"} {
			t.Run(row.reason+"/"+start, func(t *testing.T) {
				var log bytes.Buffer
				row.opts.Logger = slog.New(slog.NewTextHandler(&log, nil))
				server := httptest.NewServer(djsession.NewManager(store, &row.opts).Handler(login.Handler(row.handler)))
				defer server.Close()
				v := newProxyVisitor(t, server.URL)
				switch start {
				case "a cart":
					v.post("/shop-django/", url.Values{"add": {"cup-7"}})
				case "a stale cookie":
					v.jar.SetCookies(v.base, []*http.Cookie{{Name: "sessionid", Value: djsession.NewKey(), Path: "/"}})
				}
				v.post("/admin/login/", url.Values{"username": {"alice"}, "password": {"alice's password"}, "next": {"/"}})
				if got := v.get("/"); !strings.Contains(got, `"alice"`) || strings.Contains(got, `"cart"`) != (start == "a cart") {
					t.Errorf("after the login: %s", got)
				}
				v.post("/admin/logout/", nil)
				if got := v.get("/"); !strings.Contains(got, `"user": ""`) {
					t.Errorf("after the logout: %s", got)
				}
				if log.Len() > 0 {
					t.Errorf("logged %s", log.String())
				}
			})
		}
	}
}

// A proxyVisitor is a browser at Django's pages.
type proxyVisitor struct {
	t      *testing.T
	base   *url.URL
	jar    http.CookieJar
	client *http.Client
	page   string // the last one
}

func newProxyVisitor(t *testing.T, base string) *proxyVisitor {
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	return &proxyVisitor{t: t, base: u, jar: jar, client: &http.Client{Jar: jar}}
}

func (v *proxyVisitor) do(r *http.Request) string {
	v.t.Helper()
	resp, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		v.t.Fatalf("%s %s: %s, %v\n%.400s", r.Method, r.URL.Path, resp.Status, err, body)
	}
	sessions := 0
	for _, c := range resp.Header["Set-Cookie"] {
		if strings.HasPrefix(c, "sessionid=") {
			sessions++
		}
	}
	if sessions > 1 {
		v.t.Errorf("%s %s sets %d session cookies", r.Method, r.URL.Path, sessions)
	}
	v.page = string(body)
	return v.page
}

func (v *proxyVisitor) get(path string) string {
	v.t.Helper()
	r, err := http.NewRequest("GET", v.base.String()+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(r)
}

var csrfField = regexp.MustCompile(`name=['"]csrfmiddlewaretoken['"] value=['"](\w+)['"]`) // 1.11 writes single ones

// post sends a form, with the token of the page that has it.
func (v *proxyVisitor) post(path string, form url.Values) {
	v.t.Helper()
	page := path
	if path == "/admin/logout/" {
		page = "/admin/" // whose head has the form
	}
	token := csrfField.FindStringSubmatch(v.get(page))
	if token == nil {
		v.t.Fatalf("%s has no form:\n%.600s", page, v.page)
	}
	body := form.Encode() + "&csrfmiddlewaretoken=" + token[1]
	r, err := http.NewRequest("POST", v.base.String()+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	v.do(r)
}
