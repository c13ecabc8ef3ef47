package cli

import (
	"net"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestImportedPasswords has a password with every sign that means something in a URL go through settings import and back.
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
		d := djangoDatabase{Engine: "django.db.backends." + row.engine, Name: "na,me%", User: "u,@ser", Password: password, Host: row.host, Port: row.port}
		store, _ := d.store("/site")
		u, err := parseStore(store)
		if err != nil {
			t.Errorf("%s: %s: %v", row.reason, store, err)
			continue
		}
		if got, _ := u.User.Password(); got != password || u.User.Username() != "u,@ser" || u.Host != row.want || u.Path != "/na,me%" {
			t.Errorf("%s: %s is %q of %q at %q, %q", row.reason, store, got, u.User.Username(), u.Host, u.Path)
		}
		if shown := place(u); strings.Contains(shown, url.QueryEscape("é")) {
			t.Errorf("%s: %s shows the password", row.reason, shown)
		}
	}
}

// TestPostgresSocket is a site whose DATABASES has no HOST: libpq, and so Django, speaks to the local socket then.
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

// TestStoreIn has the paths of djsession.toml count from its folder, in each of the ways to name one.
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
		if path, err := storePath(u); err != nil || filepath.ToSlash(path) != row.path || strings.Contains(row.store, "?") != (u.RawQuery != "") {
			t.Errorf("%s: got %s, which is %s, %v", row.store, store, path, err)
		}
	}
	for _, store := range []string{"postgres://host/name", "redis://host", "unix:///run/redis.sock", "memcached:///run/m.sock", "postgres://h%"} {
		if got := storeIn("/site", store); got != store {
			t.Errorf("%s: got %s", store, got)
		}
	}
}
