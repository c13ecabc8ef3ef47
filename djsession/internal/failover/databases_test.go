package failover

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

var codec = djsession.NewCodec("a secret", nil)

func storeOf(t *testing.T, driver, dsn string, dialect sqldialect.Dialect) *dbstore.Store {
	t.Helper()
	store := dbstore.New(dbtest.OpenDriver(t, driver, dsn), dialect, codec, nil)
	t.Cleanup(func() { store.Close() })
	return store
}

// exec runs statements outside of the service.
func exec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// TestPromotedStandby kills a primary under load and promotes its standby. The
// service has both in its URL.
func TestPromotedStandby(t *testing.T) {
	for _, driver := range []string{"pgx", "postgres"} {
		t.Run(driver, func(t *testing.T) {
			primary, standby := testenv.DurablePostgreSQLPair(t)
			db := primary.Database(t)
			dbtest.CreateTable(t, dbtest.OpenDriver(t, "pgx", db.DSN), db.Vendor)
			there := standby.At(db)
			both := strings.Replace(db.DSN, primary.Addr(), primary.Addr()+","+standby.Addr(), 1) + "&target_session_attrs=read-write&connect_timeout=2"
			if driver == "postgres" { // lib/pq takes several hosts, but not in a URL with their ports
				both = fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres dbname=%s sslmode=disable target_session_attrs=read-write connect_timeout=2",
					primary.URL.Port(), standby.URL.Port(), db.Settings["NAME"])
			}
			promote := dbtest.OpenDriver(t, "pgx", there.DSN)
			f, over := under(t, storeOf(t, driver, both, sqldialect.PostgreSQL), storeOf(t, "pgx", there.DSN, sqldialect.PostgreSQL), func() {
				primary.Kill()
				exec(t, promote, "SELECT pg_promote()")
			})
			judge(t, f, over)
		})
	}
}

// A relay leads new connections to a server, which can be another one later.
// Those that are open stay where they are, as with an address that moves.
type relay struct {
	listener net.Listener
	server   atomic.Pointer[string]
}

func newRelay(t *testing.T, server string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	r := &relay{listener: listener}
	r.server.Store(&server)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go pipe(conn, *r.server.Load())
		}
	}()
	return r
}

func pipe(conn net.Conn, server string) {
	defer conn.Close()
	to, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer to.Close()
	go func() { io.Copy(to, conn); to.Close() }()
	io.Copy(conn, to)
}

// TestSwitchover turns a MySQL primary read-only under load and leads new
// connections to its replica. The service leaves the old primary by itself, but
// as long as connections to that are open, some requests read there what is
// out of date by then: end them before the new primary takes writes.
func TestSwitchover(t *testing.T) {
	for _, row := range []struct {
		reason string
		kill   bool
	}{
		{"connections to the old primary are ended", true},
		{"connections to the old primary stay", false},
	} {
		t.Run(row.reason, func(t *testing.T) {
			s := newSwitchover(t)
			f, over := under(t, s.store, s.truth, func() {
				exec(t, s.one, "SET GLOBAL super_read_only = 1")
				s.catchUp(t)
				s.relay.server.Store(&s.second)
				if row.kill {
					killMySQL(t, s.one)
				}
				exec(t, s.two, "STOP REPLICA", "SET GLOBAL super_read_only = 0", "SET GLOBAL read_only = 0")
			})
			if !row.kill {
				t.Logf("%d writes were made of what was out of date", f.lost)
				f.lost = 0
			}
			judge(t, f, over)
		})
	}
}

// A switchover is a MySQL primary, its replica, and a service that finds them
// through a relay.
type switchover struct {
	one, two     *sql.DB
	second       string
	relay        *relay
	store, truth *dbstore.Store
}

func newSwitchover(t *testing.T) *switchover {
	t.Helper()
	args := []string{"--gtid-mode=ON", "--enforce-gtid-consistency=ON", "--log-bin=binlog"}
	first := testenv.DurableMySQL(t, append(args, "--server-id=1")...)
	second := testenv.DurableMySQL(t, append(args, "--server-id=2")...)
	db := first.Database(t)
	there := second.At(db)
	s := &switchover{second: second.Addr(), relay: newRelay(t, first.Addr())}
	s.one = dbtest.OpenDriver(t, "mysql", db.DSN)
	s.one.SetMaxOpenConns(1) // which is not killed then
	s.two = dbtest.OpenDriver(t, "mysql", strings.TrimSuffix(there.DSN, db.Settings["NAME"].(string)))
	exec(t, s.two, "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = "+first.URL.Port()+
		", SOURCE_USER = 'root', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1", "START REPLICA", "SET GLOBAL super_read_only = 1")
	dbtest.CreateTable(t, s.one, db.Vendor)
	s.catchUp(t)
	dsn := strings.Replace(db.DSN, first.Addr(), s.relay.listener.Addr().String(), 1)
	s.store = storeOf(t, "mysql", dsn, sqldialect.MySQL)
	s.truth = storeOf(t, "mysql", there.DSN, sqldialect.MySQL)
	return s
}

