package testenv

import (
	"fmt"
	"testing"
	"time"
)

// HAProxy starts a proxy before a server, which closes connections that were
// idle for so long, and returns its address. It stops when the test ends.
func HAProxy(t testing.TB, server *Server, idle time.Duration) string {
	t.Helper()
	return Proxy(t, "haproxy", func(_, address string) []ConfigFile {
		return []ConfigFile{{"haproxy.cfg", fmt.Sprintf(`defaults
	mode tcp
	timeout connect 5s
	timeout client %[1]dms
	timeout server %[1]dms
listen tests
	bind %[2]s
	server only %[3]s
`, idle.Milliseconds(), address, server.Addr())}}
	})
}
