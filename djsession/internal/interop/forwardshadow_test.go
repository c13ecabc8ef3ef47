package interop

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// shadowReport is what the admin listener says at /shadow.
type shadowReport struct {
	Same        int            `json:"same"`
	OnlyGo      int            `json:"only_go"`
	OnlyDjango  int            `json:"only_django"`
	AnotherUser int            `json:"another_user"`
	Undecided   int            `json:"undecided"`
	Reasons     map[string]int `json:"reasons"`
}

// TestForwardShadow has a Django with the printed middleware serve requests,
// and reads what forward auth counted.
func TestForwardShadow(t *testing.T) {
	settings := loginSettings(t, nil)
	dir := t.TempDir()
	settings["PYTHONPATH"] = append(settings["PYTHONPATH"].([]string), dir)
	settings["MIDDLEWARE"] = []string{"django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
		"django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware", "shadow.middleware"}
	db := testenv.SQLite(t)
	p := newPair(t, testenv.GetDjango(t, "5.2").Own(t, settings), db, nil)
	key := filepath.Join(dir, "secret")
	if err := os.WriteFile(key, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	c := buildCommand(t).with(t, "DATABASE_URL="+db.DSN, "DJSESSION_SECRET_KEY_FILE="+key)
	admin := startForwardAuth(t, c)
	shadow := c.run(t, "", "forward-auth", "--print-config", "django-shadow", "--admin-listen", admin)
	if err := os.WriteFile(filepath.Join(dir, "shadow.py"), []byte(shadow), 0o600); err != nil {
		t.Fatal(err)
	}

	p.django(t, `
		from django.test import Client
		def session_of(name):
			client = Client()
			client.force_login(User.objects.get_by_natural_key(name))
			return "sessionid=" + client.cookies["sessionid"].value
		alice, carol = session_of("alice"), session_of("carol")
		for cookie in (alice, carol, "", alice + "; " + carol):
			assert Client(HTTP_COOKIE=cookie).get("/admin/login/").status_code in (200, 302)
	`, nil, nil)
	// Django takes the last of two cookies of one name; forward auth takes
	// none.
	want := shadowReport{Same: 3, OnlyDjango: 1, Reasons: map[string]int{"two cookies": 1}}
	var got shadowReport
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		got = readShadow(t, admin)
		if got.Same+got.OnlyGo+got.OnlyDjango+got.AnotherUser+got.Undecided >= 4 {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the counts differ (-want +got):\n%s", diff)
	}
}

func readShadow(t *testing.T, admin string) (report shadowReport) {
	t.Helper()
	response, err := http.Get("http://" + admin + "/shadow")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&report); err != nil {
		t.Fatal(err)
	}
	return report
}

// startForwardAuth runs the service until the test ends and returns the address
// of its admin listener.
func startForwardAuth(t *testing.T, c *command) (admin string) {
	t.Helper()
	cmd := exec.Command(c.path, "forward-auth", "--proxy", "nginx", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if found := regexp.MustCompile(`admin.*(127\.0\.0\.1:\d+)`).FindStringSubmatch(lines.Text()); found != nil {
			go io.Copy(io.Discard, log)
			return found[1]
		}
	}
	t.Fatal("forward auth does not say where its admin listener is")
	return ""
}
