package djsite

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestPlaceIn has the paths of djsession.toml count from its directory, in each
// of the ways to name one.
func TestPlaceIn(t *testing.T) {
	for _, row := range []struct{ place, path string }{
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
		t.Run(row.place, func(t *testing.T) {
			moved := placeIn("/site/a b", row.place)
			p, ok := parsePlace(moved)
			path, named := p.path()
			if !ok || !named || filepath.ToSlash(path) != row.path {
				t.Errorf("got %s, which is %s; want %s", moved, path, row.path)
			}
			if got, want := len(p.query) > 0, strings.Contains(row.place, "?"); got != want {
				t.Errorf("got parameters: %v, want %v", got, want)
			}
		})
	}
	for _, place := range []string{
		"postgres://host/name", "redis://host", "unix:///run/redis.sock", "memcached:///run/m.sock", "postgres://h%", "oracle://y",
	} {
		if got := placeIn("/site", place); got != place {
			t.Errorf("%s: got %s", place, got)
		}
	}
}
