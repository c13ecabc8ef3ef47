package forwardauth_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

var families = []forwardauth.Family{forwardauth.XForwarded, forwardauth.XOriginal, forwardauth.EnvoyPath}

var rules = map[string]forwardauth.Rule{
	"/auth/user": forwardauth.LoggedIn, "/auth/staff": forwardauth.Staff, "/auth/superuser": forwardauth.Superuser,
	"/auth/group/editors": forwardauth.InGroup("editors"), "/auth/perm/shop.change_order": forwardauth.HasPerm("shop.change_order"),
	"/auth/any": forwardauth.Optional,
}

// TestAnswers is the table of the package's comment, for each family.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		why        string
		user       string // whose session, "" for no cookie
		endpoint   string
		headers    []string
		status     int
		nginx      int // for XOriginal, if it differs
		username   string
		toLoginURL bool
	}{
		{"a user", "43", "/auth/user", nil, 200, 0, "bob", false},
		{"a browser that is not logged in", "", "/auth/user", []string{"Accept", browser}, 302, 401, "", true},
		{"a browser that says it navigates", "", "/auth/user", []string{"Accept", browser, "Sec-Fetch-Mode", "navigate"}, 302, 401, "", true},
		{"a script that takes HTML", "", "/auth/user", []string{"Accept", browser, "Sec-Fetch-Mode", "cors"}, 401, 0, "", true},
		{"jQuery", "", "/auth/user", []string{"Accept", browser, "X-Requested-With", "XMLHttpRequest"}, 401, 0, "", true},
		{"a program", "", "/auth/user", []string{"Accept", "application/json"}, 401, 0, "", true},
		{"a user that is not active", "44", "/auth/user", nil, 401, 0, "", true},
		{"a user that was deleted", "99", "/auth/user", nil, 401, 0, "", true},
		{"staff", "42", "/auth/staff", nil, 200, 0, "alice", false},
		{"not staff: no redirect, which would loop", "43", "/auth/staff", []string{"Accept", browser}, 403, 0, "", false},
		{"not logged in at the staff's", "", "/auth/staff", []string{"Accept", browser}, 302, 401, "", true},
		{"a superuser", "52", "/auth/superuser", nil, 200, 0, "root", false},
		{"staff is no superuser", "42", "/auth/superuser", nil, 403, 0, "", false},
		{"a member", "42", "/auth/group/editors", nil, 200, 0, "alice", false},
		{"a superuser who is no member", "52", "/auth/group/editors", nil, 403, 0, "", false},
		{"a permission", "42", "/auth/perm/shop.change_order", nil, 200, 0, "alice", false},
		{"a superuser has each permission", "52", "/auth/perm/shop.change_order", nil, 200, 0, "root", false},
		{"no permission", "43", "/auth/perm/shop.change_order", nil, 403, 0, "", false},
		{"optional, logged in", "43", "/auth/any", nil, 200, 0, "bob", false},
		{"optional, not logged in", "", "/auth/any", []string{"Accept", browser}, 200, 0, "", false},
		{"optional, not active", "44", "/auth/any", nil, 200, 0, "", false},
		{"no such endpoint", "42", "/auth/other", nil, 404, 403, "", false},
		{"UTF-8, comma and quotes", "45", "/auth/user", nil, 200, 0, `Zoë, "Inc"`, false},
		{"a name with a line break", "46", "/auth/user", nil, 503, 0, "", false},
		{"a name that would be trimmed to another's", "47", "/auth/user", nil, 503, 0, "", false},
		{"no name", "48", "/auth/user", nil, 503, 0, "", false},
		{"a group with a comma", "49", "/auth/user", nil, 503, 0, "", false},
		{"a name that no proxy takes", "50", "/auth/user", nil, 503, 0, "", false},
		{"a name that is not UTF-8", "51", "/auth/user", nil, 503, 0, "", false},
		{"the client names itself", "", "/auth/any", []string{"X-Auth-Request-User", "42", "X_Auth_Request_User", "42"}, 200, 0, "", false},
		{"the client names itself, logged in", "43", "/auth/user", []string{"X-Auth-Request-Preferred-Username", "mallory"}, 200, 0, "bob", false},
	} {
		for _, family := range families {
			t.Run(c.why+"/"+family.String(), func(t *testing.T) {
				s := newSite(t)
				h := s.handler(forwardauth.Options{From: family, Endpoints: rules})
				r := with(asks(family, c.endpoint), c.headers...)
				if c.user != "" {
					with(r, "Cookie", cookie(s.as(c.user)))
				}
				status := c.status
				if family == forwardauth.XOriginal && c.nginx != 0 {
					status = c.nginx
				}
				if c.endpoint == "/auth/other" && family == forwardauth.EnvoyPath {
					status = 404
				}
				w := answerTo(h, r)
				if w.Code != status {
					t.Errorf("status: got %d, want %d; log: %s", w.Code, status, s.log)
				}
				if got := w.Header().Get("X-Auth-Request-Preferred-Username"); got != c.username {
					t.Errorf("user: got %q, want %q", got, c.username)
				}
				want := ""
				if c.toLoginURL {
					want = "/accounts/login/?next=/p%3Fq%3D1"
				}
				if got := w.Header().Get("Location"); got != want {
					t.Errorf("Location: got %q, want %q", got, want)
				}
				if got := w.Header().Get("Cache-Control"); got != "no-store" {
					t.Errorf("Cache-Control: got %q, want no-store", got)
				}
				if got := w.Header().Values("Set-Cookie"); got != nil {
					t.Errorf("Set-Cookie: got %q, want none", got)
				}
			})
		}
	}
}

