package interop

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

const (
	userDoor     = "/auth/user"
	staffDoor    = "/auth/staff"
	optionalDoor = "/auth/optional"

	acceptHTML = "Accept: text/html,*/*"
	acceptJSON = "Accept: application/json"
)

// TestForwardAuth has real proxies ask, with the configurations that the
// command prints, about users who log in on a real Django.
func TestForwardAuth(t *testing.T) {
	dj := testenv.GetDjango(t, "5.2").Own(t, loginSettings(t, nil))
	p := newPair(t, dj, testenv.PostgreSQL(t).Database(t), nil)
	c := buildCommand(t).with(t)
	for name, door := range frontDoors {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, p, door)
			for _, endpoint := range []string{userDoor, staffDoor, optionalDoor} {
				l.open(t, c, endpoint)
			}
			t.Run("who", l.testWho)
			t.Run("login", l.testLogin)
			t.Run("not logged in", l.testNotLoggedIn)
			t.Run("spoofed", l.testSpoofed)
			t.Run("paths", l.testPaths)
			t.Run("bodies", l.testBodies)
			t.Run("cookies", l.testCookies)
			t.Run("names", l.testNames)
			t.Run("methods", l.testMethods)
			t.Run("one connection", l.testOneConnection)
			t.Run("outage", l.testOutage)
		})
	}
}

// loggedIn returns the Cookie line of a user who has logged in on Django.
func (l *lab) loggedIn(t *testing.T, name string) string {
	t.Helper()
	var key string
	l.pair.django(t, `
		client = browser()
		client.force_login(User.objects.get_by_natural_key(args["name"]))
		result = key_of(client)
	`, map[string]any{"name": name}, &key)
	return "Cookie: sessionid=" + key
}

func (l *lab) testWho(t *testing.T) {
	alice, carol := l.loggedIn(t, "alice"), l.loggedIn(t, "carol")
	for _, c := range []struct {
		why, endpoint, cookie string
		status                int
		id, name              string
	}{
		{"a superuser", userDoor, alice, 200, "1", "alice"},
		{"a user", userDoor, carol, 200, "3", "carol"},
		{"staff", staffDoor, alice, 200, "1", "alice"},
		{"not staff", staffDoor, carol, 403, "", ""},
		{"optional, logged in", optionalDoor, carol, 200, "3", "carol"},
		{"optional, not logged in", optionalDoor, "A: b", 200, "", ""},
	} {
		v := l.visit(t, c.endpoint, "GET", "/p?q=1", c.cookie, acceptHTML)
		if v.status != c.status || (v.app != nil) != (c.status == 200) {
			t.Errorf("%s: got %d, and the application was asked: %t; want %d", c.why, v.status, v.app != nil, c.status)
			continue
		}
		if v.app != nil && (v.app.Header.Get("X-Auth-Request-User") != c.id || v.app.Header.Get("X-Auth-Request-Preferred-Username") != c.name) {
			t.Errorf("%s: the application sees %v, want %s, %s", c.why, v.app.Header, c.id, c.name)
		}
		if got := v.header.Values("Set-Cookie"); got != nil {
			t.Errorf("%s: got the cookies %q, want none", c.why, got)
		}
	}
	if v := l.visit(t, staffDoor, "GET", "/p?allowed_groups=x&next=/auth/user", carol); v.status != 403 {
		t.Errorf("what the query says: got %d, want 403", v.status)
	}
}

