package place

import (
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// TestPostgresSocket is a site whose DATABASES has no HOST: libpq, and so
// Django, speaks to the local socket then.
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
	site, err := settings.New(map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), site, "postgres://shop@:5433/shop")
	if err == nil || !strings.HasPrefix(err.Error(), "PostgreSQL at "+socketFolders[1]+": ") {
		t.Errorf("got %v", err)
	}
	select {
	case <-asked:
	default:
		t.Error("nobody spoke to the socket")
	}
}
