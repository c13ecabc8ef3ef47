package testenv

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Database is an empty database that one test has for itself.
type Database struct {
	// Vendor is Django's word for the sort of database: "sqlite", "postgresql"
	// or "mysql".
	Vendor string
	// Server is the name of its server, such as "MySQL": empty for SQLite.
	Server string
	// URL names it the way DATABASE_URL does: sqlite:/path, postgres://… or
	// mysql://….
	URL string
	// DSN names it for [database/sql]: lib/pq and pgx take PostgreSQL's URL,
	// go-sql-driver its own form without parameters, SQLite drivers the file's
	// path.
	DSN string
	// SocketDSN is DSN by way of the server's Unix socket: empty where there is
	// none.
	SocketDSN string
	// Settings is the database as an entry of Django's DATABASES setting.
	Settings map[string]any
}

// EachDatabase runs a subtest named for each sort of database, with a fresh
// one. A missing one skips or fails its own subtest.
func EachDatabase(t *testing.T, test func(t *testing.T, db *Database)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgresql", func(t *testing.T) { test(t, PostgreSQL(t).Database(t)) })
	t.Run("mariadb", func(t *testing.T) { test(t, MariaDB(t).Database(t)) })
	t.Run("mysql", func(t *testing.T) { test(t, MySQL(t).Database(t)) })
}

// SQLite returns an SQLite database in a file that does not exist yet.
func SQLite(t testing.TB) *Database { return SQLiteFile(filepath.Join(t.TempDir(), "db.sqlite3")) }

// SQLiteFile describes the SQLite database in a file.
func SQLiteFile(path string) *Database {
	return &Database{
		Vendor:   "sqlite",
		URL:      (&url.URL{Scheme: "sqlite", Opaque: (&url.URL{Path: path}).EscapedPath()}).String(),
		DSN:      path,
		Settings: map[string]any{"ENGINE": "django.db.backends.sqlite3", "NAME": path},
	}
}

// Database makes a database on a PostgreSQL, MariaDB or MySQL server, and drops
// it when the test ends. It needs the server's own client program, psql,
// mariadb or mysql, which comes with the server.
func (s *Server) Database(t testing.TB) *Database {
	t.Helper()
	db, drop := s.createDatabase(t)
	t.Cleanup(func() { s.admin(t, drop) })
	return db
}

func (s *Server) createDatabase(t testing.TB) (db *Database, drop string) {
	t.Helper()
	name := "djs_" + strings.ToLower(rand.Text()[:12])
	switch s.kind.scheme {
	case "postgres":
		s.admin(t, "CREATE DATABASE "+name)
		return s.postgresDatabase(name), "DROP DATABASE " + name + " WITH (FORCE)"
	case "mysql":
		s.admin(t, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4")
		return s.mysqlDatabase(name), "DROP DATABASE " + name
	}
	t.Fatalf("%s has no databases to make", s.kind.name)
	return nil, ""
}

// admin runs one statement through the server's client program, which takes the
// password from its environment.
func (s *Server) admin(t testing.TB, statement string) {
	t.Helper()
	password, _ := s.URL.User.Password()
	var client string
	var args []string
	var err error
	if s.kind.scheme == "postgres" {
		client, err = s.kind.program("psql")
		u := *s.URL
		u.User = url.User(s.URL.User.Username())
		args = []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", u.String(), "-c", statement}
	} else {
		client, err = s.kind.program("mariadb", "mysql")
		args = []string{"--no-defaults", "--protocol=tcp", "-h", s.URL.Hostname(), "-P", s.URL.Port(), "-u", s.URL.User.Username(), "-e", statement}
	}
	if err != nil {
		missing(t, s.kind.name+"'s client program", err)
	}
	cmd := exec.Command(client, args...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password, "MYSQL_PWD="+password)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %s: %v: %s", filepath.Base(client), statement, err, lastBytes(output))
	}
}

func (s *Server) postgresDatabase(name string) *Database {
	u := *s.URL
	u.Path = "/" + name
	db := &Database{Vendor: "postgresql", Server: s.kind.name, URL: u.String(), DSN: u.String(), Settings: s.settings("django.db.backends.postgresql", name)}
	if s.Socket != "" {
		socket := u
		socket.Host = ""
		socket.RawQuery = url.Values{"host": {filepath.Dir(s.Socket)}, "port": {u.Port()}, "sslmode": {"disable"}}.Encode()
		db.SocketDSN = socket.String()
	}
	return db
}

func (s *Server) mysqlDatabase(name string) *Database {
	u := *s.URL
	u.Path = "/" + name
	account := u.User.Username()
	if password, ok := u.User.Password(); ok {
		account += ":" + password
	}
	db := &Database{Vendor: "mysql", Server: s.kind.name, URL: u.String(), DSN: fmt.Sprintf("%s@tcp(%s)/%s", account, u.Host, name),
		Settings: s.settings("django.db.backends.mysql", name)}
	if s.Socket != "" {
		db.SocketDSN = fmt.Sprintf("%s@unix(%s)/%s", account, s.Socket, name)
	}
	return db
}

func (s *Server) settings(engine, name string) map[string]any {
	password, _ := s.URL.User.Password()
	return map[string]any{"ENGINE": engine, "NAME": name, "USER": s.URL.User.Username(), "PASSWORD": password,
		"HOST": s.URL.Hostname(), "PORT": s.URL.Port()}
}
