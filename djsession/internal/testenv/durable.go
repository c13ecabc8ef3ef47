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

// DurablePostgreSQLPair starts a PostgreSQL server of the newest version, and a
// standby that has all that it acknowledged. [Durable.Kill] the primary and
// call pg_promote() on the standby to make that the primary.
func DurablePostgreSQLPair(t testing.TB) (primary, standby *Durable) {
	t.Helper()
	if err := newPostgreSQL.require(); err != nil {
		missing(t, newPostgreSQL.name, err)
	}
	cluster, err := newPostgresCluster(newPostgreSQL)
	if err != nil {
		missing(t, newPostgreSQL.name, err)
	}
	sync := false
	primary = started(t, &Durable{Server: cluster.server(), start: func() (*process, error) {
		if sync {
			return cluster.start("-c", "synchronous_standby_names=*")
		}
		return cluster.start()
	}})
	second, err := cluster.backup()
	if err != nil {
		t.Fatal(err)
	}
	standby = started(t, &Durable{Server: second.server(), start: func() (*process, error) { return second.start() }})
	sync = true
	primary.Kill()
	primary.Start(t)
	return primary, standby
}

// DurableMySQL starts a MySQL server whose commits outlive its death, with more
// arguments.
func DurableMySQL(t testing.TB, args ...string) *Durable {
	t.Helper()
	if err := mySQL.require(); err != nil {
		missing(t, mySQL.name, err)
	}
	m, err := newMySQLServer(mySQL)
	if err != nil {
		missing(t, mySQL.name, err)
	}
	return started(t, &Durable{Server: m.server(), start: func() (*process, error) { return m.start(args...) }})
}

// DurableRedis starts a Redis server that logs each write before it
// acknowledges it.
func DurableRedis(t testing.TB) *Durable {
	t.Helper()
	program, err := redis.program(redis.programs...)
	if err != nil {
		missing(t, redis.name, err)
	}
	dir, err := serverDir("redis")
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

// At returns a database of another server as it is found on this one, which
// replicates that one.
func (m *Durable) At(db *Database) *Database {
	name := db.Settings["NAME"].(string)
	if m.URL.Scheme == "postgres" {
		return m.postgresDatabase(name)
	}
	return m.mysqlDatabase(name)
}

// Database makes a database, which ends with the server.
func (m *Durable) Database(t testing.TB) *Database {
	t.Helper()
	db, _ := m.createDatabase(t)
	return db
}
