package testenv

import (
	"net"
	"net/url"
	"path/filepath"
	"syscall"
	"testing"
)

// A Durable is a server of one test, which can kill it and start it again with
// all that it has acknowledged.
type Durable struct {
	*Server
	start   func() (*process, error)
	process *process
}

// DurablePostgreSQL starts a PostgreSQL server whose commits outlive its death.
func DurablePostgreSQL(t testing.TB) *Durable {
	t.Helper()
	cluster, err := newPostgresCluster(postgreSQL)
	if err != nil {
		missing(t, postgreSQL.name, err)
	}
	return started(t, &Durable{Server: cluster.server(), start: func() (*process, error) { return cluster.start() }})
}

// DurableRedis starts a Redis server that logs each write before it
// acknowledges it.
func DurableRedis(t testing.TB) *Durable {
	t.Helper()
	program, err := redis.program(redis.programs...)
	if err != nil {
		missing(t, redis.name, err)
	}
	dir, err := serverFolder("redis")
	if err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort("127.0.0.1", port)
	m := &Durable{Server: &Server{URL: &url.URL{Scheme: "redis", Host: address}, Socket: filepath.Join(dir, "socket"), kind: redis}}
	m.start = func() (*process, error) {
		p, err := startProcess(dir, syscall.SIGKILL, program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", dir,
			"--appendonly", "yes", "--appendfsync", "always", "--unixsocket", m.Socket, "--unixsocketperm", "777")
		if err != nil {
			return nil, err
		}
		return p, p.awaitAt(address, redis.answers(address))
	}
	return started(t, m)
}

func started(t testing.TB, m *Durable) *Durable {
	t.Helper()
	m.Start(t)
	t.Cleanup(m.Kill)
	return m
}

// Kill ends the server as a crash does.
func (m *Durable) Kill() {
	if m.process != nil {
		m.process.stop()
		m.process = nil
	}
}

// Start starts the server, at the address it had before.
func (m *Durable) Start(t testing.TB) {
	t.Helper()
	process, err := m.start()
	if err != nil {
		t.Fatal(err)
	}
	m.process = process
}
