package interop

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/forwardauth"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// A frontDoor is a proxy that asks whether requests may reach an application.
type frontDoor struct {
	config  string // of --print-config
	program string // of testenv.Proxy
	family  forwardauth.Family

	malformed int // what a client gets for our answer to a question that is not well formed
	outage    int // for our 503
	dropped   int // while there is no service
}

var frontDoors = map[string]frontDoor{
	"nginx":      {"nginx", "nginx", forwardauth.XOriginal, 403, 500, 500},
	"caddy":      {"caddy", "caddy", forwardauth.XForwarded, 400, 503, 502},
	"caddy-new":  {"caddy", "caddy-new", forwardauth.XForwarded, 400, 503, 502},
	"haproxy":    {"haproxy", "haproxy", forwardauth.XForwarded, 400, 503, 503},
	"envoy":      {"envoy", "envoy", forwardauth.EnvoyPath, 400, 503, 503},
	"envoy-grpc": {"envoy-grpc", "envoy", forwardauth.EnvoyGRPC, 400, 503, 503},
}

// A lab is a Django site, an auth service for its users, and an application
// behind a proxy.
type lab struct {
	*pair
	door  frontDoor
	store *brokenStore

	auth  *httptest.Server
	bytes atomic.Int64 // of the bodies that the auth service was sent

	django, app *httptest.Server
	mu          sync.Mutex
	seen        []*http.Request // by the application
	lengths     []int64         // of their bodies

	front map[string]string // endpoint -> where the proxy listens
}

// A brokenStore fails when it is told to.
type brokenStore struct {
	djsession.Store
	down atomic.Bool
}

func (s *brokenStore) Load(ctx context.Context, key string) (*djsession.Record, error) {
	if s.down.Load() {
		return nil, djsession.ErrUnavailable
	}
	return s.Store.Load(ctx, key)
}

var forwardEndpoints = map[string]forwardauth.Rule{"/auth/user": forwardauth.LoggedIn, "/auth/staff": forwardauth.Staff, "/auth/optional": forwardauth.Optional}

func newLab(t *testing.T, p *pair, door frontDoor) *lab {
	l := &lab{pair: p, door: door, store: &brokenStore{Store: p.store}, front: make(map[string]string)}
	sessions := djsession.NewManager(l.store, &djsession.Options{Logger: slog.New(slog.DiscardHandler)})
	h, err := forwardauth.New(sessions, p.auth, &forwardauth.Options{
		From: door.family, Endpoints: forwardEndpoints, LoginURL: "/admin/login/", Preflight: true, Timeout: 10 * time.Second,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	l.auth = httptest.NewUnstartedServer(nil)
	l.auth.Config = forwardauth.NewServer(h)
	l.auth.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if door.family != forwardauth.EnvoyGRPC {
			n, _ := io.Copy(io.Discard, r.Body)
			l.bytes.Add(n)
		}
		h.ServeHTTP(w, r)
	})
	l.auth.Start()
	l.app = httptest.NewServer(http.HandlerFunc(l.serveApp))
	l.django = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.serveDjango(t, w, r) }))
	for _, s := range []*httptest.Server{l.auth, l.app, l.django} {
		t.Cleanup(s.Close)
	}
	return l
}

// serveApp notes what it is sent, and switches protocols when asked.
func (l *lab) serveApp(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	l.mu.Lock()
	l.seen, l.lengths = append(l.seen, r), append(l.lengths, n)
	l.mu.Unlock()
	if r.Header.Get("Upgrade") == "websocket" {
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		w.Header().Set("Sec-WebSocket-Accept", base64.StdEncoding.EncodeToString(sum[:])) // which HAProxy checks
		w.WriteHeader(http.StatusSwitchingProtocols)
		return
	}
	fmt.Fprintf(w, "the app, for %q", r.Header.Get("X-Auth-Request-User"))
}