func TestIdentityHeaders(t *testing.T) {
	all := forwardauth.Headers{ID: "x-id", Username: "X-Name", Email: "X-Mail", FullName: "X-Full", Groups: "X-Groups", Staff: "X-Staff", Superuser: "X-Super"}
	s := newSite(t)
	key := s.as("42")
	want := http.Header{"X-Id": {"42"}, "X-Name": {"alice"}, "X-Mail": {"alice@example.com"}, "X-Full": {"Alice Liddell"},
		"X-Groups": {"Authors,editors"}, "X-Staff": {"true"}, "X-Super": {"false"}, "Cache-Control": {"no-store"}}
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Headers: all})
	w := answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(key)))
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("of a user (-want +got):\n%s", diff)
	}

	h = s.handler(forwardauth.Options{From: forwardauth.XForwarded, Headers: all, Endpoints: map[string]forwardauth.Rule{"/auth": forwardauth.Optional}})
	w = answerTo(h, asks(forwardauth.XForwarded, "/auth"))
	for name := range want {
		if name != "Cache-Control" {
			want[name] = []string{""}
		}
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("of no user (-want +got):\n%s", diff)
	}

	// Envoy leaves the client's header where the answer has none.
	h = s.handler(forwardauth.Options{From: forwardauth.EnvoyPath, Headers: all, Endpoints: map[string]forwardauth.Rule{"/auth": forwardauth.Optional}})
	w = answerTo(h, asks(forwardauth.EnvoyPath, "/auth"))
	want = http.Header{"X-Envoy-Auth-Headers-To-Remove": {"x-id,x-name,x-mail,x-full,x-groups,x-staff,x-super"}, "Cache-Control": {"no-store"}}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("of no user, for Envoy (-want +got):\n%s", diff)
	}
}

func TestEncodeText(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, EncodeText: true})
	for id, want := range map[string]string{"42": "alice", "45": "Zo%C3%AB%2C%20%22Inc%22", "46": "new%0D%0AX-Evil%3A%20line", "47": "%20alice", "51": "bad%FF"} {
		w := answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(s.as(id))))
		if got := w.Header().Get("X-Auth-Request-Preferred-Username"); got != want {
			t.Errorf("user %s: got %q, want %q", id, got, want)
		}
	}
	w := answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(s.as("49"))))
	if got, want := w.Header().Get("X-Auth-Request-Groups"), "a%2Cb"; got != want {
		t.Errorf("groups: got %q, want %q", got, want)
	}
}

