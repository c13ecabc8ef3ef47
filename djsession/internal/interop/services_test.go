package interop

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// askProject is what settings import asks a project's Python, in Django's own
// process of this test.
const askProject = `
import io, sys
out, sys.stdout = sys.stdout, io.StringIO()
try:
    exec(compile(args["source"], "askdjango.py", "exec"), {"__name__": "__main__"})
    result = sys.stdout.getvalue()
finally:
    sys.stdout = out
`

// importSite has the command write djsession.toml for a Django's project.
func importSite(t *testing.T, c *command, dj *testenv.Django) {
	t.Helper()
	source, err := os.ReadFile("../../../cmd/djsession/internal/project/askdjango.py")
	if err != nil {
		t.Fatal(err)
	}
	var answer string
	dj.Run(t, askProject, map[string]any{"source": string(source)}, &answer)
	for name, text := range map[string]string{"manage.py": "", "answer.sh": "cat answer\n", "answer": answer} {
		if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.run(t, "", "settings", "import", "--manage-py", ".", "--python", "sh answer.sh")
}

// TestServices runs each example of examples/services beside the project that
// it is for: settings import finds out what that is, a user logs in on Django,
// and the service knows who it is.
func TestServices(t *testing.T) {
	built := buildCommand(t)
	bin := t.TempDir() + string(os.PathSeparator)
	build := exec.CommandContext(
		t.Context(), "go", "build", "-o", bin, "github.com/djsession/djsession-go/djsession/examples/services/...",
	)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	members := t.TempDir()
	if err := os.CopyFS(members+"/members", os.DirFS("loginsite/members")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		service, series string
		database        func(testing.TB) *testenv.Server
		settings        func(t *testing.T, dj *testenv.Django, s testenv.Settings)
		want            string // with ID for the user's; "" for when the session ends
	}{
		{
			"defaultuser", "5.2", testenv.PostgreSQL,
			func(*testing.T, *testenv.Django, testenv.Settings) {},
			"Hello, alice.\n",
		},
		{
			"emaillogin", "6.1", testenv.PostgreSQL,
			func(t *testing.T, dj *testenv.Django, s testenv.Settings) {
				s["AUTH_USER_MODEL"] = "members.Member"
				s["INSTALLED_APPS"] = append(s["INSTALLED_APPS"].([]string), "members")
				s["PYTHONPATH"] = append([]string{members}, s["PYTHONPATH"].([]string)...)
				s["SESSION_ENGINE"] = "django.contrib.sessions.backends.cached_db"
				s["CACHES"] = map[string]any{"default": dj.Cache(testenv.Redis(t), "services")}
			},
			"Hello, user ID.\n",
		},
		{
			"wallclock", "4.2", testenv.MariaDB,
			func(*testing.T, *testenv.Django, testenv.Settings) {},
			"",
		},
	} {
		t.Run(test.service, func(t *testing.T) {
			lines, err := os.ReadFile("../../examples/services/" + test.service + "/main.go")
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(lines, []byte("\n")); n >= 40 {
				t.Errorf("the service has %d lines, want less than 40", n)
			}
			shared := testenv.GetDjango(t, test.series)
			settings := loginSettings(t, nil)
			test.settings(t, shared, settings)
			db := test.database(t).Database(t)
			dj := shared.Own(t, settings).On(t, db)
			if settings["AUTH_USER_MODEL"] != nil {
				dj.Run(
					t, "from django.core.management import call_command\ncall_command('makemigrations', 'members', verbosity=0)",
					nil, nil,
				)
			}
			if test.want == "" {
				dj = dj.With(testenv.Settings{"USE_TZ": false, "TIME_ZONE": wallClock})
			}
			dj.Migrate(t)
			var user struct{ Key, ID string }
			dj.Run(t, "from login import *\ncreate_users()", nil, nil)
			c := built.with(t)
			importSite(t, c, dj)
			address := startService(t, bin+test.service, c.dir, db)

			if got, status := askService(t, address, ""); status != http.StatusFound && status != http.StatusUnauthorized {
				t.Errorf("without a session: status %d, %s", status, got)
			}
			dj.Run(t, `
				from login import *
				client = browser()
				log_in(client, "alice", "alice's")
				user = User.objects.get_by_natural_key("alice")
				result = {"key": key_of(client), "id": user._meta.pk.value_to_string(user)}
			`, nil, &user)
			got, status := askService(t, address, user.Key)
			want := strings.NewReplacer("ID", user.ID).Replace(test.want)
			if status != http.StatusOK || got != want && want != "" {
				t.Errorf("with alice's session: status %d, %q; want %q", status, got, want)
			}
			if want == "" {
				wantExpiry(t, dj, user.Key, strings.TrimSpace(got))
			}
			dj.Run(t, `
				from login import *
				log_out(browser(args["key"]))
			`, map[string]any{"key": user.Key}, nil)
			if got, status := askService(t, address, user.Key); status == http.StatusOK {
				t.Errorf("after a logout on Django: status %d, %s", status, got)
			}
		})
	}
}

// wantExpiry has Django say when a session ends, by its wall clock.
func wantExpiry(t *testing.T, dj *testenv.Django, key, want string) {
	t.Helper()
	var row struct{ Expires, Column string }
	dj.Run(t, `
		from django.contrib.sessions.models import Session
		from django.contrib.sessions.backends.db import SessionStore
		text = lambda time: time.strftime("%Y-%m-%d %H:%M:%S")
		session = Session.objects.get(pk=args["key"])
		result = {"expires": text(SessionStore(args["key"]).get_expiry_date()), "column": text(session.expire_date)}
	`, map[string]any{"key": key}, &row)
	if row.Expires != want || row.Column != want {
		t.Errorf("for Django the session ends at %s, and its row at %s; want %s", row.Expires, row.Column, want)
	}
}

// startService runs a service in a directory, and returns its address. The port
// is free when it is chosen, and may be taken when the service asks for it.
func startService(t *testing.T, path, dir string, db *testenv.Database) string {
	t.Helper()
	said := ""
	for range 3 {
		address, err := tryService(t, path, dir, db)
		if err == nil {
			return address
		}
		said = err.Error()
	}
	t.Fatal("the service does not answer: " + said)
	return ""
}

func tryService(t *testing.T, path, dir string, db *testenv.Database) (address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = listener.Addr().String()
	listener.Close()
	cmd := exec.CommandContext(t.Context(), path)
	cmd.Dir = dir
	_, dsn := dbtest.Source(db)
	cmd.Env = append(os.Environ(), "LISTEN="+address, "MYSQL_DSN="+dsn)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-ended:
			return "", errors.New(said.String())
		default:
		}
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address, nil
		}
	}
	cmd.Process.Kill()
	<-ended
	return "", errors.New(said.String())
}

// askService asks a service with a session's cookie, as a program does.
func askService(t *testing.T, address, key string) (body string, status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: key})
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), response.StatusCode
}
