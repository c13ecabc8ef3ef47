package browser

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestSeed goes through what a shop keeps for a visitor: a theme, an offer that
// stays hidden, a cart before and after the login, messages, and a log of
// visits.
func TestSeed(t *testing.T) {
	testenv.Browser(t)
	testenv.GetDjango(t, "5.2")
	tab := openTab(t, openShop(t, "5.2"))

	tab.open("/")
	tab.see("#offer", "Offer of the day")
	tab.click(".theme [value=dark]")
	tab.see("html[data-theme=dark] .brand", "Two Leaves")
	tab.looks("8-go-dark-by-choice")
	tab.open("/shop-django/")
	tab.see("html[data-theme=dark] .brand", "Two Leaves")
	tab.open("/")
	tab.click(".theme button:last-child") // as the browser has it
	tab.click("#offer button")
	tab.see("body:not(:has(#offer)) .brand", "Two Leaves")

	tab.click("[name=add][value=tea-100]")
	tab.see(".message", "Sencha, 100 g is in the cart.")
	tab.see("#cart", "Sencha, 100 g")
	tab.open("/login")
	tab.logIn("carol")
	tab.see("#cart", "Sencha, 100 g") // the anonymous cart
	tab.leave("/cart", "tea-200")
	tab.open("/shop-django/")
	tab.see(".message", "Darjeeling, 100 g is in the cart.")
	tab.leave("/shop-django/", "cup-9")
	tab.open("/")
	tab.see(".message", "Cup No. 9 is in the cart.")
	tab.looks("9-go-message")

	tab.open("/visits")
	tab.see("main", "No log is kept")
	tab.click("main button")
	tab.open("/")
	tab.open("/visits")
	tab.see("#visits", "/")
	tab.looks("10-go-visits")
	tab.click("main button")
	tab.see("main", "Nothing yet.")
	tab.open("/kept")
	tab.see("#kept", "sessionid", "until the browser is closed", "visits")
	tab.looks("11-go-kept")

	tab.click(".who button")
	tab.open("/login")
	tab.do(chromedp.Click(chromedp.CSS("[name=remember]")))
	tab.logIn("carol")
	tab.open("/kept")
	tab.see("#kept tbody tr td:nth-child(3)", "14 days")
}

// leave posts a form as a script does, so that no page shows its message.
func (tab *tab) leave(path, add string) {
	tab.t.Helper()
	tab.script(`fetch("` + path + `", {method: "POST", redirect: "manual", body: new URLSearchParams({add: "` + add +
		`", csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value})}).then(() => document.body.classList.add("sent"))`)
	tab.see("body.sent .brand", "Two Leaves")
}

// TestForgottenPassword asks for a link on each side and follows it on the
// other.
func TestForgottenPassword(t *testing.T) {
	testenv.Browser(t)
	testenv.GetDjango(t, "5.2")
	tab := openTab(t, openShop(t, "5.2"))

	tab.open("/forgot")
	tab.do(chromedp.SendKeys(chromedp.CSS("[name=email]"), "carol@example.com"))
	tab.click("main button")
	tab.see("main", "a link is on its way")
	tab.looks("12-go-forgot")
	mails, err := chromedp.Run(tab.ctx, chromedp.Text(chromedp.CSS("main code")))
	if err != nil {
		t.Fatal(err)
	}

	tab.open(tab.linkIn(mails, "go-*.txt", "/accounts/reset/"))
	tab.do(chromedp.SendKeys(chromedp.CSS("[name=new_password1]"), "set by Django"), chromedp.SendKeys(chromedp.CSS("[name=new_password2]"), "set by Django"))
	tab.click("#content [type=submit]")
	tab.see("#content", "Your password has been set")
	tab.open("/login")
	tab.enter("carol", "set by Django")
	tab.see("#who", "Carol")
	tab.click(".who button")

	tab.open("/accounts/password_reset/")
	tab.do(chromedp.SendKeys(chromedp.CSS("[name=email]"), "carol@example.com"))
	tab.click("#content [type=submit]")
	tab.open(tab.linkIn(mails, "*.log", "/reset/"))
	tab.looks("13-go-reset")
	tab.do(chromedp.SendKeys(chromedp.CSS("[name=password]"), "set by Go"))
	tab.click("main button")
	tab.see(".message", "Your password is set.")
	tab.enter("carol", "set by Go")
	tab.see("#who", "Carol")
}

// linkIn returns the path of the link in the mail whose file matches a pattern.
func (tab *tab) linkIn(dir, pattern, prefix string) string {
	tab.t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) != 1 {
		tab.t.Fatalf("got mails %v, %v; want one", files, err)
	}
	mail, err := os.ReadFile(files[0])
	if err != nil {
		tab.t.Fatal(err)
	}
	link := regexp.MustCompile(`http://\S+`).FindString(string(mail))
	path := strings.TrimPrefix(link, tab.root)
	if !strings.HasPrefix(path, prefix) {
		tab.t.Fatalf("got a link to %q, want one below %s", strings.Split(path, "/")[1], prefix)
	}
	return path
}

func (tab *tab) enter(name, password string) {
	tab.t.Helper()
	tab.do(chromedp.SendKeys(chromedp.CSS("[name=username]"), name), chromedp.SendKeys(chromedp.CSS("[name=password]"), password))
	tab.click("main button")
}