// testLogin is the way of a person: to a page, to the login page, and back.
func (l *lab) testLogin(t *testing.T) {
	const next = "/admin/login/?next=/p%3Fq%3D1%26r%3D%2Fs"
	v := l.visit(t, userDoor, "GET", "/p?q=1&r=/s", acceptHTML, "X-Forwarded-Uri: /evil", "X-Original-URL: https://evil.example/", "X-Forwarded-Host: evil.example")
	got := v.header.Get("Location")
	if got = strings.TrimPrefix(got, "http://app.example"); v.status != 302 || strings.ReplaceAll(got, "%2F", "/") != strings.ReplaceAll(next, "%2F", "/") {
		t.Fatalf("got %d to %q, want 302 to %q", v.status, got, next)
	}
	if v := l.visit(t, userDoor, "GET", got, acceptHTML); v.status != 200 {
		t.Fatalf("the login page: got %d, want 200", v.status)
	}
	form := "username=alice&password=alice%27s&next=/p%3Fq%3D1%26r%3D/s"
	v = l.visitBody(t, userDoor, "POST", got, form, acceptHTML, "Content-Type: application/x-www-form-urlencoded")
	if v.status != 302 || v.header.Get("Location") != "/p?q=1&r=/s" {
		t.Fatalf("the login: got %d to %q", v.status, v.header.Get("Location"))
	}
	var cookie string
	for _, c := range v.header.Values("Set-Cookie") {
		if pair, _, _ := strings.Cut(c, ";"); strings.HasPrefix(pair, "sessionid=") {
			cookie = "Cookie: " + pair
		}
	}
	if v := l.visit(t, userDoor, "GET", "/p?q=1&r=/s", cookie, acceptHTML); v.status != 200 || v.app.Header.Get("X-Auth-Request-User") != "1" {
		t.Fatalf("back: got %d, want 200 for the user 1", v.status)
	}
	l.pair.django(t, `log_out(browser(args["key"]))`, map[string]any{"key": strings.TrimPrefix(cookie, "Cookie: sessionid=")}, nil)
	if v := l.visit(t, userDoor, "GET", "/p", cookie, acceptJSON); v.status != 401 || v.app != nil {
		t.Errorf("after the logout: got %d, want 401", v.status)
	}
}

// testNotLoggedIn has sessions that Django does not take. None of them changes.
func (l *lab) testNotLoggedIn(t *testing.T) {
	var keys map[string]string
	l.pair.django(t, `
		from datetime import timedelta
		from django.contrib.sessions.models import Session
		from django.utils import timezone
		def session_of(name):
			client = browser()
			client.force_login(User.objects.get_by_natural_key(name))
			return key_of(client)
		for name in ("inactive", "changed", "gone"):
			User.objects.filter(username=name).delete()
			User.objects.create_user(name, password="before")
		result = {"inactive": session_of("inactive"), "changed password": session_of("changed"), "deleted user": session_of("gone"), "expired": session_of("carol"),
			"tampered": session_of("carol"), "flushed": session_of("carol")}
		User.objects.filter(username="inactive").update(is_active=False)
		changed = User.objects.get(username="changed")
		changed.set_password("after")
		changed.save()
		User.objects.filter(username="gone").delete()
		Session.objects.filter(pk=result["expired"]).update(expire_date=timezone.now() - timedelta(seconds=1))
		tampered = Session.objects.get(pk=result["tampered"])
		Session.objects.filter(pk=tampered.pk).update(session_data=tampered.session_data[:-2] + "xx")
		Session.objects.filter(pk=result["flushed"]).delete()
	`, nil, &keys)
	before := l.rows(t)
	keys["no session"], keys["no key"], keys["another alphabet"] = djsession.NewKey(), "", "UPPER' OR 1=1 --"
	for why, key := range keys {
		for _, c := range []struct {
			method, kind string
			status       int
		}{{"GET", acceptJSON, 401}, {"GET", acceptHTML, 302}, {"POST", acceptHTML, 401}, {"HEAD", acceptHTML, 302}} {
			v := l.visit(t, userDoor, c.method, "/p", "Cookie: sessionid="+key, c.kind)
			if v.status != c.status || v.app != nil {
				t.Errorf("%s, %s, %s: got %d, want %d", why, c.method, c.kind, v.status, c.status)
			}
			if got := v.header.Values("Set-Cookie"); got != nil {
				t.Errorf("%s: got the cookies %q, want none", why, got)
			}
		}
	}
	if after := l.rows(t); !slices.Equal(before, after) {
		t.Error("the table of sessions has changed")
	}
	v := l.visit(t, userDoor, "GET", "/p", acceptHTML, "X-Requested-With: XMLHttpRequest")
	if v.status != 401 || v.header.Get("Www-Authenticate") == "" {
		t.Errorf("a script: got %d with the scheme %q, want 401", v.status, v.header.Get("Www-Authenticate"))
	}
}

// rows are the sessions, byte for byte.
func (l *lab) rows(t *testing.T) (rows []string) {
	l.pair.django(t, `
		from django.contrib.sessions.models import Session
		result = ["%s %s %s" % (s.pk, s.session_data, s.expire_date.isoformat()) for s in Session.objects.order_by("pk")]
	`, nil, &rows)
	return rows
}

