package testenv_test

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestNewServersAnswer starts the caches that come from another Debian suite.
func TestNewServersAnswer(t *testing.T) {
	for _, row := range []struct {
		name               string
		server             func(testing.TB) *testenv.Server
		question, contains string
	}{
		{"redis", testenv.NewRedis, "INFO server\r\n", "redis_version:"},
		{"valkey", testenv.Valkey, "INFO server\r\n", "server_name:valkey"},
		{"memcached", testenv.NewMemcached, "version\r\n", "VERSION "},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := talk(t, "tcp", row.server(t).Addr(), row.question)
			if !strings.Contains(got, row.contains) {
				t.Errorf("got %q, want %q in it", got, row.contains)
			}
		})
	}
}
