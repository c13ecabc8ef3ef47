package longrequests

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/coder/websocket"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	_ "modernc.org/sqlite" // sqlite

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/authtest"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

func TestMain(m *testing.M) { testenv.Main(m) }

const secret = "a secret that both sides know"

// A server serves the examples to a user who has logged in, and whom logout
// logs out.
type server struct {
	site   *Site
	http   *httptest.Server
	login  func() (key string)
	logout func(key string)
}

func serve(t *testing.T, store djsession.Store, users auth.UserFinder) *server {
	sessions, login := djsession.NewManager(store, nil), auth.New(users, secret, nil)
	site := &Site{sessions, login, djsession.NewWatcher(sessions, &djsession.WatchOptions{Interval: 50 * time.Millisecond, Judge: login.Judge()})}
	t.Cleanup(site.Watcher.Close)
	s := &server{site: site, http: httptest.NewServer(site.Handler())}
	t.Cleanup(s.http.Close)
	return s
}

// servers are one alone, and one next to a real Django, on which users log in
// and out.
func servers(t *testing.T, test func(t *testing.T, s *server)) {
	t.Run("alone", func(t *testing.T) {
		alice := &auth.User{Username: "alice", IsActive: true}
		s := serve(t, memstore.New(nil), authtest.NewUsers(alice))
		s.login = func() string { return authtest.Cookie(t, s.site.Sessions, s.site.Login, alice, nil).Value }
		s.logout = func(key string) {
			if err := s.site.Sessions.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		}
		test(t, s)
	})
	t.Run("next to Django", func(t *testing.T) {
		db := testenv.SQLite(t)
		dj := testenv.GetDjango(t, "5.2").On(t, db).With(testenv.Settings{"SECRET_KEY": secret})
		dj.Migrate(t)
		dj.Run(t, `
			from django.contrib.auth.models import User
			User.objects.create_user("alice", password="alice's")
		`, nil, nil)
		conn, err := sql.Open("sqlite", db.DSN+"?_pragma=busy_timeout(10000)")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		s := serve(t, dbstore.New(conn, sqldialect.SQLite, djsession.NewCodec(secret, nil), nil), dbusers.New(conn, sqldialect.SQLite, nil))
		s.login = func() (key string) {
			dj.Run(t, `
				from django.contrib.auth.models import User
				from django.test import Client
				client = Client()
				client.force_login(User.objects.get())
				result = client.cookies["sessionid"].value
			`, nil, &key)
			return key
		}
		s.logout = func(key string) {
			dj.Run(t, `
				from django.contrib.auth import logout
				from django.contrib.auth.models import User
				from django.http import HttpRequest
				request = HttpRequest()
				request.session, request.user = store(args["key"]), User.objects.get()
				logout(request)
			`, map[string]any{"key": key}, nil)
		}
		test(t, s)
	})
}

func cookie(key string) http.Header { return http.Header{"Cookie": {"sessionid=" + key}} }

func TestGRPC(t *testing.T) {
	servers(t, func(t *testing.T, s *server) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var seen *auth.User
		who := func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
			seen = User(ctx)
			return handler(ctx, req)
		}
		srv := grpc.NewServer(grpc.ChainUnaryInterceptor(s.site.Unary, who), grpc.StreamInterceptor(s.site.Stream))
		healthpb.RegisterHealthServer(srv, health.NewServer())
		go srv.Serve(listener)
		defer srv.Stop()
		conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		client := healthpb.NewHealthClient(conn)

		key := s.login()
		for _, c := range []struct {
			reason string
			md     []string
			want   codes.Code
		}{
			{"a cookie", []string{"cookie", "x=1; sessionid=" + key}, codes.OK},
			{"a cookie by grpc-gateway", []string{"grpcgateway-cookie", "sessionid=" + key}, codes.OK},
			{"an app's token", []string{"x-session-token", key}, codes.OK},
			{"two tokens", []string{"x-session-token", key, "x-session-token", key}, codes.Unauthenticated},
			{"nothing", nil, codes.Unauthenticated},
			{"a cookie of no session", []string{"cookie", "sessionid=" + djsession.NewKey()}, codes.Unauthenticated},
			{"rubbish", []string{"cookie", "sessionid=" + strings.Repeat("x", 1000)}, codes.Unauthenticated},
		} {
			seen = nil
			_, err := client.Check(metadata.AppendToOutgoingContext(t.Context(), c.md...), new(healthpb.HealthCheckRequest))
			if status.Code(err) != c.want || (c.want == codes.OK) != (seen != nil && seen.Username == "alice") {
				t.Errorf("%s: got %v, and the user %v; want %v", c.reason, err, seen, c.want)
			}
		}

		stream, err := client.Watch(metadata.AppendToOutgoingContext(t.Context(), "cookie", "sessionid="+key), new(healthpb.HealthCheckRequest))
		if err == nil {
			_, err = stream.Recv()
		}
		if err != nil {
			t.Fatal(err)
		}
		s.logout(key)
		if _, err := stream.Recv(); status.Code(err) != codes.Unauthenticated {
			t.Errorf("after the logout: got %v", err)
		}
	})
}

