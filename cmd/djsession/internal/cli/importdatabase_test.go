package cli

import (
	"net"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestImportedPasswords has a password with every sign that means something in
// a URL go through settings import and back.
func TestImportedPasswords(t *testing.T) {
	const password = `a,b@c:d/e?f#g%h%2Fi&j=k+l;m$n'o"p q\ré-日` + "\n"
	for _, row := range []struct{ reason, host, port, engine, want string }{
		{"a host", "db", "", "postgresql", "db"},
		{"and a port", "db", "5433", "postgresql", "db:5433"},
		{"an address", "127.0.0.1", "3307", "mysql", "127.0.0.1:3307"},
		{"an address with colons", "::1", "", "postgresql", "[::1]"},
		{"and a port", "::1", "3307", "mysql", "[::1]:3307"},
		{"a socket", "/run/my,socket", "", "postgresql", ""},
	} {
		d := djangoDatabase{
			Engine:   "django.db.backends." + row.engine,
			Name:     "na,me%",
			User:     "u,@ser",
			Password: password,
			Host:     row.host,
			Port:     row.port,
		}
		store, _ := d.store("/site")
		u, err := parseStore(store)
		if err != nil {
			t.Errorf("%s: %s: %v", row.reason, store, err)
			continue
		}
		if got, _ := u.User.Password(); got != password || u.User.Username() != "u,@ser" || u.Host != row.want ||
			u.Path != "/na,me%" {
			t.Errorf("%s: %s is %q of %q at %q, %q", row.reason, store, got, u.User.Username(), u.Host, u.Path)
		}
		if shown := place(u); strings.Contains(shown, url.QueryEscape("é")) {
			t.Errorf("%s: %s shows the password", row.reason, shown)
		}
	}
}

// TestPostgresSocket is a site whose DATABASES has no HOST: libpq, and so
// Django, speaks to the local socket then.
func TestPostgresSocket(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such sockets")
	}
	t.Setenv("PGHOST", "")
	before := socketFolders
	t.Cleanup(func() { socketFolders = before })
	socketFolders = []string{filepath.Join(t.TempDir(), "nothing"), t.TempDir()}
	listener, err := net.Listen("unix", filepath.Join(socketFolders[1], ".s.PGSQL.5433"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	asked := make(chan bool, 1)
	go func() {
		if conn, err := listener.Accept(); err == nil {
			asked <- true
			conn.Close()
		}
	}()
	site, err := newSite(map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = openStore(t.Context(), site, "postgres://shop@:5433/shop")
	if err == nil || !strings.HasPrefix(err.Error(), "PostgreSQL at "+socketFolders[1]+": ") {
		t.Errorf("got %v", err)
	}
	select {
	case <-asked:
	default:
		t.Error("nobody spoke to the socket")
	}
}

// TestStoreIn has the paths of djsession.toml count from its folder, in each of
// the ways to name one.
func TestStoreIn(t *testing.T) {
	for _, row := range []struct{ store, path string }{
		{"db.sqlite3", "/site/a b/db.sqlite3"},
		{"/db.sqlite3", "/db.sqlite3"},
		{"sqlite:db.sqlite3", "/site/a b/db.sqlite3"},
		{"sqlite:x/d%20b?app=qsessions", "/site/a b/x/d b"},
		{"sqlite:///db.sqlite3", "/site/a b/db.sqlite3"},
		{"sqlite:////db.sqlite3?app=qsessions", "/db.sqlite3"},
		{"file:sessions?name=x", "/site/a b/sessions"},
		{"file:///sessions", "/sessions"},
		{"filecache:cache", "/site/a b/cache"},
	} {
		store := storeIn("/site/a b", row.store)
		u, err := parseStore(store)
		if err != nil {
			t.Fatal(err)
		}
		if path, err := storePath(u); err != nil || filepath.ToSlash(path) != row.path ||
			strings.Contains(row.store, "?") != (u.RawQuery != "") {
			t.Errorf("%s: got %s, which is %s, %v", row.store, store, path, err)
		}
	}
	for _, store := range []string{"postgres://host/name", "redis://host", "unix:///run/redis.sock", "memcached:///run/m.sock", "postgres://h%"} {
		if got := storeIn("/site", store); got != store {
			t.Errorf("%s: got %s", store, got)
		}
	}
}

// TestImportedDatabases has what Django reads of DATABASES go into a store, and
// all else be named.
func TestImportedDatabases(t *testing.T) {
	const postgres, mysql, sqlite = "django.db.backends.postgresql", "django.db.backends.mysql", "django.db.backends.sqlite3"
	for _, row := range []struct {
		reason string
		d      djangoDatabase
		store  string
		note   string // what must be said; nothing may be said if it is empty
	}{
		{"a wrapper", djangoDatabase{Engine: "psqlextra.backend", Vendor: "postgresql", Name: "n", User: "u", Host: "h"}, "postgres://u@h/n", ""},
		{"a wrapper of django-tenants", djangoDatabase{Engine: "django_tenants.postgresql_backend", Name: "x", Host: "h"}, "postgres://h/x", ""},
		{"several hosts", djangoDatabase{Engine: postgres, Name: "x", Host: "a,b", Port: "5432,5433", Options: map[string]any{"target_session_attrs": "read-write"}},
			"postgres://a:5432,b:5433/x?target_session_attrs=read-write", ""},
		{"several hosts with one port", djangoDatabase{Engine: postgres, Name: "x", Host: "a,b", Port: "5433"}, "postgres://a:5433,b:5433/x", ""},
		{"a socket's directory", djangoDatabase{Engine: postgres, Name: "x", Host: "/cloudsql/p:r:i", User: "u", Password: "a b"}, "postgres://u:a%20b@/x?host=%2Fcloudsql%2Fp%3Ar%3Ai", ""},
		{"sslmode prefer is the default, and some drivers do not know it", djangoDatabase{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"sslmode": "prefer"}}, "postgres://h/x", ""},
		{"another sslmode", djangoDatabase{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"sslmode": "verify-full", "pool": map[string]any{"max_size": 4.0}, "isolation_level": 4.0}},
			"postgres://h/x?sslmode=verify-full", ""},
		{"a service", djangoDatabase{Engine: postgres, Options: map[string]any{"service": "s"}}, "postgres:///", "OPTIONS service of DATABASES is left out"},
		{"a role", djangoDatabase{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"assume_role": "app"}}, "postgres://h/x", "OPTIONS assume_role of DATABASES is left out"},
		{"what the settings leave to OPTIONS", djangoDatabase{Engine: postgres, Options: map[string]any{"dbname": "d", "user": "u", "password": "p", "host": "h", "port": 5433.0}},
			"postgres://u:p@h:5433/d", ""},
		{"an option that is new", djangoDatabase{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"shiny": "yes"}}, "postgres://h/x", "OPTIONS shiny of DATABASES is left out"},
		{"one that JSON does not have", djangoDatabase{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"shiny": nil}}, "postgres://h/x", "OPTIONS shiny of DATABASES is left out"},
		{"MySQL's options are stronger", djangoDatabase{Engine: mysql, Name: "n", User: "u", Host: "h", Options: map[string]any{"user": "o", "passwd": "p", "db": "d", "host": "oh", "port": 3307.0}},
			"mysql://o:p@oh:3307/d", ""},
		{"a file", djangoDatabase{Engine: mysql, Options: map[string]any{"read_default_file": "/etc/my.cnf"}}, "mysql:///", "OPTIONS read_default_file of DATABASES is left out"},
		{"a certificate", djangoDatabase{Engine: mysql, Name: "n", Host: "h", Options: map[string]any{"ssl": map[string]any{"ca": "/ca.pem"}}}, "mysql://h/n?ssl_ca=%2Fca.pem&tls=true", ""},
		{"TLS with any certificate", djangoDatabase{Engine: mysql, Name: "n", Host: "h", Options: map[string]any{"ssl_mode": "REQUIRED"}}, "mysql://h/n?tls=skip-verify", ""},
		{"no TLS", djangoDatabase{Engine: mysql, Name: "n", Host: "h", Options: map[string]any{"ssl_mode": "DISABLED", "charset": "utf8mb4"}}, "mysql://h/n", ""},
		{"a URI", djangoDatabase{Engine: sqlite, Name: "file:/var/a%20b.sqlite3?mode=ro"}, "/var/a b.sqlite3", ""},
		{"a URI from the project's directory", djangoDatabase{Engine: sqlite, Name: "file:db.sqlite3", Options: map[string]any{"timeout": 20.0, "transaction_mode": "IMMEDIATE"}}, "/site/db.sqlite3", ""},
		{"memory", djangoDatabase{Engine: sqlite, Name: ":memory:"}, "", "in the memory of the site's own process"},
		{"shared memory", djangoDatabase{Engine: sqlite, Name: "file:mem?mode=memory&cache=shared"}, "", "in the memory of the site's own process"},
		{"Oracle", djangoDatabase{Engine: "django.db.backends.oracle", Vendor: "oracle", Name: "x"}, "", "is none that djsession knows"},
	} {
		store, notes := row.d.store("/site")
		said := strings.Join(notes, "\n")
		if filepath.ToSlash(store) != row.store {
			t.Errorf("%s: got %s, want %s", row.reason, store, row.store)
		}
		if row.note == "" && said != "" || !strings.Contains(said, row.note) {
			t.Errorf("%s: said %q, want %q", row.reason, said, row.note)
		}
	}
}

// TestSocketInPath has the URLs of Google's tutorials name a socket's
// directory, as django-environ reads them.
func TestSocketInPath(t *testing.T) {
	for _, row := range []struct{ store, path, parameter, want string }{
		{"postgres://u:pw@//cloudsql/proj:us-central1:inst/name", "/name", "host", "/cloudsql/proj:us-central1:inst"},
		{"postgres://u:pw@//cloudsql/p:r:i/name?sslmode=disable", "/name", "host", "/cloudsql/p:r:i"},
		{"mysql://u:pw@//cloudsql/p:r:i/name", "/name", "unix_socket", "/cloudsql/p:r:i"},
		{"postgres:///name", "/name", "host", ""},
		{"postgres://h/name", "/name", "host", ""},
		{"unix:///run/redis/redis.sock?db=1", "/run/redis/redis.sock", "host", ""},
	} {
		u, err := parseStore(row.store)
		if err != nil || u.Path != row.path || u.Query().Get(row.parameter) != row.want {
			t.Errorf("%s: got %v, %v; want %s in %s, and %s", row.store, u, err, row.want, row.parameter, row.path)
		}
	}
}
