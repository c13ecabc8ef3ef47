package storeurl

import (
	"testing"
)

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
