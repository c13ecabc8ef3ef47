package project

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
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
		d := database{
			Engine:   "django.db.backends." + row.engine,
			Name:     "na,me%",
			User:     "u,@ser",
			Password: password,
			Host:     row.host,
			Port:     row.port,
		}
		store, _ := d.store("/site")
		u, err := storeurl.Parse(store)
		if err != nil {
			t.Errorf("%s: %s: %v", row.reason, store, err)
			continue
		}
		if got, _ := u.User.Password(); got != password || u.User.Username() != "u,@ser" || u.Host != row.want ||
			u.Path != "/na,me%" {
			t.Errorf("%s: %s is %q of %q at %q, %q", row.reason, store, got, u.User.Username(), u.Host, u.Path)
		}
		if shown := storeurl.Shown(u); strings.Contains(shown, url.QueryEscape("é")) {
			t.Errorf("%s: %s shows the password", row.reason, shown)
		}
	}
}

// TestImportedDatabases has what Django reads of DATABASES go into a store, and
// all else be named.
func TestImportedDatabases(t *testing.T) {
	const postgres, mysql, sqlite = "django.db.backends.postgresql", "django.db.backends.mysql", "django.db.backends.sqlite3"
	for _, row := range []struct {
		reason string
		d      database
		store  string
		note   string // what must be said; nothing may be said if it is empty
	}{
		{"a wrapper", database{Engine: "psqlextra.backend", Vendor: "postgresql", Name: "n", User: "u", Host: "h"}, "postgres://u@h/n", ""},
		{"a wrapper of django-tenants", database{Engine: "django_tenants.postgresql_backend", Name: "x", Host: "h"}, "postgres://h/x", ""},
		{"several hosts", database{Engine: postgres, Name: "x", Host: "a,b", Port: "5432,5433", Options: map[string]any{"target_session_attrs": "read-write"}},
			"postgres://a:5432,b:5433/x?target_session_attrs=read-write", ""},
		{"several hosts with one port", database{Engine: postgres, Name: "x", Host: "a,b", Port: "5433"}, "postgres://a:5433,b:5433/x", ""},
		{"a socket's directory", database{Engine: postgres, Name: "x", Host: "/cloudsql/p:r:i", User: "u", Password: "a b"}, "postgres://u:a%20b@/x?host=%2Fcloudsql%2Fp%3Ar%3Ai", ""},
		{"sslmode prefer is the default, and some drivers do not know it", database{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"sslmode": "prefer"}}, "postgres://h/x", ""},
		{"another sslmode", database{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"sslmode": "verify-full", "pool": map[string]any{"max_size": 4.0}, "isolation_level": 4.0}},
			"postgres://h/x?sslmode=verify-full", ""},
		{"a service", database{Engine: postgres, Options: map[string]any{"service": "s"}}, "postgres:///", "OPTIONS service of DATABASES is left out"},
		{"a role", database{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"assume_role": "app"}}, "postgres://h/x", "OPTIONS assume_role of DATABASES is left out"},
		{"what the settings leave to OPTIONS", database{Engine: postgres, Options: map[string]any{"dbname": "d", "user": "u", "password": "p", "host": "h", "port": 5433.0}},
			"postgres://u:p@h:5433/d", ""},
		{"an option that is new", database{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"shiny": "yes"}}, "postgres://h/x", "OPTIONS shiny of DATABASES is left out"},
		{"one that JSON does not have", database{Engine: postgres, Name: "x", Host: "h", Options: map[string]any{"shiny": nil}}, "postgres://h/x", "OPTIONS shiny of DATABASES is left out"},
		{"MySQL's options are stronger", database{Engine: mysql, Name: "n", User: "u", Host: "h", Options: map[string]any{"user": "o", "passwd": "p", "db": "d", "host": "oh", "port": 3307.0}},
			"mysql://o:p@oh:3307/d", ""},
		{"a file", database{Engine: mysql, Options: map[string]any{"read_default_file": "/etc/my.cnf"}}, "mysql:///", "OPTIONS read_default_file of DATABASES is left out"},
		{"a certificate", database{Engine: mysql, Name: "n", Host: "h", Options: map[string]any{"ssl": map[string]any{"ca": "/ca.pem"}}}, "mysql://h/n?ssl_ca=%2Fca.pem&tls=true", ""},
		{"TLS with any certificate", database{Engine: mysql, Name: "n", Host: "h", Options: map[string]any{"ssl_mode": "REQUIRED"}}, "mysql://h/n?tls=skip-verify", ""},
		{"no TLS", database{Engine: mysql, Name: "n", Host: "h", Options: map[string]any{"ssl_mode": "DISABLED", "charset": "utf8mb4"}}, "mysql://h/n", ""},
		{"a URI", database{Engine: sqlite, Name: "file:/var/a%20b.sqlite3?mode=ro"}, "/var/a b.sqlite3", ""},
		{"a URI from the project's directory", database{Engine: sqlite, Name: "file:db.sqlite3", Options: map[string]any{"timeout": 20.0, "transaction_mode": "IMMEDIATE"}}, "/site/db.sqlite3", ""},
		{"memory", database{Engine: sqlite, Name: ":memory:"}, "", "in the memory of the site's own process"},
		{"shared memory", database{Engine: sqlite, Name: "file:mem?mode=memory&cache=shared"}, "", "in the memory of the site's own process"},
		{"Oracle", database{Engine: "django.db.backends.oracle", Vendor: "oracle", Name: "x"}, "", "is none that djsession knows"},
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