// TestQuestions are requests that a proxy would not send, or an attacker has it
// send. None may pass, with a good session.
func TestQuestions(t *testing.T) {
	xf, xo, ep := forwardauth.XForwarded, forwardauth.XOriginal, forwardauth.EnvoyPath
	for _, c := range []struct {
		why    string
		family forwardauth.Family
		change func(r *http.Request)
		status int
	}{
		{"as it should be", xf, func(r *http.Request) {}, 200},
		{"as it should be", xo, func(r *http.Request) {}, 200},
		{"as it should be", ep, func(r *http.Request) {}, 200},
		{"Connection: X-Forwarded-Uri took it away", xf, func(r *http.Request) { r.Header.Del("X-Forwarded-Uri") }, 400},
		{"no method", xf, func(r *http.Request) { r.Header.Del("X-Forwarded-Method") }, 400},
		{"no host", xf, func(r *http.Request) { r.Header.Del("X-Forwarded-Host") }, 400},
		{"no scheme", xf, func(r *http.Request) { r.Header.Del("X-Forwarded-Proto") }, 400},
		{"two URIs", xf, func(r *http.Request) { r.Header.Add("X-Forwarded-Uri", "/public") }, 400},
		{"only the other family", xf, func(r *http.Request) { r.Header = asks(xo, "/auth").Header }, 400},
		{"only the other family", xo, func(r *http.Request) { r.Header = asks(xf, "/auth").Header }, 403},
		{"the other family too", xf, func(r *http.Request) { r.Header.Set("X-Original-URL", "https://evil.example/") }, 200},
		{"the other family too", xo, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "/public") }, 200},
		{"no method", xo, func(r *http.Request) { r.Header.Del("X-Original-Method") }, 403},
		{"a path where a URL must be", xo, func(r *http.Request) { r.Header.Set("X-Original-URL", "/p") }, 403},
		{"no path", xo, func(r *http.Request) { r.Header.Set("X-Original-URL", "https://app.example") }, 403},
		{"another scheme", xo, func(r *http.Request) { r.Header.Set("X-Original-URL", "javascript://app.example/%0aalert(1)") }, 403},
		{"a fragment", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "/x#frag") }, 400},
		{"a backslash", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", `/\evil.example`) }, 400},
		{"a backslash in the query, as browsers send it", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", `/?a=\b`) }, 200},
		{"a bad escape", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "/%zz") }, 400},
		{"a control character", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "/a\tb") }, 400},
		{"a space", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "/a b") }, 400},
		{"an absolute URL", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "http://evil.example/") }, 400},
		{"an empty URI", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "") }, 400},
		{"a method in lower case", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Method", "get") }, 400},
		{"a method with a space", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Method", "GET /public") }, 400},
		{"no rule by path: dots", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "/a/../admin") }, 200},
		{"no rule by path: two slashes", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "//evil.example/x") }, 200},
		{"a WebSocket of Traefik", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "wss") }, 200},
		{"OPTIONS *", xf, func(r *http.Request) {
			r.Header.Set("X-Forwarded-Method", "OPTIONS")
			r.Header.Set("X-Forwarded-Uri", "*")
		}, 200},
		{"GET *", xf, func(r *http.Request) { r.Header.Set("X-Forwarded-Uri", "*") }, 400},
		{"the query that Caddy appends", xf, func(r *http.Request) { r.RequestURI = "/auth?allowed_groups=x" }, 200},
		{"an unclean path of the check itself", xf, func(r *http.Request) { r.RequestURI = "/auth/../auth" }, 404},
		{"dots behind the endpoint", ep, func(r *http.Request) { r.RequestURI = "/auth/a/../b" }, 200},
		{"a host behind the endpoint", ep, func(r *http.Request) { r.RequestURI = "/auth//evil.example/x" }, 200},
		{"nothing behind the endpoint", ep, func(r *http.Request) { r.RequestURI = "/auth" }, 404},
		{"another name that begins so", ep, func(r *http.Request) { r.RequestURI = "/authority/x" }, 404},
		{"an absolute URL", ep, func(r *http.Request) { r.RequestURI = "http://evil.example/auth/x" }, 404},
		{"POST", ep, func(r *http.Request) { r.Method = "POST" }, 200},
		{"a health checker's name opens nothing", xf, func(r *http.Request) {
			r.Header.Set("User-Agent", "kube-probe/1.30")
			r.Header.Del("Cookie")
		}, 401},
	} {
		t.Run(c.why+"/"+c.family.String(), func(t *testing.T) {
			s := newSite(t)
			h := s.handler(forwardauth.Options{From: c.family})
			r := with(asks(c.family, "/auth"), "Cookie", cookie(s.as("42")))
			c.change(r)
			w := answerTo(h, r)
			if w.Code != c.status {
				t.Errorf("got %d, want %d", w.Code, c.status)
			}
			if user := w.Header().Get("X-Auth-Request-User"); (user != "") != (c.status == 200) {
				t.Errorf("the identity is %q with status %d", user, w.Code)
			}
		})
	}
}

