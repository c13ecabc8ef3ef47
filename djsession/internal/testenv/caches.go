package testenv

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
)

func startRedis(k *kind) (*Server, error) {
	return startCache(k, func(port, socket string) []string {
		return []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--unixsocket", socket, "--unixsocketperm", "777"}
	})
}

func startMemcached(k *kind) (*Server, error) {
	return startCache(k, func(port, socket string) []string {
		return []string{"-l", "127.0.0.1", "-p", port, "-U", "0"}
	})
}

func startCache(k *kind, args func(port, socket string) []string) (*Server, error) {
	program, err := k.program(k.programs...)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := serverDir("cache")
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "socket")
	p, err := startProcess(dir, syscall.SIGKILL, program, args(port, socket)...)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	if err := p.awaitAt(address, k.answers(address)); err != nil {
		return nil, err
	}
	atStop(p.stop)
	if _, err := os.Stat(socket); err != nil {
		socket = "" // memcached listens either on TCP or on a socket
	}
	return &Server{URL: &url.URL{Scheme: k.scheme, Host: address}, Socket: socket}, nil
}

func askRedis(conn net.Conn) error { return expect(conn, "PING\r\n", "+PONG\r\n") }

func askMemcached(conn net.Conn) error { return expect(conn, "version\r\n", "VERSION ") }
