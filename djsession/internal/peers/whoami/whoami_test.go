//go:build unix

package whoami

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

const serverVariable = "DJSESSION_WHOAMI_SERVER"

func TestMain(m *testing.M) {
	if told := os.Getenv(serverVariable); told != "" {
		fmt.Fprintln(os.Stderr, serve(told))
		os.Exit(1)
	}
	testenv.Main(m)
}

// serve is the Go server, which is a process of its own as Django is. It ends
// with its standard input.
func serve(told string) error {
	var c config
	if err := json.Unmarshal([]byte(told), &c); err != nil {
		return err
	}
	handler, err := c.handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go func() {
		bufio.NewReader(os.Stdin).ReadByte()
		os.Exit(0)
	}()
	return http.Serve(listener, handler)
}

func startGo(b *testing.B, db *testenv.Database, key string) *server {
	b.Helper()
	driver, dsn := dbtest.Source(db)
	told, err := json.Marshal(config{driver, dsn, key})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serverVariable+"="+string(told))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return &server{name: "djsession", address: strings.TrimSpace(line), group: cmd.Process.Pid}
}

// BenchmarkWhoAmI measures what doc.go lists.
func BenchmarkWhoAmI(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmark(b, testenv.SQLite(b)) })
	b.Run("postgresql", func(b *testing.B) { benchmark(b, testenv.PostgreSQL(b).Database(b)) })
}

// turn is how long an iteration asks a server.
const turn = 500 * time.Millisecond

type server struct {
	name, address string
	group         int // of its processes
	want          string
}

func benchmark(b *testing.B, db *testenv.Database) {
	key := secretKey(b)
	dj := testenv.GetDjango(b, "5.2").On(b, db).With(testenv.Settings{"SECRET_KEY": key, "USE_TZ": true})
	dj.Migrate(b)
	cookie := logIn(b, dj)

	const want = `{"user": "carol", "names": ["_auth_user_backend", "_auth_user_hash", "_auth_user_id", "cart"]}`
	ours := startGo(b, db, key)
	ours.want = strings.NewReplacer(": ", ":", ", ", ",").Replace(want)
	servers := []*server{ours}
	lasting := *db
	lasting.Settings = maps.Clone(db.Settings)
	lasting.Settings["CONN_MAX_AGE"] = 3600
	for _, kind := range []struct {
		name string
		testenv.SiteOptions
	}{
		{"gunicorn-sync", testenv.SiteOptions{Workers: 2*runtime.NumCPU() + 1}},
		{"gunicorn-threads", testenv.SiteOptions{Workers: runtime.NumCPU() + 1, Threads: 4}},
	} {
		kind.Series, kind.Database = "5.2", &lasting
		site := testenv.Site(b, kind.SiteOptions)
		servers = append(servers, &server{kind.name, site.URL.Host, site.Pid, want})
	}
	for _, s := range servers {
		s.ask(b, cookie) // fills pools and caches
	}
	for _, s := range servers {
		b.Run(s.name, func(b *testing.B) {
			var all load
			before := processorTime(s.group)
			for b.Loop() {
				all.add(s.ask(b, cookie))
			}
			requests := float64(len(all.latencies))
			b.ReportMetric(float64(all.took.Nanoseconds())/requests, "ns/op")
			b.ReportMetric(float64(all.percentile(50).Nanoseconds()), "p50-ns")
			b.ReportMetric(float64(all.percentile(99).Nanoseconds()), "p99-ns")
			if busy := processorTime(s.group) - before; busy > 0 {
				b.ReportMetric(float64(busy.Nanoseconds())/requests, "cpu-ns/op")
			}
		})
	}
}

func (s *server) ask(b *testing.B, cookie string) load {
	got, err := ask(s.address, "/", cookie, s.want, turn)
	if err != nil {
		b.Fatalf("%s: %v", s.name, err)
	}
	return got
}

func (l *load) add(more load) {
	l.took += more.took
	l.latencies = append(l.latencies, more.latencies...)
}

// percentile is what so many of a hundred requests did not exceed.
func (l *load) percentile(p int) time.Duration {
	slices.Sort(l.latencies)
	return l.latencies[(len(l.latencies)-1)*p/100]
}

func secretKey(b *testing.B) string {
	b.Helper()
	text, err := os.ReadFile(testenv.Testdata(b, "secret_key"))
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// logIn makes a user and a session with a cart, and returns the session's key.
func logIn(b *testing.B, dj *testenv.Django) (key string) {
	b.Helper()
	dj.Run(b, `
		from django.contrib.auth import login
		from django.contrib.auth.models import User
		from django.http import HttpRequest
		request = HttpRequest()
		request.session = store()
		request.session["cart"] = [{"sku": "tea-100", "quantity": 2, "price": "4.50"}, {"sku": "cup-7", "quantity": 1, "price": "12.00"}]
		login(request, User.objects.create_user("carol"), "django.contrib.auth.backends.ModelBackend")
		request.session.save()
		result = request.session.session_key
	`, nil, &key)
	return key
}
