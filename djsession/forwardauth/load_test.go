package forwardauth_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// serve runs the server of a handler and returns its address.
func serve(t *testing.T, h *forwardauth.Handler, change func(*http.Server)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := forwardauth.NewServer(h)
	if change != nil {
		change(server)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Minute))
	return conn
}

const question = "GET /auth HTTP/1.1\r\nHost: auth\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Uri: /p\r\nX-Forwarded-Host: app.example\r\nX-Forwarded-Proto: https\r\n"

// TestManyCookies sends the session's cookie after 64 KiB of others.
func TestManyCookies(t *testing.T) {
	s := newSite(t)
	address := serve(t, s.handler(forwardauth.Options{From: forwardauth.XForwarded}), nil)
	for _, c := range []struct {
		why    string
		size   int
		status int
	}{{"64 KiB", 64 << 10, 200}, {"more than a server takes", 256 << 10, 431}} {
		conn := dial(t, address)
		// A server that takes no more may close while this is sent.
		_, _ = fmt.Fprintf(conn, "%sCookie: big=%s; %s\r\n\r\n", question, strings.Repeat("x", c.size), cookie(s.as("42")))
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", c.why, err)
		}
		if got := response.Header.Get("X-Auth-Request-User"); response.StatusCode != c.status || (got == "42") != (c.status == 200) {
			t.Errorf("%s: got %d for the user %q, want %d", c.why, response.StatusCode, got, c.status)
		}
	}
}

// TestSlowClients has clients that never end their request, while another asks.
func TestSlowClients(t *testing.T) {
	s := newSite(t)
	address := serve(t, s.handler(forwardauth.Options{From: forwardauth.XForwarded}), func(server *http.Server) {
		if server.ReadHeaderTimeout <= 0 || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 {
			t.Error("a slow client is never cut off")
		}
		server.ReadHeaderTimeout, server.ReadTimeout = 300*time.Millisecond, 300*time.Millisecond // so that the test is short
	})
	var slow []net.Conn
	for range 50 {
		conn := dial(t, address)
		io.WriteString(conn, question+"Cookie: a=")
		slow = append(slow, conn)
	}
	conn := dial(t, address)
	fmt.Fprintf(conn, "%sCookie: %s\r\n\r\n", question, cookie(s.as("42")))
	if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || response.StatusCode != 200 {
		t.Errorf("a client next to slow ones: got %v, %v; want 200", response, err)
	}
	for i, conn := range slow {
		if text, err := io.ReadAll(conn); err != nil || strings.Contains(string(text), "200 OK") {
			t.Fatalf("slow client %d: got %q, %v; want to be cut off", i, text, err)
		}
	}
}

// TestIdleConnections says what a proxy's idle connections cost, without what
// the kernel keeps: they are pipes, because a process may open too few files.
func TestIdleConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("it opens 10,000 connections")
	}
	const connections, limit = 10_000, 64 << 10
	s := newSite(t)
	listener := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := forwardauth.NewServer(s.handler(forwardauth.Options{From: forwardauth.XForwarded}))
	go server.Serve(listener)
	defer server.Close()
	request := question + "Cookie: " + cookie(s.as("42")) + "\r\n\r\n"
	before := inUse()
	buffer := make([]byte, 4096)
	for i := range connections {
		client, end := net.Pipe()
		defer client.Close()
		listener.conns <- end
		io.WriteString(client, request)
		if n, err := client.Read(buffer); err != nil || !strings.HasPrefix(string(buffer[:n]), "HTTP/1.1 200") {
			t.Fatalf("connection %d: got %q, %v", i, buffer[:n], err)
		}
	}
	used := inUse() - before
	t.Logf("%d idle connections hold %.1f MiB, %d bytes each", connections, float64(used)/(1<<20), used/connections)
	if used/connections > limit {
		t.Errorf("an idle connection holds %d bytes, want at most %d", used/connections, limit)
	}
}

// pipes is a listener for connections within this process.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// inUse is the memory of the heap and the stacks.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
