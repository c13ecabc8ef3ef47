package testenv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a running server.
type Server struct {
	// URL is where it listens: postgres://, mysql://, redis:// or memcached://,
	// on TCP.
	URL *url.URL
	// Socket is the path of its Unix socket: empty if there is none or the
	// environment named the server.
	Socket string
	kind   *kind
}

// Addr returns the server's host:port.
func (s *Server) Addr() string { return s.URL.Host }

// Name returns what sort of server it is, such as "MySQL".
func (s *Server) Name() string { return s.kind.name }

// kind is a sort of server: how to find it, get it and start it.
type kind struct {
	name     string        // for people
	scheme   string        // of its URL
	variable string        // of the environment, naming a server
	port     string        // the usual one
	programs []string      // any of them
	dirs     []string      // where the programs may be, besides PATH
	packages []string      // Debian's
	newer    *suitePackage // in place of packages: of another Debian suite
	wheel    *wheel        // in place of packages: of PyPI
	start    func(k *kind) (*Server, error)
	ask      func(conn net.Conn) error // nil when the server answered
	shared   func() (*Server, error)
}

// The servers that this machine's package manager has, and the newest that
// Debian has.
var (
	postgreSQL = &kind{name: "PostgreSQL", scheme: "postgres", variable: "DJSESSION_TEST_POSTGRES", port: "5432",
		programs: []string{"postgres"}, dirs: postgresDirs, packages: []string{"postgresql"},
		start: startPostgreSQL, ask: askPostgreSQL}
	newPostgreSQL = &kind{name: "PostgreSQL 18", scheme: "postgres", variable: "DJSESSION_TEST_POSTGRES_NEW", port: "5432",
		programs: []string{"postgres"}, newer: &suitePackage{suite: "sid", name: "postgresql-18"},
		start: startPostgreSQL, ask: askPostgreSQL}
	mariaDB = &kind{name: "MariaDB", scheme: "mysql", variable: "DJSESSION_TEST_MARIADB", port: "3306",
		programs: []string{"mariadbd"}, dirs: systemDirs, packages: []string{"mariadb-server"},
		start: startMariaDB, ask: askMySQL}
	newMariaDB = &kind{name: "MariaDB 11.8", scheme: "mysql", variable: "DJSESSION_TEST_MARIADB_NEW", port: "3306",
		programs: []string{"mariadbd"}, newer: &suitePackage{suite: "trixie", name: "mariadb-server-core", more: []string{"mariadb-client-core"}},
		start: startMariaDB, ask: askMySQL}
	mySQL = &kind{name: "MySQL", scheme: "mysql", variable: "DJSESSION_TEST_MYSQL", port: "3306",
		programs: []string{"mysqld"}, newer: &suitePackage{suite: "sid", name: "mysql-server-core", more: []string{"mysql-client-core"}},
		start: startMySQL, ask: askMySQL}
	redis = &kind{name: "Redis", scheme: "redis", variable: "DJSESSION_TEST_REDIS", port: "6379",
		programs: []string{"redis-server", "valkey-server"}, dirs: systemDirs, packages: []string{"redis-server"},
		start: startRedis, ask: askRedis}
	newRedis = &kind{name: "Redis 8", scheme: "redis", variable: "DJSESSION_TEST_REDIS_NEW", port: "6379",
		programs: []string{"redis-server"}, newer: &suitePackage{suite: "sid", name: "redis-server"},
		start: startRedis, ask: askRedis}
	valkey = &kind{name: "Valkey", scheme: "redis", variable: "DJSESSION_TEST_VALKEY", port: "6379",
		programs: []string{"valkey-server"}, newer: &suitePackage{suite: "sid", name: "valkey-server"},
		start: startRedis, ask: askRedis}
	memcached = &kind{name: "memcached", scheme: "memcached", variable: "DJSESSION_TEST_MEMCACHED", port: "11211",
		programs: []string{"memcached"}, dirs: systemDirs, packages: []string{"memcached"},
		start: startMemcached, ask: askMemcached}
	newMemcached = &kind{name: "memcached, the newest", scheme: "memcached", variable: "DJSESSION_TEST_MEMCACHED_NEW", port: "11211",
		programs: []string{"memcached"}, newer: &suitePackage{suite: "sid", name: "memcached"},
		start: startMemcached, ask: askMemcached}

	kinds = append(shareEach(postgreSQL, newPostgreSQL, mariaDB, newMariaDB, mySQL, redis, newRedis, valkey, memcached, newMemcached),
		pgBouncer, newPgBouncer, nginx, haproxy, caddy, newCaddy, envoy, wsgiDAV)
)

// shareEach gives each kind its one server for the whole process.
func shareEach(kinds ...*kind) []*kind {
	for _, k := range kinds {
		k.shared = sync.OnceValues(k.get)
	}
	return kinds
}

// PostgreSQL returns a PostgreSQL server of this machine's own version that
// this process's tests share.
func PostgreSQL(t testing.TB) *Server { t.Helper(); return postgreSQL.use(t) }

// NewPostgreSQL returns a PostgreSQL server of the newest version that this
// process's tests share.
func NewPostgreSQL(t testing.TB) *Server { t.Helper(); return newPostgreSQL.use(t) }