// serveDjango answers as the Django site does.
func (l *lab) serveDjango(t *testing.T, w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var got struct {
		Status  int
		Headers map[string]string
		Cookies []string
	}
	l.pair.dj.Run(t, `
		from django.test import Client
		client = Client(HTTP_COOKIE=args["cookie"], HTTP_HOST=args["host"])
		if args["method"] == "POST":
			response = client.post(args["path"], args["body"], content_type="application/x-www-form-urlencoded")
		else:
			response = client.get(args["path"])
		result = {"status": response.status_code, "headers": dict(response.items()), "cookies": [c.OutputString() for c in response.cookies.values()]}
	`, map[string]any{"method": r.Method, "path": r.URL.RequestURI(), "cookie": r.Header.Get("Cookie"), "host": "localhost", "body": string(body)}, &got)
	for name, value := range got.Headers {
		w.Header().Set(name, value)
	}
	w.Header().Del("Content-Length")
	for _, c := range got.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	w.WriteHeader(got.Status)
}

// open starts the proxy for an endpoint, with the configuration that the
// command prints.
func (l *lab) open(t *testing.T, c *command, endpoint string) {
	l.front[endpoint] = testenv.Proxy(t, l.door.program, func(dir, address string) []testenv.ConfigFile {
		print := func(name string) string {
			return c.run(t, "", "forward-auth", "--print-config", name, "--endpoint", endpoint, "--listen", l.auth.Listener.Addr().String(), "--front", address,
				"--upstream", l.app.Listener.Addr().String(), "--django", l.django.Listener.Addr().String(), "--login-url", "/admin/login/", "--lua", dir+"/djsession.lua")
		}
		files := []testenv.ConfigFile{{Name: "config", Text: print(l.door.config)}}
		switch l.door.config {
		case "nginx":
			files[0].Text = fmt.Sprintf("daemon off;\npid %[1]s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\nclient_max_body_size 8m;\n"+
				"client_body_temp_path %[1]s/b;\nproxy_temp_path %[1]s/p;\nfastcgi_temp_path %[1]s/f;\nuwsgi_temp_path %[1]s/u;\nscgi_temp_path %[1]s/s;\n%[2]s\n}\n",
				dir, files[0].Text)
		case "haproxy":
			files = append(files, testenv.ConfigFile{Name: "djsession.lua", Text: print("haproxy.lua")})
		case "envoy", "envoy-grpc":
			files[0].Name = "config.yaml"
		}
		return files
	})
}

// A visit is a request to the front door and what came of it.
type visit struct {
	status int
	header http.Header
	body   string
	app    *http.Request // what the application was sent, nil for nothing
	length int64         // of its body
}

// visit sends a request as it stands: lines of its head after Host.
func (l *lab) visit(t *testing.T, endpoint, method, target string, lines ...string) *visit {
	t.Helper()
	return l.visitBody(t, endpoint, method, target, "", lines...)
}

func (l *lab) visitBody(t *testing.T, endpoint, method, target, body string, lines ...string) *visit {
	t.Helper()
	conn, err := net.DialTimeout("tcp", l.front[endpoint], 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	head := method + " " + target + " HTTP/1.1\r\nHost: app.example\r\n"
	if !strings.Contains(strings.ToLower(strings.Join(lines, "\n")), "connection:") {
		head += "Connection: close\r\n"
	}
	if body != "" || method == "POST" {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	for _, line := range lines {
		head += line + "\r\n"
	}
	l.mu.Lock()
	l.seen, l.lengths = nil, nil
	l.mu.Unlock()
	if _, err := io.WriteString(conn, head+"\r\n"+body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	v := &visit{status: response.StatusCode, header: response.Header}
	if v.status != http.StatusSwitchingProtocols {
		text, _ := io.ReadAll(response.Body)
		v.body = string(text)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.seen) > 1 {
		t.Errorf("%s %s: the application was sent %d requests", method, target, len(l.seen))
	}
	if len(l.seen) > 0 {
		v.app, v.length = l.seen[0], l.lengths[0]
	}
	return v
}

// identities are all values with which an upstream could see a user, whatever
// it takes for the name of a header.
func (v *visit) identities() []string {
	var all []string
	if v.app == nil {
		return nil
	}
	for name, values := range v.app.Header {
		plain := strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
		if plain == "x-auth-request-user" || plain == "x-auth-request-preferred-username" {
			all = append(all, values...)
		}
	}
	return all
}