func TestCookies(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded})
	alice, bob := s.as("42"), s.as("43")
	for _, c := range []struct {
		why    string
		lines  []string
		status int
	}{
		{"two lines", []string{"a=b", cookie(alice)}, 200},
		{"quoted", []string{`sessionid="` + alice + `"`}, 200},
		{"twice the same", []string{cookie(alice) + "; " + cookie(alice)}, 200},
		{"two sessions", []string{cookie(alice) + "; " + cookie(bob)}, 400},
		{"two sessions on two lines", []string{cookie(alice), cookie(bob)}, 400},
		{"joined by Envoy without encode_raw_headers", []string{"a=b," + cookie(alice)}, 400},
		{"a key that is none", []string{cookie("UPPER' OR 1=1")}, 401},
		{"an unknown key", []string{cookie(djsession.NewKey())}, 401},
		{"64 KiB of cookies", []string{strings.Repeat("a=b; ", 13000) + cookie(alice)}, 200},
		{"64 KiB of commas", []string{strings.Repeat("a=b,", 16000) + ";" + cookie(alice)}, 200},
	} {
		t.Run(c.why, func(t *testing.T) {
			r := asks(forwardauth.XForwarded, "/auth")
			r.Header["Cookie"] = c.lines
			if w := answerTo(h, r); w.Code != c.status {
				t.Errorf("got %d, want %d", w.Code, c.status)
			}
		})
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ why, login, uri, host, want string }{
		{"a path", "/login/", "/p?q=1", "app.example", "/login/?next=/p%3Fq%3D1"},
		{"a login page with a query", "/login/?a=b&next=old", "/p", "app.example", "/login/?a=b&next=/p"},
		{"a host for a path", "/login/", "//evil.example/x", "app.example", "/login/?next=/%252Fevil.example/x"},
		{"three slashes", "/login/", "///evil.example/x", "app.example", "/login/?next=/%252F/evil.example/x"},
		{"longer than Django reads", "/login/", "/" + strings.Repeat("a", 3000), "app.example", "/login/"},
		{"a login elsewhere", "https://id.example/login/", "/p", "app.example", "https://id.example/login/?next=https%3A//app.example/p"},
		{"a login elsewhere, a host not ours", "https://id.example/login/", "/p", "evil.example", "https://id.example/login/?next=/p"},
		{"a host with an account", "https://id.example/login/", "/p", "app.example@evil.example", "https://id.example/login/?next=/p"},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := newSite(t)
			h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, LoginURL: c.login, Hosts: []string{"app.example"}})
			r := with(asks(forwardauth.XForwarded, "/auth"), "Accept", browser)
			r.Header.Set("X-Forwarded-Uri", c.uri)
			r.Header.Set("X-Forwarded-Host", c.host)
			if got := answerTo(h, r).Header().Get("Location"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOutage(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Timeout: 20 * time.Millisecond, Endpoints: map[string]forwardauth.Rule{"/auth": forwardauth.Optional}})
	key := s.as("42")
	ask := func() int {
		w := answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(key)))
		if w.Code != 200 && w.Header().Get("Retry-After") == "" {
			t.Errorf("status %d has no Retry-After", w.Code)
		}
		return w.Code
	}
	down := error(djsession.ErrUnavailable)
	for _, c := range []struct {
		why  string
		set  func(on bool)
		want int
	}{
		{"all is well", func(bool) {}, 200},
		{"the store is down", func(on bool) {
			s.store.fail.Store(nil)
			if on {
				s.store.fail.Store(&down)
			}
		}, 503},
		{"the store hangs", func(on bool) { s.store.hang.Store(on) }, 503},
		{"the users' database is down", func(on bool) { s.users.down.Store(on) }, 503},
	} {
		c.set(true)
		if got := ask(); got != c.want {
			t.Errorf("%s: got %d, want %d", c.why, got, c.want)
		}
		c.set(false)
		if got := ask(); got != 200 {
			t.Errorf("after %s: got %d, want 200", c.why, got)
		}
	}
	if strings.Contains(s.log.String(), key) {
		t.Error("the log has a session key")
	}
	if got := strings.Count(s.log.String(), "level=ERROR"); got != 3 {
		t.Errorf("the log has %d errors, want one for each outage:\n%s", got, s.log)
	}
}

func TestKeyInAnErrorOfTheStore(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded})
	key := s.as("42")
	err := error(&keyError{key})
	s.store.fail.Store(&err)
	if w := answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(key))); w.Code != 503 {
		t.Errorf("got %d, want 503", w.Code)
	}
	if strings.Contains(s.log.String(), key) || !strings.Contains(s.log.String(), djsession.Fingerprint(key)) {
		t.Errorf("the log must name the session by its fingerprint: %s", s.log)
	}
}

type keyError struct{ key string }