// testSpoofed sends identity headers of the client's own, in each spelling.
func (l *lab) testSpoofed(t *testing.T) {
	carol := l.loggedIn(t, "carol")
	for _, spelling := range []string{"X-Auth-Request-User", "x-auth-request-user", "X_Auth_Request_User", "X-Auth_Request-User", "X.Auth.Request.User",
		"X-Auth-Request.User", "X-Auth-Request-Preferred-Username", "X_Auth_Request_Preferred_Username"} {
		for _, c := range []struct {
			endpoint, cookie string
			want             []string
		}{{userDoor, carol, []string{"3", "carol"}}, {optionalDoor, "A: b", []string{""}}} {
			v := l.visit(t, c.endpoint, "GET", "/p", c.cookie, spelling+": 1", spelling+": alice")
			if v.app == nil && v.status == 400 { // refused by the proxy
				continue
			}
			if v.status != 200 {
				t.Errorf("%s at %s: got %d, want 200", spelling, c.endpoint, v.status)
			}
			for _, got := range v.identities() {
				if !slices.Contains(c.want, got) {
					t.Errorf("%s at %s: the application sees %q, want %q", spelling, c.endpoint, v.identities(), c.want)
				}
			}
		}
	}
	for _, name := range []string{"Cookie", "X-Forwarded-Uri", "X-Forwarded-Method", "X-Original-URL", "X-Auth-Request-User"} {
		v := l.visit(t, userDoor, "GET", "/p", carol, "Connection: close, "+name)
		if v.app != nil && !slices.Contains(v.identities(), "3") {
			t.Errorf("Connection: %s: the application is asked without a user: %d", name, v.status)
		}
		if v := l.visit(t, userDoor, "GET", "/p", "Connection: close, "+name, "X-Auth-Request-User: 1", acceptJSON); v.app != nil {
			t.Errorf("Connection: %s, not logged in: the application is asked", name)
		}
	}
}

// testPaths sends paths that programs read differently. No request passes
// without a session, and who has one is not mistaken.
func (l *lab) testPaths(t *testing.T) {
	alice := l.loggedIn(t, "alice")
	for _, path := range []string{"/a/../b", "/a//b/./c", "/a;b/../c", "//evil.example/x", "/%2e%2e/b", "/a%2Fb", "/a%00b", "/x#frag", "/x%23frag?y", `/\x`, "/%zz",
		"http://other.example/abs?z", "/auth/user", "/auth/optional/x", "/_djsession"} {
		v := l.visit(t, userDoor, "GET", path, alice, acceptHTML)
		ok := v.status == 200 && v.app != nil && v.app.Header.Get("X-Auth-Request-User") == "1"
		refused := v.app == nil && (v.status == 400 || v.status == 403 || v.status == 404)
		if !ok && !refused {
			t.Errorf("%s, logged in: got %d, asked: %t", path, v.status, v.app != nil)
		}
		v = l.visit(t, userDoor, "GET", path, acceptHTML)
		if v.app != nil {
			t.Errorf("%s, not logged in: the application is asked", path)
		}
		if to := strings.TrimPrefix(v.header.Get("Location"), "http://app.example"); v.status == 302 && !strings.HasPrefix(to, "/admin/login/") {
			t.Errorf("%s: leads to %q", path, to)
		} else if strings.Contains(to, "next=//") || strings.Contains(to, "next=http") {
			t.Errorf("%s: would lead back to %q", path, to)
		}
	}
}

