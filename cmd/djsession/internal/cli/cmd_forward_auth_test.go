package cli

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// aliceKey is a session of alice, who is staff, in testdata's database, and
// carolKey one of carol, who is not.
const (
	aliceKey = "alice000000000000000000000000000"
	carolKey = "carol000000000000000000000000000"
)

// lockedBuffer is what a service logs.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// forwardService runs forward-auth on Unix sockets until the test ends.
type forwardService struct {
	log         *lockedBuffer
	main, admin *http.Client
	stop        func() int
}

func startForward(t *testing.T, args ...string) *forwardService {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"db.sqlite3", "secret_key", "secret_key_fallbacks"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := "store = \"db.sqlite3\"\nsecret_key_file = \"secret_key\"\nsecret_key_fallbacks_file = \"secret_key_fallbacks\"\n"
	if err := os.WriteFile(filepath.Join(dir, "djsession.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	main, admin := filepath.Join(dir, "main"), filepath.Join(dir, "admin")
	s := &forwardService{log: new(lockedBuffer), main: socketClient(t, main), admin: socketClient(t, admin)}
	ctx, cancel := context.WithCancel(context.Background())
	a := newApp(strings.NewReader(""), io.Discard, s.log, func(string) (string, bool) { return "", false })
	done := make(chan int, 1)
	go func() {
		done <- a.run(ctx, append([]string{"forward-auth", "--config", filepath.Join(dir, "djsession.toml"), "--listen", "unix:" + main,
			"--admin-listen", "unix:" + admin}, args...))
	}()
	s.stop = sync.OnceValue(func() int {
		cancel()
		return <-done
	})
	t.Cleanup(func() { s.stop() })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if response, err := s.admin.Get("http://admin/healthz"); err == nil {
			response.Body.Close()
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("forward-auth does not answer: %s", s.log)
		}
	}
}

func socketClient(t *testing.T, path string) *http.Client {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func send(t *testing.T, client *http.Client, method, url string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func nginxAsks(key string) http.Header {
	return http.Header{"X-Original-Url": {"https://app.example/p"}, "X-Original-Method": {"GET"}, "Cookie": {"sessionid=" + key}}
}

func TestForwardAuth(t *testing.T) {
	s := startForward(t, "--proxy", "nginx", "--allow", "staff", "--headers", "username=X-Webauth-User", "--trusted", "192.0.2.1")
	for _, c := range []struct {
		why, path, key string
		status         int
		user           string
	}{
		{"a user", "/auth", carolKey, 200, "carol"},
		{"staff", "/auth/staff", aliceKey, 200, "alice"},
		{"not staff", "/auth/staff", carolKey, 403, ""},
		{"not declared", "/auth/superuser", aliceKey, 403, ""},
		{"an old password", "/auth", "oldpassword000000000000000000000", 401, ""},
		{"a user that is not active", "/auth", "dave0000000000000000000000000000", 401, ""},
		{"a session that was tampered with", "/auth", "tampered000000000000000000000000", 401, ""},
		{"an expired session", "/auth", "expired0000000000000000000000000", 401, ""},
		{"a key that is not a session's", "/auth", "zzzz0000000000000000000000000000", 401, ""},
		{"health is for the administrator", "/healthz", aliceKey, 403, ""},
		{"metrics too", "/metrics", aliceKey, 403, ""},
	} {
		response, _ := send(t, s.main, "GET", "http://main"+c.path, nginxAsks(c.key))
		if got := response.Header.Get("X-Webauth-User"); response.StatusCode != c.status || got != c.user {
			t.Errorf("%s: got %d %q, want %d %q", c.why, response.StatusCode, got, c.status, c.user)
		}
	}

	if response, _ := send(t, s.admin, "GET", "http://admin/readyz", nil); response.StatusCode != 200 {
		t.Errorf("/readyz: got %d, want 200", response.StatusCode)
	}
	_, metrics := send(t, s.admin, "GET", "http://admin/metrics", nil)
	for _, want := range []string{
		`djsession_forward_auth_answers_total{endpoint="/auth",status="200",reason="ok"} 1`,
		`djsession_forward_auth_answers_total{endpoint="/auth",status="401",reason="no session"} 2`,
		`djsession_forward_auth_answers_total{endpoint="/auth/staff",status="403",reason="forbidden"} 1`,
		`djsession_forward_auth_answers_total{endpoint="",status="403",reason="no endpoint"} 3`,
		`djsession_store_seconds_count{op="load",outcome="ok"} 5`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("/metrics lacks %s:\n%s", want, metrics)
		}
	}
	if response, _ := send(t, s.admin, "GET", "http://admin/auth", nginxAsks(aliceKey)); response.StatusCode != 404 {
		t.Errorf("the admin listener answers /auth with %d, want 404", response.StatusCode)
	}
	if got := s.stop(); got != fail.Done {
		t.Errorf("exit status: got %d, want %d: %s", got, fail.Done, s.log)
	}
	if text := s.log.String(); strings.Contains(text, aliceKey) || strings.Contains(text, carolKey) {
		t.Errorf("the log has a session key: %s", text)
	}
}

func TestShadow(t *testing.T) {
	s := startForward(t, "--proxy", "nginx")
	for _, c := range []struct{ key, django string }{
		{carolKey, "3"}, {carolKey, "3"}, {carolKey, "1"}, {carolKey, ""}, {"zzzz0000000000000000000000000000", "2"}, {"zzzz0000000000000000000000000000", ""},
	} {
		header := http.Header{"Cookie": {"sessionid=" + c.key}, "X-Django-User": {c.django}}
		if response, body := send(t, s.admin, "POST", "http://admin/shadow", header); response.StatusCode != 200 || body != "ok\n" {
			t.Errorf("got %d %q, want 200 without an identity", response.StatusCode, body)
		}
	}
	_, got := send(t, s.admin, "GET", "http://admin/shadow", nil)
	want := `{"same":3,"only_go":1,"only_django":1,"another_user":1,"undecided":0,"reasons":{"no session":1}}` + "\n"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if response, _ := send(t, s.admin, "POST", "http://admin/shadow", http.Header{"Cookie": {"sessionid=" + carolKey}}); response.StatusCode != 400 {
		t.Errorf("without X-Django-User: got %d, want 400", response.StatusCode)
	}
}

func TestForwardAuthRefuses(t *testing.T) {
	for why, args := range map[string][]string{
		"no proxy":               {},
		"an unknown proxy":       {"--proxy", "squid"},
		"an unknown rule":        {"--proxy", "nginx", "--allow", "admins"},
		"half a permission":      {"--proxy", "nginx", "--allow", "perm:shop"},
		"a network that is none": {"--proxy", "nginx", "--trusted", "localhost"},
		"unknown headers":        {"--proxy", "nginx", "--headers", "user=X-User"},
		"half of TLS":            {"--proxy", "nginx", "--tls-cert", "cert.pem"},
		"no store":               {"--proxy", "nginx"},
		"an unknown printed one": {"--print-config", "squid"},
	} {
		var stderr strings.Builder
		a := newApp(strings.NewReader(""), io.Discard, &stderr, func(name string) (string, bool) { return "", false })
		if got := a.run(t.Context(), append([]string{"forward-auth"}, args...)); got != fail.Usage {
			t.Errorf("%s: got the exit status %d, want %d: %s", why, got, fail.Usage, &stderr)
		}
	}
}
