package interop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// wallClock is the zone of projects with USE_TZ = False. The command goes by
// the machine's clock, so it has no summer time: two weeks by the clock on the
// wall that meet a change are an hour more or less.
const wallClock = "Asia/Kolkata"

// A command is cmd/djsession with an environment and a folder to run in.
type command struct {
	path string
	dir  string
	env  []string
}

// buildCommand builds cmd/djsession for a test and its subtests.
func buildCommand(t *testing.T) *command {
	t.Helper()
	path := filepath.Join(t.TempDir(), "djsession.exe")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "github.com/djsession/djsession-go/cmd/djsession")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return &command{path: path}
}

// with is the command with more of an environment, in a folder of its own.
func (c command) with(t *testing.T, env ...string) *command {
	c.env = append(c.env[:len(c.env):len(c.env)], env...)
	c.dir = t.TempDir()
	return &c
}

// on is the command for the database of a Django.
func (c command) on(db *testenv.Database) *command {
	c.env = append(c.env[:len(c.env):len(c.env)], "DATABASE_URL="+storeURL(db))
	return &c
}

// storeURL is a database as --store takes it: the test environment writes
// sqlite:/path.
func storeURL(db *testenv.Database) string {
	if db.Vendor == "sqlite" {
		return db.DSN
	}
	return db.URL
}

// run runs the command with a text on stdin, and returns what it printed.
func (c *command) run(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.path, args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("djsession %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return stdout.String()
}

// TestCommandAndDjango has each Django read, in each database, what the command
// set, moved, expired and deleted.
func TestCommandAndDjango(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			for _, zone := range []string{"", wallClock} { // the second under USE_TZ = False
				if zone != "" && db.Vendor == "postgresql" {
					continue // it stores instants
				}
				settings := testenv.Settings{"SECRET_KEY": secret, "USE_TZ": zone == "", "TIME_ZONE": wallClock}
				dj := dj.On(t, db).With(settings)
				dj.Migrate(t)
				c := built.with(t, "DJANGO_SECRET_KEY="+secret, "DJSESSION_TIME_ZONE="+zone).on(db)

				key := dj.Create(t, "", testenv.FromJSON(contents), "")
				c.run(t, "", "set", "--yes", key, `from_go={"é": [1.0, true]}`, "word=hello")
				wantValue(t, dj, key, "from_go", `{"\u00e9":[1.0,true]}`)
				wantValue(t, dj, key, "word", `"hello"`)
				wantValue(t, dj, key, "big", "123456789012345678901234567890")
				c.run(t, "", "unset", "--yes", key, "word")
				wantNames(t, dj, key, "_auth_user_id", "big", "cart", "float", "from_go", "none", "text")

				// To another store and back, under the same key.
				lines := c.run(t, "", "export")
				if n := strings.Count(lines, "\n"); n != 2 {
					t.Errorf("got %d lines, want a session and the last line", n)
				}
				c.run(t, "", "delete", "--yes", key)
				if dj.Exists(t, key) {
					t.Error("Django has a session that was deleted")
				}
				c.run(t, lines, "import")
				wantValue(t, dj, key, "cart", `[{"sku":"A"},[1,19.0]]`)
				wantValue(t, dj, key, "from_go", `{"\u00e9":[1.0,true]}`)

				c.run(t, "", "expire", "--yes", "--in", "1h", key)
				inAnHour := time.Now().Add(time.Hour)
				if _, alive := dj.At(inAnHour.Add(-time.Minute)).Load(t, key); !alive {
					t.Error("Django lost a session that has a minute to live")
				}
				if _, alive := dj.At(inAnHour.Add(time.Minute)).Load(t, key); alive {
					t.Error("Django has a session that expired a minute ago")
				}
				c.run(t, "", "logout", "--yes", "--user", "42")
				if dj.Exists(t, key) {
					t.Error("Django has a session of a user who was logged out")
				}
			}
		})
	})
}

func wantNames(t *testing.T, dj *testenv.Django, key string, want ...string) {
	t.Helper()
	var got []string
	dj.Run(t, `result = sorted(store(args["key"]).keys())`, map[string]any{"key": key}, &got)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("Django has %q, want %q", got, want)
	}
}

// TestCommandAndPickles has the Djangos that have PickleSerializer read what
// the command changed and moved.
func TestCommandAndPickles(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		if dj.AtLeast(5, 0) {
			t.Skip("PickleSerializer is gone since Django 5.0")
		}
		db := testenv.SQLite(t)
		dj = dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "SESSION_SERIALIZER": testenv.PickleSerializer})
		dj.Migrate(t)
		c := built.with(t, "DJANGO_SECRET_KEY="+secret).on(db)
		key := dj.Create(t, "", pickledSession, "")
		c.run(t, "", "set", "--yes", key, `from_go={"n": 1}`)
		lines := c.run(t, "", "export")
		c.run(t, "", "delete", "--yes", key)
		c.run(t, lines, "import")
		var problems string
		dj.Run(t, differencesSource+`
got, want = dict(store(args["key"]).items()), eval(args["want"])
want["from_go"] = {"n": 1}
result = differences(got, want)
		`, map[string]any{"key": key, "want": pickledSession}, &problems)
		if problems != "" {
			t.Error(problems)
		}
	})
}

