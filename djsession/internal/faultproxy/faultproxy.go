// Package faultproxy puts a bad network between a client and a server, for
// tests: it cuts, delays, garbles and goes silent.
package faultproxy

import (
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// A Fault is what goes wrong. The zero value lets everything pass.
type Fault struct {
	// Refuse closes every connection, those that are open and those to come.
	Refuse bool

	// Silent lets questions through but no answers: the client waits.
	Silent bool

	// Delay holds up each piece of an answer.
	Delay time.Duration

	// CutAfter closes the connection when it has let through so many bytes of
	// answers; a negative number is none at all.
	CutAfter int

	// Garble changes each piece of an answer, which it may overwrite.
	Garble func(piece []byte) []byte

	// Answer stands for whatever the server says to one piece of a question.
	Answer string

	// Reply makes an answer of each piece of a question, in place of the
	// server.
	Reply func(question []byte) string
}

// A Proxy stands between a client and a server. It is safe for concurrent use.
type Proxy struct {
	server   string
	listener net.Listener
	workers  sync.WaitGroup

	mu     sync.Mutex
	fault  Fault
	passed int // bytes of answers since the fault was set
	open   []net.Conn
	closed bool
}

// New starts a proxy on the loopback interface for the server at an address. It
// ends with the test.
func New(t testing.TB, server string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{server: server, listener: listener}
	p.workers.Go(p.accept)
	t.Cleanup(func() {
		listener.Close()
		p.mu.Lock()
		p.closed = true
		p.closeAll()
		p.mu.Unlock()
		p.workers.Wait()
	})
	return p
}

// Addr is where the proxy listens: host:port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Set puts a fault in the place of the one before.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.passed = f, 0
	if f.Refuse {
		p.closeAll()
	}
}

// Cut closes the connections that are open. Those to come are as the fault has
// it.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closeAll()
}

func (p *Proxy) closeAll() {
	for _, conn := range p.open {
		conn.Close()
	}
	p.open = nil
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		if !p.hold(client, server) {
			continue
		}
		p.workers.Go(func() { p.pipe(client, server, p.question(client)) })
		p.workers.Go(func() { p.pipe(server, client, p.answer) })
	}
}

// hold keeps the connections to be cut later, or closes them now.
func (p *Proxy) hold(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.fault.Refuse {
		for _, conn := range conns {
			conn.Close()
		}
		return false
	}
	p.open = append(p.open, conns...)
	return true
}

// pipe passes on what change makes of each piece, until either side closes or
// change says so.
func (p *Proxy) pipe(from, to net.Conn, change func(piece []byte) (passed []byte, open bool)) {
	defer from.Close()
	defer to.Close()
	defer p.forget(from)
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		piece, open := change(buf[:n])
		if _, err := to.Write(piece); err != nil || !open {
			return
		}
	}
}

func (p *Proxy) forget(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.open, conn); i >= 0 {
		p.open = slices.Delete(p.open, i, i+1)
	}
}

func (p *Proxy) question(client net.Conn) func([]byte) ([]byte, bool) {
	return func(piece []byte) ([]byte, bool) {
		p.mu.Lock()
		answer, reply := p.fault.Answer, p.fault.Reply
		p.mu.Unlock()
		if reply != nil {
			answer = reply(piece)
		}
		if answer != "" {
			_, err := client.Write([]byte(answer))
			return nil, err == nil
		}
		return piece, true
	}
}

func (p *Proxy) answer(piece []byte) ([]byte, bool) {
	p.mu.Lock()
	f := p.fault
	left := f.CutAfter - p.passed
	p.passed += len(piece)
	p.mu.Unlock()
	time.Sleep(f.Delay)
	if f.Silent {
		return nil, true
	}
	if f.Garble != nil {
		piece = f.Garble(piece)
	}
	if f.CutAfter != 0 && len(piece) >= left {
		return piece[:max(0, left)], false
	}
	return piece, true
}
