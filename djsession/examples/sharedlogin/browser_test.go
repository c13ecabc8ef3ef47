package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// A tab is a real browser on the shop, with a real Django beside it.
type tab struct {
	t         *testing.T
	ctx       context.Context
	root      string
	artifacts string
}

func openTab(t *testing.T, root string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testenv.Browser(t)), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(time.Minute))...)
	t.Cleanup(cancel)
	ctx, cancelTimeout := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancelTimeout)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	return &tab{t, ctx, root, testenv.Artifacts(t)}
}

func (tab *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	if err := chromedp.Do(tab.ctx, steps...); err != nil {
		tab.shoot("failed")
		tab.t.Fatal(err)
	}
}

func (tab *tab) open(path string) {
	tab.t.Helper()
	tab.do(chromedp.Navigate(tab.root + path))
}

// click presses a button and waits for the page that follows.
func (tab *tab) click(button chromedp.CSS) {
	tab.t.Helper()
	if _, err := chromedp.RunResponse(tab.ctx, chromedp.Click(button)); err != nil {
		tab.shoot("failed")
		tab.t.Fatal(err)
	}
}

// see checks what is on the page.
func (tab *tab) see(element chromedp.CSS, want ...string) {
	tab.t.Helper()
	text, err := chromedp.Run(tab.ctx, chromedp.Text(element))
	if err != nil {
		tab.shoot("failed")
		tab.t.Fatal(err)
	}
	for _, want := range want {
		if !strings.Contains(text, want) {
			tab.shoot("failed")
			tab.t.Fatalf("want %q in %s, which is %q", want, element, text)
		}
	}
}

func (tab *tab) shoot(name string) {
	tab.t.Helper()
	png, err := chromedp.Run(tab.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(tab.artifacts, name+".png"), png, 0o644)
	}
	if err != nil {
		tab.t.Error(err)
	}
}

// looks takes pictures of a page as it is by day, by night and on a telephone.
func (tab *tab) looks(name string) {
	tab.t.Helper()
	for scheme, width := range map[string]int64{"light": 1200, "dark": 1200, "phone": 390} {
		feature := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: strings.Replace(scheme, "phone", "light", 1)}
		tab.do(chromedp.EmulateViewport(width, 800), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{feature}})
			return err
		}))
		tab.shoot(name + "-" + scheme)
	}
	tab.do(chromedp.EmulateViewport(1200, 800))
}

func (tab *tab) logIn(name string) {
	tab.t.Helper()
	tab.do(chromedp.SendKeys(chromedp.CSS("[name=username]"), name), chromedp.SendKeys(chromedp.CSS("[name=password]"), name+"'s password"))
	tab.click("main [type=submit], main button, #login-form [type=submit]")
}

// TestBrowser is what the whole module is for: one login, one cart, two programs.
func TestBrowser(t *testing.T) {
	testenv.Browser(t)
	tab := openTab(t, openShop(t, "5.2").URL)

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
	tab.see(".served", "Nobody is logged in")
	tab.open("/shop-django/")
	tab.see(".served", "Nobody is logged in")
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