// TestCommandEncodes has each Django decode what encode made, session_data and
// signed cookies, and the command what Django made.
func TestCommandEncodes(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj = dj.With(testenv.Settings{"SECRET_KEY": secret})
		layout := "modern"
		if !dj.AtLeast(3, 1) {
			layout = "legacy"
		}
		c := built.with(t, "DJANGO_SECRET_KEY="+secret, "DJSESSION_LAYOUT="+layout)
		text := strings.TrimSpace(c.run(t, contents, "encode"))
		if got := dj.Decode(t, text); !sameJSON(t, got.JSON, contents) {
			t.Errorf("Django decoded %s", got.JSON)
		}
		if got := strings.TrimSpace(c.run(t, dj.Encode(t, testenv.FromJSON(contents)), "decode", "--reveal")); !sameJSON(t, got, contents) {
			t.Errorf("decoded %s", got)
		}
		var cookie string
		dj.Run(t, `
			from django.core import signing
			salt = "django.contrib.sessions.backends.signed_cookies"
			result = signing.dumps(json.loads(args["data"]), compress=True, salt=salt)
		`, map[string]any{"data": contents}, &cookie)
		if got := strings.TrimSpace(c.run(t, cookie, "decode")); !sameJSON(t, got, contents) {
			t.Errorf("decoded %s from a cookie", got)
		}
		if dj.AtLeast(3, 1) { // older ones sign with SHA-1
			var back string
			dj.Run(t, `
				from django.core import signing
				salt = "django.contrib.sessions.backends.signed_cookies"
				result = json.dumps(signing.loads(args["cookie"], salt=salt))
			`, map[string]any{"cookie": strings.TrimSpace(c.run(t, contents, "encode", "--cookie"))}, &back)
			if !sameJSON(t, back, contents) {
				t.Errorf("Django decoded %s from a cookie", back)
			}
		}
	})
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var values [2]any
	for i, text := range []string{a, b} {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&values[i]); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	return fmt.Sprint(values[0]) == fmt.Sprint(values[1])
}

// TestSettingsImport asks real projects for their settings, with each Django
// and each database, and uses what they say.
func TestSettingsImport(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			if db.Vendor != "sqlite" && dj.Series != "1.11" && dj.Series != "5.2" {
				t.Skip("how a project names its database is the same in all Djangos")
			}
			dj := dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": false, "TIME_ZONE": wallClock})
			dj.Migrate(t)
			key := dj.Create(t, "", testenv.FromJSON(contents), "")
			python := pythonOf(t, dj.Series)
			c := built.with(t, python.Env...)
			writeProject(t, c.dir, db)
			c.run(t, "", "settings", "import", "--manage-py", ".", "--python", python.Path)

			var shown struct {
				Expires time.Time
				Data    map[string]any
			}
			if err := json.Unmarshal([]byte(c.run(t, "", "show", "--json", key)), &shown); err != nil {
				t.Fatal(err)
			}
			if left := time.Until(shown.Expires); left < djsession.DefaultAge-time.Minute || left > djsession.DefaultAge {
				t.Errorf("the session lives for %v", left)
			}
			c.run(t, "", "set", "--yes", key, "from_go=1")
			wantValue(t, dj, key, "from_go", "1")
		})
	})
}

