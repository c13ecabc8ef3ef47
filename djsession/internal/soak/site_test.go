package soak

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

const series = "5.2" // of the Django

// A site is soaksite.py with its settings.
type site struct{ env, dir string }

// newSite makes the tables, and users for all clients.
func newSite(t *testing.T, settings map[string]any) site {
	t.Helper()
	testenv.GetDjango(t, series)
	dir, err := filepath.Abs("site")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	s := site{"SOAK_SETTINGS=" + string(text), dir}
	if output, err := s.python(t, "soaksite.py", strconv.Itoa(clients*usersEach)).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return s
}

func (s site) python(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd, err := testenv.Python(series, args...)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Dir = s.dir
	cmd.Env = append(cmd.Env, s.env, "PYTHONDONTWRITEBYTECODE=1")
	return cmd
}

// serve starts gunicorn on a socket that is open already, and returns its URL.
func (s site) serve(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := s.python(t, "-m", "gunicorn", "--bind", "fd://3", "--workers", "2", "--worker-class", "gthread", "--threads", "4",
		"--keep-alive", "60", "--worker-tmp-dir", t.TempDir(), "--log-level", "critical", "soaksite:application")
	cmd.ExtraFiles = []*os.File{file}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	url := "http://" + listener.Addr().String()
	response, err := (&http.Client{Timeout: time.Minute}).Get(url + "/who")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return url
}
