package testenv

import (
	"net"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// wsgiDAV is a file server that takes a user from a header when it is told to:
// an application that knows nothing of Django.
var wsgiDAV = &kind{name: "WsgiDAV", wheel: &wheel{"wsgidav==4.3.5", "wsgidav/server/server_cli.py"}}

// WsgiDAV serves a directory with a configuration of the path given, and
// returns its address. It stops when the test ends.
func WsgiDAV(t testing.TB, config, files string) (address string) {
	t.Helper()
	if Required() {
		if err := wsgiDAV.wheel.install(); err != nil {
			missing(t, wsgiDAV.name, err)
		}
	}
	var p *process
	_, err := wsgiDAV.attempt(func() (*Server, error) {
		var err error
		p, address, err = startWsgiDAV(config, files)
		return new(Server), err
	})
	if err != nil {
		missing(t, wsgiDAV.name, err)
	}
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("WsgiDAV says: %s", tail(p.log))
		}
	})
	return address
}

func startWsgiDAV(config, files string) (*process, string, error) {
	if _, err := wsgiDAV.wheel.path(); err != nil {
		return nil, "", err
	}
	python, _, err := findPython(wheelPythons)
	if err != nil {
		return nil, "", err
	}
	dir, err := serverDir("wsgidav")
	if err != nil {
		return nil, "", err
	}
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command(python, "-S", "-m", "wsgidav.server.server_cli", "--config", config, "--server", "wsgiref",
		"--host", "127.0.0.1", "--port", port, "--root", files)
	cmd.Dir = filepath.Dir(config)
	cmd.Env = cleanEnv("PYTHONPATH="+wsgiDAV.wheel.dir(), "PYTHONNOUSERSITE=1", "PYTHONDONTWRITEBYTECODE=1")
	cmd.SysProcAttr = childAttributes(syscall.SIGTERM)
	p, err := launch(cmd, dir, syscall.SIGTERM)
	if err != nil {
		return nil, "", err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	return p, address, p.awaitAt(address, func() error {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
		}
		return err
	})
}