func TestConnect(t *testing.T) {
	servers(t, func(t *testing.T, s *server) {
		client := connect.NewClient[emptypb.Empty, wrapperspb.StringValue](http.DefaultClient, s.http.URL+"/site.Clock/Ticks")
		ask := func(key string) *connect.ServerStreamForClient[wrapperspb.StringValue] {
			req := connect.NewRequest(new(emptypb.Empty))
			req.Header().Set("Cookie", "sessionid="+key)
			stream, err := client.CallServerStream(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			return stream
		}
		if nobody := ask(djsession.NewKey()); nobody.Receive() || connect.CodeOf(nobody.Err()) != connect.CodeUnauthenticated {
			t.Errorf("nobody: got %v", nobody.Err())
		}
		key := s.login()
		stream := ask(key)
		if !stream.Receive() || stream.Msg().Value != "alice" {
			t.Fatalf("got %v, %v", stream.Msg(), stream.Err())
		}
		s.logout(key)
		for stream.Receive() {
		}
		if connect.CodeOf(stream.Err()) != connect.CodeUnauthenticated {
			t.Errorf("after the logout: got %v", stream.Err())
		}
	})
}

func TestEvents(t *testing.T) {
	servers(t, func(t *testing.T, s *server) {
		ask := func(key string) *http.Response {
			req, err := http.NewRequestWithContext(t.Context(), "GET", s.http.URL+"/events", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header = cookie(key)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { resp.Body.Close() })
			return resp
		}
		if nobody := ask(djsession.NewKey()); nobody.StatusCode != http.StatusUnauthorized {
			t.Errorf("nobody: got %d", nobody.StatusCode)
		}
		key := s.login()
		resp := ask(key)
		lines := bufio.NewScanner(resp.Body)
		var first, last string
		for lines.Scan() {
			if text := lines.Text(); text != "" {
				if first == "" {
					first = text
					s.logout(key)
				}
				if strings.HasPrefix(text, "event: ") {
					last = text
				}
			}
		}
		if first != "event: hello" || last != "event: logout" || lines.Err() != nil {
			t.Errorf("got %q ... %q, %v", first, last, lines.Err())
		}
	})
}

func TestSocket(t *testing.T) {
	servers(t, func(t *testing.T, s *server) {
		url := "ws" + strings.TrimPrefix(s.http.URL, "http") + "/socket"
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if _, resp, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: cookie(djsession.NewKey())}); err == nil ||
			resp == nil || resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("nobody: got %v, %v", resp, err)
		}
		key := s.login()
		other := cookie(key)
		other.Set("Origin", "https://evil.example")
		if _, resp, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: other}); err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("another site's page: got %v, %v", resp, err)
		}
		conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: cookie(key)})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		if _, message, err := conn.Read(ctx); err != nil || string(message) != "alice" {
			t.Fatalf("got %q, %v", message, err)
		}
		s.logout(key)
		var closed websocket.CloseError
		if _, _, err := conn.Read(ctx); !errors.As(err, &closed) || closed.Code != websocket.StatusPolicyViolation {
			t.Errorf("after the logout: got %v", err)
		}
	})
}