func (e *keyError) Error() string { return "duplicate entry '" + e.key + "' for key PRIMARY" }

func TestWarningsAreFew(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded})
	for range 100 {
		r := asks(forwardauth.XForwarded, "/auth")
		r.Header.Del("X-Forwarded-Uri")
		answerTo(h, r)
	}
	if got := strings.Count(s.log.String(), "\n"); got != 1 {
		t.Errorf("got %d lines, want 1:\n%s", got, s.log)
	}
	s.now = s.now.Add(time.Minute)
	r := asks(forwardauth.XForwarded, "/auth")
	r.Header.Del("X-Forwarded-Uri")
	answerTo(h, r)
	if got := strings.Count(s.log.String(), "\n"); got != 2 {
		t.Errorf("a minute later: got %d lines, want 2", got)
	}
}

func TestTrusted(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}})
	key := s.as("42")
	for addr, want := range map[string]int{"10.1.2.3:4": 200, "[::ffff:10.1.2.3]:4": 200, "[::1]:4": 200, "192.0.2.1:4": 403, "": 403, "@": 403} {
		r := with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(key))
		r.RemoteAddr = addr
		if w := answerTo(h, r); w.Code != want {
			t.Errorf("from %q: got %d, want %d", addr, w.Code, want)
		}
	}
}

func TestPreflight(t *testing.T) {
	s := newSite(t)
	for _, on := range []bool{false, true} {
		h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Preflight: on, Endpoints: map[string]forwardauth.Rule{"/auth": forwardauth.Staff}})
		r := with(asks(forwardauth.XForwarded, "/auth"), "Origin", "https://other.example", "Access-Control-Request-Method", "POST", "Cookie", cookie(s.as("42")))
		r.Header.Set("X-Forwarded-Method", "OPTIONS")
		w := answerTo(h, r)
		user, sent := w.Header()["X-Auth-Request-User"]
		if on && (w.Code != 200 || !sent || user[0] != "") {
			t.Errorf("on: got %d with the user %q, want 200 without one", w.Code, user)
		}
		if !on && user[0] != "42" {
			t.Errorf("off: got the user %q, want 42: it is a request as others", user)
		}
		r.Header.Del("Access-Control-Request-Method")
		r.Header.Del("Cookie")
		if w := answerTo(h, r); w.Code != 401 {
			t.Errorf("OPTIONS that is not a preflight: got %d, want 401", w.Code)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	s := newSite(t)
	for why, opts := range map[string]*forwardauth.Options{
		"no options":                     nil,
		"no family":                      {},
		"an unknown family":              {From: 9},
		"a short secret":                 {From: forwardauth.XForwarded, Sign: []byte("short")},
		"no endpoints":                   {From: forwardauth.XForwarded, Endpoints: map[string]forwardauth.Rule{}},
		"an endpoint without rule":       {From: forwardauth.XForwarded, Endpoints: map[string]forwardauth.Rule{"/auth": {}}},
		"no slash":                       {From: forwardauth.XForwarded, Endpoints: map[string]forwardauth.Rule{"auth": forwardauth.Staff}},
		"a slash at the end":             {From: forwardauth.XForwarded, Endpoints: map[string]forwardauth.Rule{"/auth/": forwardauth.Staff}},
		"Envoy's below another":          {From: forwardauth.EnvoyPath, Endpoints: map[string]forwardauth.Rule{"/auth": forwardauth.LoggedIn, "/auth/staff": forwardauth.Staff}},
		"a login page of another scheme": {From: forwardauth.XForwarded, LoginURL: "javascript:alert(1)"},
		"a relative login page":          {From: forwardauth.XForwarded, LoginURL: "login/"},
		"a name with a space":            {From: forwardauth.XForwarded, Headers: forwardauth.Headers{ID: "X User"}},
		"a name with an underscore":      {From: forwardauth.XForwarded, Headers: forwardauth.Headers{ID: "X_User"}},
		"a name twice":                   {From: forwardauth.XForwarded, Headers: forwardauth.Headers{ID: "X-User", Username: "x-user"}},
		"a name of the answer's":         {From: forwardauth.XForwarded, Headers: forwardauth.Headers{ID: "Location"}},
		"no user":                        {From: forwardauth.XForwarded, Headers: forwardauth.Headers{Email: "X-Mail"}},
		"a negative time":                {From: forwardauth.XForwarded, Cache: -1},
	} {
		if _, err := forwardauth.New(s.sessions, s.login, opts); err == nil {
			t.Errorf("%s: got no error", why)
		}
	}
}
