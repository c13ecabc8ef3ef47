package testenv

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"syscall"
)

var postgresFolders = append([]string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"}, systemFolders...)

func startPostgreSQL(k *kind) (*Server, error) {
	postgres, err := find(k.folders, k.programs...)
	if err != nil {
		return nil, err
	}
	// PATH may hold a link to the server alone.
	if postgres, err = filepath.EvalSymlinks(postgres); err != nil {
		return nil, err
	}
	dir, err := serverFolder("postgresql")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	err = prepare(dir, filepath.Join(filepath.Dir(postgres), "initdb"), "-D", data, "-N", "-A", "trust", "-U", "postgres", "-E", "UTF8",
		"--locale=C.UTF-8", "--no-instructions")
	if err != nil {
		return nil, err
	}
	port, err := freePort() // now, because somebody may take it meanwhile
	if err != nil {
		return nil, err
	}
	// SIGQUIT ends it at once and gives back its shared memory.
	p, err := startProcess(dir, syscall.SIGQUIT, postgres, "-D", data, "-k", dir, "-p", port, "-c", "listen_addresses=127.0.0.1",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off",
		"-c", "dynamic_shared_memory_type=mmap", "-c", "max_connections=200")
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	if err := p.awaitAt(address, k.answers(address)); err != nil {
		return nil, err
	}
	atStop(p.stop)
	return &Server{
		URL:    &url.URL{Scheme: "postgres", User: url.User("postgres"), Host: address, Path: "/postgres", RawQuery: "sslmode=disable"},
		Socket: filepath.Join(dir, fmt.Sprintf(".s.PGSQL.%s", port)),
	}, nil
}

// askPostgreSQL logs in: before it is ready the server answers with an error.
func askPostgreSQL(conn net.Conn) error {
	return expect(conn, "\x00\x00\x00\x29\x00\x03\x00\x00user\x00postgres\x00database\x00postgres\x00\x00", "R")
}
