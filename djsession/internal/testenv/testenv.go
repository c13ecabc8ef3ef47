// Package testenv gives tests the real things: PostgreSQL, MariaDB, MySQL,
// Redis, Valkey and memcached servers, and a real Django of each supported
// series.
//
// Servers are private: [PostgreSQL], [MySQL], [Redis] and the like start one on
// first use, in a directory of its own, on the loopback interface and a Unix
// socket, and every test of the process shares it; [Server.Database] gives each
// test a fresh database. Where there is a New function too, the plain one
// starts the version that this machine's package manager has, and New the
// newest that Debian has. A server named in the environment is used instead of
// starting one:
//
//	DJSESSION_TEST_POSTGRES   postgres://user:password@host:port/postgres?sslmode=disable
//	DJSESSION_TEST_MARIADB    mysql://root:password@host:port
//	DJSESSION_TEST_MYSQL      mysql://root:password@host:port
//	DJSESSION_TEST_REDIS      redis://host:port
//	DJSESSION_TEST_VALKEY     redis://host:port
//	DJSESSION_TEST_MEMCACHED  memcached://host:port
//
// and DJSESSION_TEST_POSTGRES_NEW, ..._MARIADB_NEW, ..._REDIS_NEW and
// ..._MEMCACHED_NEW.
//
// A [Django] is a Python process that answers questions over a pipe, with
// Django's own code; see [Djangos] and [EachDjango]. What a machine lacks is a
// skip that says how to get it, or a failure where DJSESSION_TEST_REQUIRE is 1.
//
// A package that uses any of this ends its tests through [Main], which stops
// what was started.
package testenv

import (
	"os"
	"sync"
	"testing"
)

// Main runs a package's tests, stops every process that they started, and
// exits. Call it from TestMain:
//
//	func TestMain(m *testing.M) { testenv.Main(m) }
//
// Without it the processes still die with the test binary (on Linux), but their
// directories stay until a later run sweeps them.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop ends every process that this one started, and removes their directories.
// [Main] calls it; a command that is not a test calls it itself.
func Stop() {
	running.Lock()
	defer running.Unlock()
	var wait sync.WaitGroup
	for _, stop := range running.stops {
		wait.Go(stop)
	}
	wait.Wait()
	running.stops = nil
	removeDataDir()
}

// running holds what Stop has to stop.
var running struct {
	sync.Mutex
	stops []func()
}

func atStop(stop func()) {
	running.Lock()
	defer running.Unlock()
	running.stops = append(running.stops, stop)
}

// Required reports whether DJSESSION_TEST_REQUIRE is 1: whatever is missing is
// then a failure.
func Required() bool { return os.Getenv("DJSESSION_TEST_REQUIRE") == "1" }

// missing ends the test: what it needs is not to be had here.
func missing(t testing.TB, what string, err error) {
	t.Helper()
	if Required() {
		t.Fatalf("%s is required (DJSESSION_TEST_REQUIRE=1): %v", what, err)
	}
	t.Skipf("%s: %v", what, err)
}
