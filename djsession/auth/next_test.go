package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/auth"
)

// Bad and good targets, mostly those of Django's own tests.
var (
	foreignURLs = []string{"", " ", "http://example.com", "http:///example.com", "https://example.com", "ftp://example.com", `\\example.com`, `\\\example.com`,
		`/\\/example.com`, `\\\example.com`, `\\example.com`, `\\//example.com`, `/\/example.com`, `\/example.com`, `/\example.com`, "http:///example.com",
		`http:/\//example.com`, `http:\/example.com`, `http:/\example.com`, `javascript:alert("XSS")`, "\njavascript:alert(x)",
		"java\nscript:alert(x)", "\x08//example.com", `http://otherserver\@example.com`, `http:\\testserver\@example.com`,
		`http://testserver\me:pass@example.com`, `http://testserver\@example.com`, `http:\\testserver\confirm\me@example.com`,
		"http:999999999", "ftp:9999999999", "\n", "http://[2001:cdba:0000:0000:0000:0000:3257:9652/", "http://2001:cdba:0000:0000:0000:0000:3257:9652]/",
		"//example.com/", "/\t/example.com", "//\t/example.com", "//", "//?x", "/\x7f", "1:2", ".:x", "/a\nb", `\`, `\example.com`, `/a\b`, `a/\example.com`, "/\n/example.com", "\t//example.com", "\x00//example.com", "\u200b//example.com", "\u00ad//example.com",
		"//testserver:80/", "//testserver@example.com/", "//user@testserver/", "HTTP://TESTSERVER/", "data:text/html,x", "mailto:a@b", "http:testserver", "\xff/x",
		"///testserver/", "////testserver/", "/" + strings.Repeat("a", 2048)}
	ownURLs = []string{"/view/?param=http://example.com", "/view/?param=https://example.com", "/view?param=ftp://example.com", "view/?param=//example.com",
		"https://testserver/", "HTTPS://testserver/", "//testserver/", "http://testserver/confirm?email=me@example.com", "/url%20with%20spaces/",
		"path/http:2222222222", "/", "?q", "#x", ".", "/é", " /x ", "/a:b", "é:b", "//testserver", "//testserver?x", "//testserver#x", "/" + strings.Repeat("a", 2047)}
)

func TestIsAllowedURL(t *testing.T) {
	for _, target := range foreignURLs {
		if auth.IsAllowedURL(target, []string{"testserver", "testserver2"}, false) {
			t.Errorf("%.80q was taken", target)
		}
	}
	for _, target := range ownURLs {
		if !auth.IsAllowedURL(target, []string{"other", "testserver"}, false) {
			t.Errorf("%.80q was refused", target)
		}
	}
	for _, c := range []struct {
		target string
		hosts  []string
		https  bool
		want   bool
	}{
		{"http://testserver/", []string{"testserver"}, true, false},
		{"//testserver/", []string{"testserver"}, true, false},
		{"https://testserver/", []string{"testserver"}, true, true},
		{"/x", nil, true, true},
		{"http://testserver/", nil, false, false},
		{"http://", []string{""}, false, false},
		{"http://user:pass@testserver/", []string{"user:pass@testserver"}, false, true},
	} {
		if got := auth.IsAllowedURL(c.target, c.hosts, c.https); got != c.want {
			t.Errorf("%q for %q, https %v: got %v", c.target, c.hosts, c.https, got)
		}
	}
}

func TestNext(t *testing.T) {
	a := newSite(someUsers(), &auth.Options{AllowedHosts: []string{"example.com"}, NextHosts: []string{"shop.example"}}).auth
	for _, c := range []struct{ reason, query, form, want string }{
		{"nothing", "", "", "/home"},
		{"of the query", "next=/a/%3Fb", "", "/a/?b"},
		{"of the form, which goes first", "next=/a", "next=/b", "/b"},
		{"another site in the form does not let the query in", "next=/a", "next=//evil.example", "/home"},
		{"an empty one in the form likewise", "next=/a", "next=", "/home"},
		{"another site", "next=https://evil.example/", "", "/home"},
		{"the request's own", "next=http://example.com/x", "", "http://example.com/x"},
		{"one that is allowed", "", "next=https://shop.example/x", "https://shop.example/x"},
		{"a script", "next=javascript:alert(1)", "", "/home"},
	} {
		r := httptest.NewRequest("POST", "/login?"+c.query, strings.NewReader(c.form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := a.Next(r, "/home"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.reason, got, c.want)
		}
		r.URL.Scheme = "https"
		if got := a.Next(r, "/home"); strings.HasPrefix(got, "http:") || got != c.want && !strings.HasPrefix(c.want, "http:") {
			t.Errorf("%s, by HTTPS: got %q, want %q", c.reason, got, c.want)
		}
	}
}

// TestNextTrustsNoHost: the Host that a client sends is the site's only if
// Options.AllowedHosts has it, by Django's rules.
func TestNextTrustsNoHost(t *testing.T) {
	for _, c := range []struct {
		reason, host string
		allowed      []string
		trusted      bool
	}{
		{"nothing is allowed unless it is named", "example.com", nil, false},
		{"the site's name", "example.com", []string{"example.com"}, true},
		{"with a port", "example.com:8000", []string{"example.com"}, true},
		{"in capitals, and as a full name", "EXAMPLE.com.", []string{"Example.Com"}, true},
		{"another site", "evil.example", []string{"example.com"}, false},
		{"a name that ends alike", "evilexample.com", []string{".example.com"}, false},
		{"a subdomain", "a.b.example.com", []string{".example.com"}, true},
		{"the domain of the subdomains", "example.com", []string{".example.com"}, true},
		{"a subdomain of one name", "a.example.com", []string{"example.com"}, false},
		{"any", "evil.example", []string{"*"}, true},
		{"any, but not what is no host", "evil example", []string{"*"}, false},
		{"IPv6", "[::1]:80", []string{"[::1]"}, true},
		{"a user before the host", "example.com@evil.example", []string{"*"}, false},
		{"an empty name", ".", []string{"", "."}, false},
		{"an empty host", "", []string{"", "*"}, false},
		{"an empty port", "example.com:", []string{"example.com"}, false},
		{"a line", "example.com\n", []string{"example.com"}, false},
		{"a long one", strings.Repeat("a", 1<<20), []string{"*"}, false},
	} {
		a := newSite(someUsers(), &auth.Options{AllowedHosts: c.allowed}).auth
		r := httptest.NewRequest("GET", "/login", nil)
		r.Host = c.host
		r.URL.RawQuery = url.Values{"next": {"//" + c.host + "/x"}}.Encode()
		want := "/home"
		if c.trusted {
			want = "//" + c.host + "/x"
		}
		if got := a.Next(r, "/home"); got != want {
			t.Errorf("%s: got %.80q, want %.80q", c.reason, got, want)
		}
	}
}

// FuzzIsAllowedURL: where a target is taken, a browser that follows it from a
// page of the site stays on the site.
func FuzzIsAllowedURL(f *testing.F) {
	for _, target := range append(foreignURLs, ownURLs...) {
		f.Add(target)
	}
	base, _ := url.Parse("http://testserver/login")
	f.Fuzz(func(t *testing.T, target string) {
		if !auth.IsAllowedURL(target, []string{"testserver"}, false) {
			return
		}
		for _, reading := range []string{target, strings.ReplaceAll(target, `\`, "/"), strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(target)} {
			at, err := base.Parse(strings.TrimSpace(reading))
			if err == nil && (at.Host != "testserver" || at.Scheme != "http" && at.Scheme != "https") {
				t.Errorf("%q leads to %s", target, at)
			}
		}
		w := httptest.NewRecorder()
		http.Redirect(w, httptest.NewRequest("GET", "/login", nil), target, http.StatusFound)
		location := w.Header().Get("Location")
		if strings.HasPrefix(location, "//") && !strings.HasPrefix(location, "//testserver") || strings.HasPrefix(location, `/\`) {
			t.Errorf("%q redirects to %s", target, location)
		}
	})
}
