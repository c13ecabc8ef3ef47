package place

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// TestURLsOfPostgreSQL has what cannot be used told without the password.
func TestURLsOfPostgreSQL(t *testing.T) {
	for _, row := range []struct{ reason, store, want string }{
		{"no such mode", "postgres://u:pa55@127.0.0.1:1/n?sslmode=bogus", "sslmode is invalid"},
		{"no such file", "postgres://u:pa55@127.0.0.1:1/n?sslmode=verify-full&sslrootcert=/none", "/none"},
		{"nobody listens", "postgres://u:pa55@127.0.0.1:1/n?sslmode=prefer", "refused"},
	} {
		site, err := settings.New(map[string]string{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(t.Context(), site, row.store)
		if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "pa55") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", row.reason, err, row.want)
		}
	}
}