// MariaDB returns a MariaDB server of this machine's own version that this
// process's tests share.
func MariaDB(t testing.TB) *Server { t.Helper(); return mariaDB.use(t) }

// NewMariaDB returns a MariaDB server of the newest version that this process's
// tests share.
func NewMariaDB(t testing.TB) *Server { t.Helper(); return newMariaDB.use(t) }

// MySQL returns a MySQL server that this process's tests share. Its account
// named app has [MySQLPassword].
func MySQL(t testing.TB) *Server { t.Helper(); return mySQL.use(t) }

// Redis returns a Redis server that this process's tests share: keep their keys
// apart with a prefix.
func Redis(t testing.TB) *Server { t.Helper(); return redis.use(t) }

// NewRedis is [Redis] of the newest version.
func NewRedis(t testing.TB) *Server { t.Helper(); return newRedis.use(t) }

// Valkey is [Redis] with a Valkey.
func Valkey(t testing.TB) *Server { t.Helper(); return valkey.use(t) }

// Memcached returns a memcached server that this process's tests share: keep
// their keys apart with a prefix.
func Memcached(t testing.TB) *Server { t.Helper(); return memcached.use(t) }

// NewMemcached is [Memcached] of the newest version.
func NewMemcached(t testing.TB) *Server { t.Helper(); return newMemcached.use(t) }

// MemcachedServers starts so many memcached servers, for what needs several.
// They run until the process ends.
func MemcachedServers(t testing.TB, n int) []*Server {
	t.Helper()
	servers := make([]*Server, n)
	for i := range servers {
		var err error
		if servers[i], err = memcached.another(); err != nil {
			missing(t, memcached.name, err)
		}
	}
	return servers
}

func (k *kind) use(t testing.TB) *Server {
	t.Helper()
	server, err := k.shared()
	if err != nil {
		missing(t, k.name, err)
	}
	return server
}

// get returns the server that the environment names, or starts one.
func (k *kind) get() (*Server, error) {
	if given := os.Getenv(k.variable); given != "" {
		return k.given(given)
	}
	if err := k.require(); err != nil {
		return nil, err
	}
	return k.another()
}

// require gets the server of another suite where it is required and missing.
func (k *kind) require() error {
	if k.newer == nil || !Required() {
		return nil
	}
	if _, err := k.program(k.programs...); err == nil {
		return nil
	}
	return k.newer.install()
}

// another starts a server.
func (k *kind) another() (*Server, error) {
	return k.attempt(func() (*Server, error) { return k.start(k) })
}

// attempt starts a server: the port is free when it is chosen and may be taken
// when the server asks for it.
func (k *kind) attempt(start func() (*Server, error)) (*Server, error) {
	var err error
	for range 3 {
		var server *Server
		if server, err = start(); err == nil {
			server.kind = k
			return server, nil
		}
		if errors.Is(err, errNotInstalled) {
			return nil, fmt.Errorf("%w (%s)", err, k.hint())
		}
	}
	return nil, err
}

func (k *kind) given(text string) (*Server, error) {
	if !strings.Contains(text, "://") {
		text = k.scheme + "://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("%s is no URL with a host", k.variable) // not the URL itself: it may hold a password
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), k.port)
	}
	return &Server{URL: u, kind: k}, nil
}

func (k *kind) hint() string {
	if k.newer != nil && k.variable == "" || k.wheel != nil {
		return "make test-env"
	}
	if k.newer != nil {
		return "make test-env, or name a server in " + k.variable
	}
	if k.variable == "" {
		return fmt.Sprintf("apt-get install %s, or make test-env", strings.Join(k.packages, " "))
	}
	return fmt.Sprintf("apt-get install %s, or make test-env, or name a server in %s", strings.Join(k.packages, " "), k.variable)
}

// answers asks the server at an address whether it is ready.
func (k *kind) answers(address string) func() error {
	return func() error {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return err
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		return k.ask(conn)
	}
}

// program returns the path of the server's program, or of another that came
// with it.
func (k *kind) program(names ...string) (string, error) {
	if k.newer != nil {
		return k.newer.program(names...)
	}
	if k.wheel != nil {
		return k.wheel.path()
	}
	return find(k.dirs, names...)
}

// programOf is program for a test, which ends where there is none.
func (k *kind) programOf(t testing.TB, names ...string) string {
	t.Helper()
	err := k.require()
	if err == nil {
		var path string
		if path, err = k.program(names...); err == nil {
			return path
		}
	}
	missing(t, k.name, fmt.Errorf("%w (%s)", err, k.hint()))
	return ""
}

// expect sends a question and reads as many bytes as the answer has.
func expect(conn net.Conn, question, answer string) error {
	if _, err := io.WriteString(conn, question); err != nil {
		return err
	}
	got := make([]byte, len(answer))
	if _, err := io.ReadFull(conn, got); err != nil {
		return err
	}
	if !bytes.Equal(got, []byte(answer)) {
		return fmt.Errorf("answered %q, not %q", got, answer)
	}
	return nil
}

// Refusing returns a loopback address that refuses connections, and that no
// server gets before the test ends: the port is that of a connection's client.
func Refusing(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.LocalAddr().String()
}

// freePort returns a loopback port that is free at the moment.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}
