package cli

import (
	"strings"
	"testing"
)

// TestSocketInPath reads the URLs of Google's documents as django-environ does.
func TestSocketInPath(t *testing.T) {
	for _, row := range []struct{ reason, store, want string }{
		{"a socket", "postgres://u:pw@//cloudsql/project:region:instance/name", "postgres://u:pw@/name?host=%2Fcloudsql%2Fproject%3Aregion%3Ainstance"},
		{"and a parameter", "postgres://u@//run/sock/name?app=qsessions", "postgres://u@/name?app=qsessions&host=%2Frun%2Fsock"},
		{"a host", "postgres://u@host//name", "postgres://u@host//name"},
		{"neither", "postgres://u@/name", "postgres://u@/name"},
	} {
		u, err := parseStore(row.store)
		if err != nil {
			t.Fatal(err)
		}
		if got := socketInPath(u, "host").String(); got != row.want {
			t.Errorf("%s: got %s, want %s", row.reason, got, row.want)
		}
	}
}

// TestURLsOfPostgreSQL has what cannot be used told without the password.
func TestURLsOfPostgreSQL(t *testing.T) {
	for _, row := range []struct{ reason, store, want string }{
		{"no such mode", "postgres://u:pa55@127.0.0.1:1/n?sslmode=bogus", "sslmode is invalid"},
		{"no such file", "postgres://u:pa55@127.0.0.1:1/n?sslmode=verify-full&sslrootcert=/none", "/none"},
		{"nobody listens", "postgres://u:pa55@127.0.0.1:1/n?sslmode=prefer", "refused"},
	} {
		site, err := newSite(map[string]string{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = openStore(t.Context(), site, row.store)
		if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "pa55") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", row.reason, err, row.want)
		}
	}
}
