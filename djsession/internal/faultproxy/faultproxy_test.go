package faultproxy_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/faultproxy"
)

// echo is a server that says what it hears, a line at a time.
func echo(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.Copy(conn, conn)
			}()
		}
	}()
	return listener.Addr().String()
}

// say returns what comes back for a line within that time, and whether the
// connection lived on.
func say(t *testing.T, p *faultproxy.Proxy, fault faultproxy.Fault, patience time.Duration) (string, error) {
	t.Helper()
	p.Set(faultproxy.Fault{})
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	lines := bufio.NewReader(conn)
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, "first\n")
	if line, err := lines.ReadString('\n'); line != "first\n" {
		t.Fatalf("got %q, %v without a fault", line, err)
	}
	p.Set(fault)
	conn.SetDeadline(time.Now().Add(patience))
	io.WriteString(conn, "second\n")
	return lines.ReadString('\n')
}

func TestFaults(t *testing.T) {
	p := faultproxy.New(t, echo(t))
	const soon, ever = 200 * time.Millisecond, 10 * time.Second // nothing comes soon, and what comes comes
	for _, row := range []struct {
		name  string
		fault faultproxy.Fault
		wait  time.Duration
		want  string
	}{
		{"none", faultproxy.Fault{}, ever, "second\n"},
		{"refused", faultproxy.Fault{Refuse: true}, ever, ""},
		{"silent", faultproxy.Fault{Silent: true}, soon, ""},
		{"a delay that is short enough", faultproxy.Fault{Delay: time.Millisecond}, ever, "second\n"},
		{"a delay that is too long", faultproxy.Fault{Delay: 5 * soon}, soon, ""},
		{"cut in the middle", faultproxy.Fault{CutAfter: 3}, ever, "sec"},
		{"cut before anything", faultproxy.Fault{CutAfter: -1}, ever, ""},
		{"garbled", faultproxy.Fault{Garble: bytes.ToUpper}, ever, "SECOND\n"},
		{"answered by somebody else", faultproxy.Fault{Answer: "-LOADING\n"}, ever, "-LOADING\n"},
		{"answered as asked", faultproxy.Fault{Reply: func(question []byte) string { return "-" + string(question) }}, ever, "-second\n"},
	} {
		if got, err := say(t, p, row.fault, row.wait); got != row.want {
			t.Errorf("%s: got %q, %v, want %q", row.name, got, err, row.want)
		}
	}
}

func TestCut(t *testing.T) {
	p := faultproxy.New(t, echo(t))
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, "x\n")
	if _, err := io.ReadFull(conn, make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	p.Cut()
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d bytes of a connection that was cut", n)
	}
	if got, err := say(t, p, faultproxy.Fault{}, 10*time.Second); got != "second\n" {
		t.Errorf("the next connection: got %q, %v", got, err)
	}
}
