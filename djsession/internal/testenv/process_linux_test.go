package testenv

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestPortOfAnother has a server come too late for its port, where the one that
// has it answers all questions.
func TestPortOfAnother(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address := listener.Addr().String()
	answers := func() error { return nil }
	dir, err := serverDir("late")
	if err != nil {
		t.Fatal(err)
	}
	p, err := startProcess(dir, syscall.SIGKILL, "sh", "-c", "sleep 0.2; echo the port is taken; exit 1")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.awaitAt(address, answers); err == nil || !strings.Contains(err.Error(), "the port is taken") {
		t.Errorf("got error %v", err)
	}
	if !listens(os.Getpid(), address) {
		t.Error("a process does not know its own port")
	}
}
