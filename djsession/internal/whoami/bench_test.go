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

// serve is the Go server, which is a process of its own as Django is. It ends with its standard input.
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
	return &server{name: "go", address: strings.TrimSpace(line), group: cmd.Process.Pid}
}

// BenchmarkWhoAmI reports what doc.go lists.
func BenchmarkWhoAmI(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmark(b, testenv.SQLite(b)) })
	b.Run("postgresql", func(b *testing.B) { benchmark(b, testenv.PostgreSQL(b).Database(b)) })
}

// An iteration asks each server so often and so long, by turns.
const (
	turns = 6
	turn  = 250 * time.Millisecond
)

type server struct {
	name, address string
	group         int // of its processes
	want          string
	iterations    []load
	all           load
	busy          time.Duration
}

func benchmark(b *testing.B, db *testenv.Database) {
	key := secretKey(b)
	dj := testenv.GetDjango(b, "5.2").On(b, db).With(testenv.Settings{"SECRET_KEY": key, "USE_TZ": true})
	dj.Migrate(b)
	cookie := logIn(b, dj)

	const want = `{"user": "carol", "names": ["_auth_user_backend", "_auth_user_hash", "_auth_user_id", "cart"]}`
	servers := []*server{startGo(b, db, key)}
	servers[0].want = strings.NewReplacer(": ", ":", ", ", ",").Replace(want)
	lasting := *db
	lasting.Settings = maps.Clone(db.Settings)
	lasting.Settings["CONN_MAX_AGE"] = 3600
	for name, opts := range map[string]testenv.SiteOptions{
		"sync":    {Workers: 2*runtime.NumCPU() + 1},
		"threads": {Workers: runtime.NumCPU() + 1, Threads: 4},
	} {
		opts.Series, opts.Database = "5.2", &lasting
		site := testenv.Site(b, opts)
		servers = append(servers, &server{name: name, address: site.URL.Host, group: site.Pid, want: want})
	}

	ask := func(s *server, long time.Duration) load {
		got, err := ask(s.address, "/", cookie, s.want, long)
		if err != nil {
			b.Fatalf("%s: %v", s.name, err)
		}
		return got
	}
	for _, s := range servers { // fills pools and caches
		ask(s, turn)
	}
	b.ResetTimer()
	for range b.N {
		for _, s := range servers {
			s.iterations = append(s.iterations, load{})
		}
		for range turns {
			for _, s := range servers {
				before := processorTime(s.group)
				got := ask(s, turn)
				s.busy += processorTime(s.group) - before
				s.iterations[len(s.iterations)-1].add(got)
				s.all.add(got)
			}
		}
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op")
	for _, s := range servers {
		s.report(b, servers[0])
	}
}

func (s *server) report(b *testing.B, ours *server) {
	var rates, times []float64
	for i, l := range s.iterations {
		rates = append(rates, l.perSecond())
		times = append(times, ours.iterations[i].perSecond()/l.perSecond())
	}
	b.ReportMetric(median(rates), "req/s-"+s.name)
	b.ReportMetric(s.all.percentile(50), "p50-ms-"+s.name)
	b.ReportMetric(s.all.percentile(99), "p99-ms-"+s.name)
	if s.busy > 0 {
		b.ReportMetric(float64(s.busy.Microseconds())/float64(len(s.all.latencies)), "cpu-us-"+s.name)
	}
	if s != ours {
		b.ReportMetric(median(times), "times-"+s.name)
	}
}

func (l *load) add(more load) {
	l.took += more.took
	l.latencies = append(l.latencies, more.latencies...)
}

func (l *load) perSecond() float64 { return float64(len(l.latencies)) / l.took.Seconds() }

// percentile returns in milliseconds what so many of a hundred requests did not exceed.
func (l *load) percentile(p int) float64 {
	slices.Sort(l.latencies)
	return float64(l.latencies[(len(l.latencies)-1)*p/100].Microseconds()) / 1000
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
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
