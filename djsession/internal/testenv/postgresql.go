package testenv

import (
	"net"
	"net/url"
	"path/filepath"
	"syscall"
)

var postgresDirs = append([]string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"}, systemDirs...)

func startPostgreSQL(k *kind) (*Server, error) {
	cluster, err := newPostgresCluster(k)
	if err != nil {
		return nil, err
	}
	p, err := cluster.start("-c", "synchronous_commit=off")
	if err != nil {
		return nil, err
	}
	atStop(p.stop)
	return cluster.server(), nil
}

// A postgresCluster is a data directory, and the port that its server gets.
type postgresCluster struct {
	kind                *kind
	postgres, dir, port string
}

func newPostgresCluster(k *kind) (*postgresCluster, error) {
	postgres, err := k.program(k.programs...)
	if err != nil {
		return nil, err
	}
	// PATH may hold a link to the server alone.
	if postgres, err = filepath.EvalSymlinks(postgres); err != nil {
		return nil, err
	}
	dir, err := serverDir("postgresql")
	if err != nil {
		return nil, err
	}
	c := &postgresCluster{kind: k, postgres: postgres, dir: dir}
	err = prepare(dir, filepath.Join(filepath.Dir(postgres), "initdb"), "-D", c.data(), "-N", "-A", "trust", "-U", "postgres", "-E", "UTF8",
		"--locale=C.UTF-8", "--no-instructions")
	if err != nil {
		return nil, err
	}
	c.port, err = freePort() // now, because another process may take it before
	return c, err
}

// backup makes a standby of a cluster that runs.
func (c *postgresCluster) backup() (*postgresCluster, error) {
	dir, err := serverDir("postgresql")
	if err != nil {
		return nil, err
	}
	b := &postgresCluster{kind: c.kind, postgres: c.postgres, dir: dir}
	err = prepare(dir, filepath.Join(filepath.Dir(c.postgres), "pg_basebackup"), "-D", b.data(), "-h", "127.0.0.1", "-p", c.port, "-U", "postgres",
		"--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	if err != nil {
		return nil, err
	}
	b.port, err = freePort()
	return b, err
}

func (c *postgresCluster) data() string { return filepath.Join(c.dir, "data") }

func (c *postgresCluster) address() string { return net.JoinHostPort("127.0.0.1", c.port) }

func (c *postgresCluster) start(more ...string) (*process, error) {
	// SIGQUIT ends it at once and gives back its shared memory.
	p, err := startProcess(c.dir, syscall.SIGQUIT, c.postgres, append([]string{"-D", c.data(), "-k", c.dir, "-p", c.port,
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off",
		"-c", "dynamic_shared_memory_type=mmap", "-c", "max_connections=200"}, more...)...)
	if err != nil {
		return nil, err
	}
	return p, p.awaitAt(c.address(), c.kind.answers(c.address()))
}

func (c *postgresCluster) server() *Server {
	return &Server{
		URL:    &url.URL{Scheme: "postgres", User: url.User("postgres"), Host: c.address(), Path: "/postgres", RawQuery: "sslmode=disable"},
		Socket: filepath.Join(c.dir, ".s.PGSQL."+c.port),
		kind:   c.kind,
	}
}

// askPostgreSQL logs in: before it is ready the server answers with an error.
func askPostgreSQL(conn net.Conn) error {
	return expect(conn, "\x00\x00\x00\x29\x00\x03\x00\x00user\x00postgres\x00database\x00postgres\x00\x00", "R")
}
