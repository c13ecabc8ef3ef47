package testenv_test

import (
	"bytes"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// talk sends a line to a server and returns the start of its answer.
func talk(t *testing.T, network, address, line string) string {
	t.Helper()
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 100)
	n, err := conn.Read(answer)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer[:n])
}

func TestCachesAnswer(t *testing.T) {
	t.Run("redis", func(t *testing.T) {
		server := testenv.Redis(t)
		if got := talk(t, "tcp", server.Addr(), "PING\r\n"); got != "+PONG\r\n" {
			t.Errorf("PING was answered with %q", got)
		}
		if server.Socket != "" && talk(t, "unix", server.Socket, "PING\r\n") != "+PONG\r\n" {
			t.Error("no answer on the socket")
		}
		if again := testenv.Redis(t); again != server {
			t.Error("a second server for one process")
		}
	})
	t.Run("memcached", func(t *testing.T) {
		server := testenv.Memcached(t)
		if got := talk(t, "tcp", server.Addr(), "version\r\n"); !strings.HasPrefix(got, "VERSION ") {
			t.Errorf("version was answered with %q", got)
		}
	})
}

func TestDatabasesAreFreshAndDropped(t *testing.T) {
	for name, server := range map[string]func(testing.TB) *testenv.Server{"postgresql": testenv.PostgreSQL, "mariadb": testenv.MariaDB,
		"mysql": testenv.MySQL, "postgresql, new": testenv.NewPostgreSQL, "mariadb, new": testenv.NewMariaDB} {
		t.Run(name, func(t *testing.T) {
			dj := testenv.Djangos(t)[0]
			var first *testenv.Database
			count := func(t *testing.T, db *testenv.Database) (tables int) {
				dj.On(t, db).Run(t, `
					from django.db import connection
					result = len(connection.introspection.table_names())`, nil, &tables)
				return tables
			}
			t.Run("first", func(t *testing.T) {
				first = server(t).Database(t)
				dj.On(t, first).Migrate(t)
				if count(t, first) == 0 {
					t.Error("no table after migrate")
				}
			})
			second := server(t).Database(t)
			if second.URL == first.URL || count(t, second) != 0 {
				t.Error("the second database is not a fresh one")
			}
			err := dj.On(t, first).Call(t.Context(), "exists", map[string]any{"key": "abcdefgh"}, nil)
			if err == nil {
				t.Error("the first database outlived its test")
			}
		})
	}
}

func TestGivenServer(t *testing.T) {
	tests := []struct{ name, variable, given, want string }{
		{"a URL is taken as it is", "DJSESSION_TEST_POSTGRES", "postgres://u:p@h.test:1/x", "h.test:1"},
		{"the usual port", "DJSESSION_TEST_MYSQL", "mysql://root@h.test", "h.test:3306"},
		{"an address alone", "DJSESSION_TEST_MEMCACHED", "h.test:7", "h.test:7"},
		{"no host", "DJSESSION_TEST_REDIS", "redis:///0", "DJSESSION_TEST_REDIS is no URL with a host"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(test.variable, test.given)
			if got := report(t); !strings.Contains(got, test.want) {
				t.Errorf("the report does not say %q:\n%s", test.want, got)
			}
		})
	}
}

func TestReportNamesWhatIsMissing(t *testing.T) {
	t.Setenv("DJSESSION_TEST_CACHE", t.TempDir())
	for _, line := range strings.Split(report(t), "\n") {
		if strings.HasPrefix(line, "Django 1.11") && !strings.Contains(line, "no environment") {
			t.Errorf("an empty cache has no Django, yet: %s", line)
		}
	}
}

func report(t *testing.T) string {
	t.Helper()
	var text bytes.Buffer
	if err := testenv.Report(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestPythonOfUnknownSeries(t *testing.T) {
	if _, err := testenv.Python("0.1"); err == nil {
		t.Error("there is no Django 0.1")
	}
}

func TestPythonSeesOnlyItsPackages(t *testing.T) {
	for _, series := range testenv.Installed() {
		cmd, err := testenv.Python(series, "-c", "import django, sys; print(django.get_version()); print([p for p in sys.path if 'site-packages' in p])")
		if err != nil {
			t.Fatal(err)
		}
		output, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", series, err, err.(*exec.ExitError).Stderr)
		}
		if lines := strings.Fields(string(output)); len(lines) != 2 || !strings.HasPrefix(lines[0], series+".") || lines[1] != "[]" {
			t.Errorf("Django %s: %q", series, output)
		}
	}
}