// writeProject writes the smallest project with such a database, in the time of
// wallClock.
func writeProject(t *testing.T, dir string, db *testenv.Database) {
	t.Helper()
	database, err := json.Marshal(db.Settings)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"manage.py": `import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "project_settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`,
		"project_settings.py": fmt.Sprintf(`import json
try: # it stands in for mysqlclient, whose version Django checks
    import pymysql
    pymysql.version_info = (2, 2, 99, "final", 0)
    pymysql.__version__ = "2.2.99"
    pymysql.install_as_MySQLdb()
except ImportError:
    pass
SECRET_KEY = %q
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
DATABASES = {"default": json.loads(%q)}
USE_TZ = False
TIME_ZONE = %q
`, secret, database, wallClock),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCommandAndSockets names servers by their Unix sockets, as DATABASE_URL
// can.
func TestCommandAndSockets(t *testing.T) {
	built := buildCommand(t)
	for vendor, server := range map[string]func(testing.TB) *testenv.Server{"postgresql": testenv.PostgreSQL, "mariadb": testenv.MariaDB,
		"mysql": testenv.MySQL} {
		t.Run(vendor, func(t *testing.T) {
			s := server(t)
			if s.Socket == "" {
				t.Skip("the server was named by the environment")
			}
			db := s.Database(t)
			conn, _ := dbtest.Open(t, db)
			dbtest.CreateTable(t, conn, db.Vendor)
			u, err := url.Parse(db.URL)
			if err != nil {
				t.Fatal(err)
			}
			stores := []string{"mysql://" + u.User.String() + "@" + u.Path + "?unix_socket=" + url.QueryEscape(s.Socket)}
			if vendor == "postgresql" {
				dir, port := url.QueryEscape(filepath.Dir(s.Socket)), filepath.Ext(s.Socket)[1:]
				stores = []string{
					"postgres://" + u.User.String() + "@" + dir + ":" + port + u.Path,
					"postgis://" + u.User.String() + "@" + dir + u.Path + "?port=" + port + "&conn_max_age=60",
					"postgresql://" + u.User.String() + "@" + u.Path + "?host=" + dir + "&port=" + port,
				}
			}
			c := built.with(t, "DJANGO_SECRET_KEY="+secret)
			for i, store := range stores {
				c.run(t, `{"key":"`+djsession.NewKey()+`","expires":"2099-12-31T23:59:59Z","data":{}}`+"\n"+`{"end":{"sessions":1}}`, "import", "--store", store)
				if n := strings.Count(c.run(t, "", "list", "--store", store, "--json"), "\n"); n != i+1 {
					t.Errorf("%s: %d sessions", store, n)
				}
			}
		})
	}
}

// TestSettingsImportOfCustomStore asks a project whose SessionStore has another
// name, and so other salts, and makes other keys.
func TestSettingsImportOfCustomStore(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		if dj.Series != "1.11" && dj.Series != "5.2" {
			t.Skip("one of each layout will do")
		}
		db := testenv.SQLite(t)
		dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret}).Migrate(t)
		python := pythonOf(t, dj.Series)
		c := built.with(t, python.Env...)
		writeProject(t, c.dir, db)
		appendTo(t, filepath.Join(c.dir, "project_settings.py"), `SESSION_ENGINE = "project_sessions"`)
		appendTo(t, filepath.Join(c.dir, "project_sessions.py"), `
import uuid
from django.contrib.sessions.backends.db import SessionStore as DBStore

class ProjectStore(DBStore):
    def _get_new_session_key(self):
        return str(uuid.uuid4()).upper()

SessionStore = ProjectStore
`)
		manage := func(source string) string {
			t.Helper()
			cmd, err := testenv.Python(dj.Series, "manage.py", "shell", "--verbosity", "0", "--command", "from project_sessions import SessionStore\n"+source)
			if err != nil {
				t.Fatal(err)
			}
			cmd.Dir = c.dir
			output, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			return strings.TrimSpace(string(output))
		}
		key := manage("s = SessionStore()\ns['page'] = '/'\ns.save()\nprint(s.session_key)")
		c.run(t, "", "settings", "import", "--manage-py", "manage.py", "--python", python.Path)
		c.run(t, "", "set", "--yes", key, "from_go=1")
		if got := manage("print(sorted(SessionStore('" + key + "').items()) == [('from_go', 1), ('page', '/')])"); got != "True" {
			t.Errorf("Django says %s", got)
		}
	})
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}

// pythonOf is the Python of a Django that this machine's package manager did
// not bring.
func pythonOf(t *testing.T, series string) *exec.Cmd {
	t.Helper()
	python, err := testenv.Python(series)
	if err != nil && testenv.Required() {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return python
}

// TestCommandAndFiles has each Django read what the command set, and see what
// it expired, in the folder of its file backend, which settings import found.
func TestCommandAndFiles(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		python := pythonOf(t, dj.Series)
		c := built.with(t, python.Env...)
		folder := t.TempDir()
		writeProject(t, c.dir, testenv.SQLite(t))
		const engine = "django.contrib.sessions.backends.file"
		appendTo(t, filepath.Join(c.dir, "project_settings.py"), fmt.Sprintf("SESSION_ENGINE, SESSION_FILE_PATH = %q, %q\n", engine, folder))
		c.run(t, "", "settings", "import", "--manage-py", ".", "--python", python.Path)

		dj = dj.With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": false, "TIME_ZONE": wallClock, "SESSION_ENGINE": engine, "SESSION_FILE_PATH": folder})
		key := dj.Create(t, "", testenv.FromJSON(contents), "")
		c.run(t, "", "set", "--yes", key, "from_go=1")
		wantValue(t, dj, key, "from_go", "1")
		wantValue(t, dj, key, "big", "123456789012345678901234567890")
		c.run(t, "", "expire", "--yes", key)
		if _, alive := dj.Load(t, key); alive {
			t.Error("Django has a session that expired")
		}
	})
}
