package testenv

import (
	"fmt"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A DurableRedis is a Redis that writes every change to its disk, and can be
// killed and started again. It listens on a socket, whose name stays the same.
type DurableRedis struct {
	Socket string

	dir, program string
	process      *process
}

// StartDurableRedis starts a Redis for one test, and ends it with the test.
func StartDurableRedis(t testing.TB) *DurableRedis {
	t.Helper()
	program, err := find(redis.folders, redis.programs...)
	if err != nil {
		missing(t, "Redis", fmt.Errorf("%w (%s)", err, redis.hint()))
	}
	dir, err := serverFolder("redis")
	if err != nil {
		t.Fatal(err)
	}
	r := &DurableRedis{Socket: filepath.Join(dir, "socket"), dir: dir, program: program}
	r.Start(t)
	t.Cleanup(func() { r.process.stop() })
	return r
}

// Start starts it again with what is on its disk.
func (r *DurableRedis) Start(t testing.TB) {
	t.Helper()
	p, err := startProcess(r.dir, syscall.SIGKILL, r.program, "--port", "0", "--unixsocket", r.Socket, "--unixsocketperm", "777",
		"--dir", r.dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.await(r.answers); err != nil {
		t.Fatal(err)
	}
	r.process = p
}

// Kill ends it without a chance to finish anything.
func (r *DurableRedis) Kill() { r.process.stop() }

func (r *DurableRedis) answers() error {
	conn, err := net.Dial("unix", r.Socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	return askRedis(conn)
}