// catchUp waits until the replica has all that the primary has.
func (s *switchover) catchUp(t *testing.T) {
	t.Helper()
	var done string
	if err := s.one.QueryRow("SELECT @@GLOBAL.gtid_executed").Scan(&done); err != nil {
		t.Error(err)
	}
	exec(t, s.two, "SELECT WAIT_FOR_EXECUTED_GTID_SET('"+strings.ReplaceAll(done, "\n", "")+"', 60)")
}

// outages are what may happen to one server.
var outages = []struct {
	name, driver string
	dialect      sqldialect.Dialect
	server       func(testing.TB) *testenv.Server
	happen       func(t *testing.T, admin *sql.DB)
}{
	{"PostgreSQL, all connections killed", "pgx", sqldialect.PostgreSQL, testenv.NewPostgreSQL, killPostgres},
	{"PostgreSQL by lib/pq, all connections killed", "postgres", sqldialect.PostgreSQL, testenv.NewPostgreSQL, killPostgres},
	{"MySQL, all connections killed", "mysql", sqldialect.MySQL, testenv.MySQL, killMySQL},
	{"MySQL, read-only for a second", "mysql", sqldialect.MySQL, testenv.MySQL, func(t *testing.T, admin *sql.DB) {
		exec(t, admin, "SET GLOBAL super_read_only = 1")
		time.Sleep(time.Second)
		exec(t, admin, "SET GLOBAL super_read_only = 0", "SET GLOBAL read_only = 0")
	}},
	{"PostgreSQL, a lock that lasts", "pgx", sqldialect.PostgreSQL, testenv.NewPostgreSQL, lock("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")},
	{"MySQL, a lock that lasts", "mysql", sqldialect.MySQL, testenv.MySQL, lock("SELECT session_key FROM django_session FOR UPDATE")},
}

func killPostgres(t *testing.T, admin *sql.DB) {
	for range 3 {
		exec(t, admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		time.Sleep(200 * time.Millisecond)
	}
}

func killMySQL(t *testing.T, admin *sql.DB) {
	for range 3 {
		rows, err := admin.Query("SELECT CONCAT('KILL ', id) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")
		if err != nil {
			t.Error(err)
			return
		}
		var kill string
		var kills []string
		for rows.Next() {
			if err := rows.Scan(&kill); err == nil {
				kills = append(kills, kill)
			}
		}
		rows.Close()
		for _, kill := range kills {
			admin.Exec(kill) // which may have ended
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func lock(statement string) func(t *testing.T, admin *sql.DB) {
	return func(t *testing.T, admin *sql.DB) {
		tx, err := admin.Begin()
		if err != nil {
			t.Error(err)
			return
		}
		defer tx.Rollback()
		rows, err := tx.Query(statement)
		if err != nil {
			t.Error(err)
			return
		}
		rows.Close()
		time.Sleep(3 * time.Second)
	}
}

func TestOutages(t *testing.T) {
	for _, row := range outages {
		t.Run(row.name, func(t *testing.T) {
			db := row.server(t).Database(t)
			admin := dbtest.OpenDriver(t, row.driver, db.DSN)
			admin.SetMaxOpenConns(1)
			dbtest.CreateTable(t, admin, db.Vendor)
			store := storeOf(t, row.driver, db.DSN, row.dialect)
			f, over := under(t, store, storeOf(t, row.driver, db.DSN, row.dialect), func() { row.happen(t, admin) })
			judge(t, f, over)
		})
	}
}

// TestIdleConnectionsCut has HAProxy close connections while they lie idle in
// the pool: no request notices. pgx looks at a connection again that was idle
// for a second, which is less than any proxy is set to.
func TestIdleConnectionsCut(t *testing.T) {
	for _, row := range []struct {
		driver  string
		dialect sqldialect.Dialect
		server  func(testing.TB) *testenv.Server
	}{
		{"pgx", sqldialect.PostgreSQL, testenv.NewPostgreSQL},
		{"postgres", sqldialect.PostgreSQL, testenv.PostgreSQL},
		{"mysql", sqldialect.MySQL, testenv.MySQL},
	} {
		t.Run(row.driver, func(t *testing.T) {
			server := row.server(t)
			db := server.Database(t)
			dbtest.CreateTable(t, dbtest.OpenDriver(t, row.driver, db.DSN), db.Vendor)
			u, err := url.Parse(db.URL)
			if err != nil {
				t.Fatal(err)
			}
			dsn := strings.Replace(db.DSN, u.Host, testenv.HAProxy(t, server, 300*time.Millisecond), 1)
			store := storeOf(t, row.driver, dsn, row.dialect)
			f := new(figures)
			site := service(store)
			all := make([]*client, clients)
			for i := range all {
				all[i] = &client{figures: f, site: site, user: fmt.Sprintf("user%d", i)}
			}
			for range 3 {
				done := make(chan struct{})
				for _, c := range all {
					go func() { c.step(); c.step(); done <- struct{}{} }()
				}
				for range all {
					<-done
				}
				time.Sleep(1200 * time.Millisecond)
			}
			judge(t, f, time.Now())
			if f.failed > 0 {
				t.Errorf("%d requests failed, want none", f.failed)
			}
		})
	}
}
