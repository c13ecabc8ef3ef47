package browser

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestForwardAuth puts a file server that others wrote, and that believes a
// header, behind nginx, forward auth and Django's login.
func TestForwardAuth(t *testing.T) {
	testenv.Browser(t)
	testenv.GetDjango(t, "5.2")
	files := t.TempDir()
	if err := os.WriteFile(filepath.Join(files, "tea-list.txt"), []byte("Sencha"), 0o644); err != nil {
		t.Fatal(err)
	}
	root := filepath.Dir(testenv.Testdata(t, ""))
	app := testenv.WsgiDAV(t, filepath.Join(root, "djsession", "examples", "forwardauth", "wsgidav.yaml"), files)
	tab := openTab(t, openFrontDoor(t, root, app))

	tab.open("/") // Django asks to log in, and leads back
	tab.see("#login-form", "Password")
	tab.logIn("alice")
	tab.see("body", `Authenticated user: "alice"`, "tea-list.txt")
	tab.looks("14-files")

	spoof := func(want string) {
		t.Helper()
		for _, header := range []string{"X-Auth-Request-Preferred-Username", "X_Auth_Request_Preferred_Username"} {
			tab.script(fmt.Sprintf(`document.body.className = ""; fetch("/", {headers: {%q: "mallory"}}).then(r => r.text().then(text => {
				document.body.innerText = r.status + " " + text; document.body.className = "answered"}))`, header))
			tab.see("body.answered", want)
		}
	}
	spoof(`Authenticated user: "alice"`)

	tab.open("/admin/")
	tab.click("#logout-form button")
	spoof("401 ")
	tab.open("/")
	tab.see("#login-form", "Password")
	tab.logIn("bob")
	tab.see("body", `Authenticated user: "bob"`)
}

// openFrontDoor runs Django, forward auth and nginx in front of an application
// and returns the address of nginx.
func openFrontDoor(t *testing.T, root, app string) string {
	t.Helper()
	db, err := testenv.CopySite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	django := testenv.Site(t, testenv.SiteOptions{Series: "5.2", Database: db})
	dir := t.TempDir()
	command := filepath.Join(dir, "djsession")
	build := exec.Command("go", "build", "-o", command, "./cmd/djsession")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	service := exec.Command(command, "forward-auth", "--proxy", "nginx", "--listen", "127.0.0.1:0", "--login-url", "/admin/login/")
	service.Env = append(os.Environ(), "DATABASE_URL="+db.DSN, "DJSESSION_SECRET_KEY_FILE="+testenv.Testdata(t, "secret_key"),
		"DJSESSION_SECRET_KEY_FALLBACKS_FILE="+testenv.Testdata(t, "secret_key_fallbacks"))
	log, err := service.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = service.Process.Signal(syscall.SIGTERM)
		_ = service.Wait()
	})
	auth := addressIn(t, log)
	address := testenv.Proxy(t, "nginx", func(dir, address string) []testenv.ConfigFile {
		print := exec.Command(command, "forward-auth", "--print-config", "nginx", "--listen", auth, "--front", address,
			"--upstream", app, "--django", django.URL.Host, "--login-url", "/admin/login/")
		text, err := print.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return []testenv.ConfigFile{{Name: "config", Text: fmt.Sprintf("daemon off;\npid %[1]s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"+
			"client_body_temp_path %[1]s/b;\nproxy_temp_path %[1]s/p;\nfastcgi_temp_path %[1]s/f;\nuwsgi_temp_path %[1]s/u;\nscgi_temp_path %[1]s/s;\n%[2]s\n}\n",
			dir, text)}}
	})
	return "http://" + address
}

// addressIn returns where forward auth says that it listens.
func addressIn(t *testing.T, log io.Reader) string {
	t.Helper()
	var said strings.Builder
	for lines := bufio.NewScanner(io.TeeReader(log, &said)); lines.Scan(); {
		if found := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(lines.Text()); found != "" {
			go io.Copy(io.Discard, log)
			return found
		}
	}
	t.Fatalf("forward auth does not say where it listens: %s", said.String())
	return ""
}
