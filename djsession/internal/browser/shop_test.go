// Package browser holds the tests that need a real browser.
package browser

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// openShop runs the example shop as its README says, with a real Django, and
// returns its address.
func openShop(t *testing.T, series string) string {
	t.Helper()
	root := filepath.Dir(testenv.Testdata(t, ""))
	program := filepath.Join(t.TempDir(), "sharedlogin")
	build := exec.Command("go", "build", "-o", program, "./djsession/examples/sharedlogin")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shop := exec.Command(program, "-addr", "127.0.0.1:0", "-django", series)
	shop.Dir, shop.Stderr = root, os.Stderr
	guide, err := shop.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shop.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = shop.Process.Signal(syscall.SIGTERM) // it stops its Django
		_ = shop.Wait()
	})
	for lines := bufio.NewScanner(guide); lines.Scan(); {
		if address, ok := strings.CutPrefix(lines.Text(), "The shop is open: "); ok {
			return strings.TrimSuffix(address, "/")
		}
	}
	t.Fatal("the shop did not say where it is")
	return ""
}

// TestBrowser is what the whole module is for: one login, one cart, two
// programs.
func TestBrowser(t *testing.T) {
	testenv.Browser(t) // before the shop takes its time
	testenv.GetDjango(t, "5.2")
	tab := openTab(t, openShop(t, "5.2"))

	tab.open("/admin/") // Django
	tab.logIn("alice")
	tab.see("#user-tools", "ALICE")
	tab.looks("1-django-admin")

	tab.open("/") // Go
	tab.see("#who", "Alice")
	tab.see(".served", "served by Go", "It knows alice")
	tab.click("[name=add][value=tea-100]")
	tab.see("#cart", "Sencha, 100 g", "€ 4.50")

	tab.open("/shop-django/")
	tab.see("#who", "Alice")
	tab.see(".served", "served by Django", "It knows alice")
	tab.see("#cart", "Sencha, 100 g")
	tab.click("[name=add][value=cup-7]")
	tab.see("#cart", "Sencha, 100 g", "Cup No. 7", "€ 16.50")
	tab.looks("2-django-shop")

	tab.open("/")
	tab.see("#cart", "Sencha, 100 g", "Cup No. 7", "€ 16.50")
	tab.looks("3-go-shop")
	tab.open("/sessions")
	tab.see("h1", "Live sessions")
	tab.looks("4-go-sessions")

	tab.click(".who button") // log out on Go
	tab.see(".served", "No user is logged in")
	tab.open("/shop-django/")
	tab.see(".served", "No user is logged in")
	tab.see(".empty", "Nothing yet.")
	tab.open("/admin/")
	tab.see("#login-form", "Password")

	tab.open("/sessions") // Go asks to log in
	tab.looks("5-go-login")
	tab.logIn("carol")
	tab.see("main", "carol lacks the permission")
	tab.looks("6-go-forbidden")
	tab.open("/shop-django/")
	tab.see("#who", "Carol Ñandú 日本")
}
