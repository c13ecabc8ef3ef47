package interop

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// TestBrowserGuardsHostCookies has a page on a sibling subdomain set cookies
// that look like the site's __Host- cookie, in a real browser: those that it
// lets through give no session.
func TestBrowserGuardsHostCookies(t *testing.T) {
	const name = "__Host-sessionid"
	browser := testenv.Browser(t)
	m := djsession.NewManager(memstore.New(nil), &djsession.Options{CookieName: name})
	planted := m.New()
	planted.Set("who", "the attacker")
	if err := planted.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	site := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		who, _ := s.Text("who")
		fmt.Fprintf(w, "cookies: %d, session of: %q", strings.Count(r.Header.Get("Cookie"), planted.Key()), who)
	}))
	for _, row := range []struct {
		reason, cookie string
		sent           int // whether the browser sends it to the site
	}{
		{"the exact name, which the browser guards", name, 0},
		{"a space of Unicode before it", `\u2000` + name, 1},
		{"a space of Unicode behind it: the prefix is there", name + `\u3000`, 0},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.Host, "evil.") {
				site.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, port, _ := net.SplitHostPort(r.Host)
			fmt.Fprintf(w, `<script>document.cookie = "%s=%s; Domain=victim.test; Path=/"; location = "http://app.victim.test:%s/"</script>`,
				row.cookie, planted.Key(), port)
		}))
		_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		page, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
			"--user-data-dir="+t.TempDir(), "--virtual-time-budget=4000", "--host-resolver-rules=MAP *.victim.test 127.0.0.1", "--dump-dom",
			"http://evil.victim.test:"+port+"/").Output()
		cancel()
		server.Close()
		if want := fmt.Sprintf(`cookies: %d, session of: ""`, row.sent); err != nil || !strings.Contains(string(page), want) {
			t.Errorf("%s: the page is %q (%v), want %q", row.reason, page, err, want)
		}
	}
}