func (l *lab) testBodies(t *testing.T) {
	alice := l.loggedIn(t, "alice")
	body := strings.Repeat("x", 1<<20)
	before := l.bytes.Load()
	v := l.visitBody(t, userDoor, "POST", "/upload", body, alice, acceptHTML)
	if v.status != 200 || v.length != 1<<20 {
		t.Errorf("got %d, and the application %d bytes; want 200 and %d", v.status, v.length, 1<<20)
	}
	if got := l.bytes.Load() - before; got != 0 {
		t.Errorf("the auth service was sent %d bytes of it", got)
	}
	v = l.visit(t, userDoor, "GET", "/socket", alice, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")
	if v.status != http.StatusSwitchingProtocols {
		t.Errorf("a WebSocket: got %d, want 101", v.status)
	}
	v = l.visit(t, userDoor, "GET", "/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")
	if v.status != 401 || v.app != nil {
		t.Errorf("a WebSocket, not logged in: got %d, want 401", v.status)
	}
}

func (l *lab) testCookies(t *testing.T) {
	alice, carol := l.loggedIn(t, "alice"), l.loggedIn(t, "carol")
	value := func(line string) string { return strings.TrimPrefix(line, "Cookie: ") }
	two := l.door.malformed
	for _, c := range []struct {
		why    string
		lines  []string
		status int
	}{
		{"two lines", []string{"Cookie: a=b", alice}, 200},
		{"quoted", []string{`Cookie: sessionid="` + strings.TrimPrefix(alice, "Cookie: sessionid=") + `"`}, 200},
		{"two sessions", []string{alice + "; " + value(carol)}, two},
		{"two sessions on two lines", []string{carol, alice}, two},
		{"a comma", []string{"Cookie: a=b," + value(alice)}, two},
		{"7 KiB of cookies", []string{alice + "; big=" + strings.Repeat("x", 7000)}, 200},
	} {
		v := l.visit(t, userDoor, "GET", "/p", append(c.lines, acceptJSON)...)
		if v.status != c.status || (v.app != nil) != (c.status == 200) {
			t.Errorf("%s: got %d, want %d", c.why, v.status, c.status)
		}
		if v.app != nil && v.app.Header.Get("X-Auth-Request-User") != "1" {
			t.Errorf("%s: the application sees another user: %v", c.why, v.app.Header)
		}
	}
}

// testNames has users with names that a header may change.
func (l *lab) testNames(t *testing.T) {
	for name, status := range map[string]int{"Zoë": 200, `a, "b"`: 200, "a\r\nX-Auth-Request-User: 1": l.door.outage, " alice": l.door.outage} {
		l.pair.django(t, `User.objects.get_or_create(username=args["name"])`, map[string]any{"name": name}, nil)
		v := l.visit(t, userDoor, "GET", "/p", l.loggedIn(t, name))
		if v.status != status {
			t.Errorf("%q: got %d, want %d", name, v.status, status)
		}
		if v.app != nil && v.app.Header.Get("X-Auth-Request-Preferred-Username") != name {
			t.Errorf("%q: the application sees %q", name, v.app.Header.Get("X-Auth-Request-Preferred-Username"))
		}
	}
}

func (l *lab) testMethods(t *testing.T) {
	alice := l.loggedIn(t, "alice")
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		if v := l.visit(t, userDoor, method, "/p", alice); v.status != 200 || v.app == nil || v.app.Method != method {
			t.Errorf("%s: got %d, want 200", method, v.status)
		}
	}
	v := l.visit(t, userDoor, "OPTIONS", "/p", "Origin: https://other.example", "Access-Control-Request-Method: PUT", "X-Auth-Request-User: 1")
	if got := v.identities(); v.status != 200 || v.app == nil || strings.Join(got, "") != "" {
		t.Errorf("preflight: got %d for %q, want 200 for no user", v.status, got)
	}
}

// testOneConnection sends the requests of two users over one connection.
func (l *lab) testOneConnection(t *testing.T) {
	users := [][2]string{{l.loggedIn(t, "alice"), "1"}, {l.loggedIn(t, "carol"), "3"}, {"A: b", ""}}
	conn, err := net.Dial("tcp", l.front[optionalDoor])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	answers := bufio.NewReader(conn)
	for i := range 100 {
		user := users[i%len(users)]
		fmt.Fprintf(conn, "GET /p HTTP/1.1\r\nHost: app.example\r\n%s\r\n\r\n", user[0])
		response, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		if want := fmt.Sprintf("the app, for %q", user[1]); string(body) != want {
			t.Fatalf("request %d: got %q, want %q", i, body, want)
		}
	}
}

// testOutage ends with the service gone: it comes last.
func (l *lab) testOutage(t *testing.T) {
	alice := l.loggedIn(t, "alice")
	l.store.down.Store(true)
	for _, endpoint := range []string{userDoor, optionalDoor} {
		if v := l.visit(t, endpoint, "GET", "/p", alice, acceptHTML); v.status != l.door.outage || v.app != nil {
			t.Errorf("the store is down, %s: got %d, want %d", endpoint, v.status, l.door.outage)
		}
	}
	l.store.down.Store(false)
	if v := l.visit(t, userDoor, "GET", "/p", alice, acceptHTML); v.status != 200 {
		t.Errorf("the store is back: got %d, want 200", v.status)
	}
	l.auth.CloseClientConnections()
	l.auth.Close()
	if v := l.visit(t, optionalDoor, "GET", "/p", alice, acceptHTML); v.status != l.door.dropped || v.app != nil {
		t.Errorf("the service is gone: got %d, want %d", v.status, l.door.dropped)
	}
}
