package testenv

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

var (
	pgBouncer = &kind{name: "PgBouncer", programs: []string{"pgbouncer"}, dirs: systemDirs, packages: []string{"pgbouncer"}, ask: askPostgreSQL}

	newPgBouncer = &kind{name: "PgBouncer of Debian sid", programs: pgBouncer.programs, newer: &suitePackage{suite: "sid", name: "pgbouncer"}, ask: askPostgreSQL}
)

// PgBouncerOptions is how a pooler is set up. The zero value is this machine's
// PgBouncer: 1.18 in Debian 12, which knows no prepared statements.
type PgBouncerOptions struct {
	// Newer takes the PgBouncer of Debian sid: 1.26.
	Newer bool

	// MaxPrepared is max_prepared_statements, for Newer. Zero: prepared
	// statements are passed on as they come.
	MaxPrepared int
}

// PgBouncer starts a pooler in transaction mode in front of a PostgreSQL
// server, with so few connections that clients share them. It stops when the
// test ends. [Server.Through] returns a database behind it.
func PgBouncer(t testing.TB, server *Server, opts PgBouncerOptions) *Server {
	t.Helper()
	k := pgBouncer
	if opts.Newer {
		k = newPgBouncer
		if err := k.require(); err != nil {
			missing(t, k.name, err)
		}
	}
	pooler, err := k.attempt(func() (*Server, error) { return startPgBouncer(t, k, server, opts) })
	if err != nil {
		missing(t, k.name, err)
	}
	return pooler
}

func startPgBouncer(t testing.TB, k *kind, server *Server, opts PgBouncerOptions) (*Server, error) {
	program, err := k.program(k.programs...)
	if err != nil {
		return nil, err
	}
	dir, err := serverDir("pgbouncer")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	account := "user=" + server.URL.User.Username()
	if password, ok := server.URL.User.Password(); ok {
		account += " password='" + strings.ReplaceAll(password, "'", "''") + "'"
	}
	config := fmt.Sprintf(`[databases]
* = host=%s port=%s %s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 500
ignore_startup_parameters = extra_float_digits
`, server.URL.Hostname(), server.URL.Port(), account, port)
	if opts.Newer {
		config += fmt.Sprintf("max_prepared_statements = %d\n", opts.MaxPrepared)
	}
	ini := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(ini, []byte(config), 0o644); err != nil {
		return nil, err
	}
	p, err := startProcess(dir, syscall.SIGKILL, program, ini)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	if err := p.awaitAt(address, k.answers(address)); err != nil {
		return nil, err
	}
	t.Cleanup(p.stop)
	return &Server{URL: &url.URL{Scheme: "postgres", User: url.User(server.URL.User.Username()), Host: address, Path: "/postgres", RawQuery: "sslmode=disable"}}, nil
}

// Through returns a database of the server behind the pooler, as clients of the
// pooler find it.
func (s *Server) Through(t testing.TB, db *Database) *Database {
	t.Helper()
	through := *db
	through.Settings = maps.Clone(db.Settings)
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = s.Addr()
	through.URL, through.DSN, through.SocketDSN = u.String(), u.String(), ""
	through.Settings["HOST"], through.Settings["PORT"] = s.URL.Hostname(), s.URL.Port()
	return &through
}
