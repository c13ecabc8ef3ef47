package browser

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

// A tab is a tab of a real browser.
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

// script runs JavaScript on the page.
func (tab *tab) script(source string) {
	tab.t.Helper()
	tab.do(chromedp.Evaluate[chromedp.Void](source))
}
