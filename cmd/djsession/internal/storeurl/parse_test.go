package storeurl

import (
	"path/filepath"
	"strings"
	"testing"
)

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
		store := In("/site/a b", row.store)
		u, err := Parse(store)
		if err != nil {
			t.Fatal(err)
		}
		if path, err := Path(u); err != nil || filepath.ToSlash(path) != row.path ||
			strings.Contains(row.store, "?") != (u.RawQuery != "") {
			t.Errorf("%s: got %s, which is %s, %v", row.store, store, path, err)
		}
	}
	for _, store := range []string{"postgres://host/name", "redis://host", "unix:///run/redis.sock", "memcached:///run/m.sock", "postgres://h%"} {
		if got := In("/site", store); got != store {
			t.Errorf("%s: got %s", store, got)
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
		u, err := Parse(row.store)
		if err != nil || u.Path != row.path || u.Query().Get(row.parameter) != row.want {
			t.Errorf("%s: got %v, %v; want %s in %s, and %s", row.store, u, err, row.want, row.parameter, row.path)
		}
	}
}
