package testenv

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"syscall"
)

func startMariaDB(k *kind) (*Server, error) {
	mariadbd, err := k.program(k.programs...)
	if err != nil {
		return nil, err
	}
	install, err := k.program("mariadb-install-db")
	if err != nil {
		return nil, err
	}
	var files []string
	if k.newer != nil {
		files = usr(k)
	}
	dir, err := serverDir("mariadb")
	if err != nil {
		return nil, err
	}
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "socket")
	err = prepare(dir, install, append([]string{"--no-defaults", "--datadir=" + data, "--tmpdir=" + dir,
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"}, files...)...)
	if err != nil {
		return nil, err
	}
	port, err := freePort() // now, because another process may take it before
	if err != nil {
		return nil, err
	}
	// Nothing of it is kept, so it is killed rather than asked to put its pages
	// in order.
	p, err := startProcess(dir, syscall.SIGKILL, mariadbd, append([]string{"--no-defaults", "--datadir=" + data, "--tmpdir=" + dir,
		"--socket=" + socket, "--pid-file=" + filepath.Join(dir, "pid"), "--bind-address=127.0.0.1", "--port=" + port,
		"--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0",
		"--skip-log-bin", "--performance-schema=0", "--skip-name-resolve", "--max-connections=200"}, files...)...)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	if err := p.awaitAt(address, k.answers(address)); err != nil {
		return nil, err
	}
	atStop(p.stop)
	return &Server{URL: &url.URL{Scheme: "mysql", User: url.User("root"), Host: address}, Socket: socket}, nil
}

// askMySQL reads the greeting, which is version 10 of the protocol, or an
// error.
func askMySQL(conn net.Conn) error {
	var greeting [5]byte
	if _, err := io.ReadFull(conn, greeting[:]); err != nil {
		return err
	}
	if greeting[4] != 10 {
		return fmt.Errorf("greeted with protocol %d", greeting[4])
	}
	return nil
}
