package routers

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/memstore"
)

func TestForms(t *testing.T) {
	for name, router := range map[string]func(*djsession.Manager, *csrf.Protection) http.Handler{"chi": ChiForm, "gin": GinForm, "echo": EchoForm} {
		for _, inSession := range []bool{false, true} {
			server := httptest.NewServer(router(djsession.NewManager(memstore.New(nil), nil), csrf.New(&csrf.Options{UseSessions: inSession})))
			jar, _ := cookiejar.New(nil)
			client := &http.Client{Jar: jar}
			read := func(resp *http.Response, err error) (int, string) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				body, _ := io.ReadAll(resp.Body)
				return resp.StatusCode, string(body)
			}
			_, page := read(client.Get(server.URL))
			token := regexp.MustCompile(`value="(\w{64})"`).FindStringSubmatch(page)
			if token == nil {
				t.Fatalf("%s: no token in %q", name, page)
			}
			if status, got := read(client.PostForm(server.URL, url.Values{"name": {"Ann"}, "csrfmiddlewaretoken": token[1:]})); status != 200 || got != "got Ann" {
				t.Errorf("%s: %d %q", name, status, got)
			}
			if status, _ := read(client.PostForm(server.URL, url.Values{"name": {"Ann"}})); status != 403 {
				t.Errorf("%s: a form without a token: %d", name, status)
			}
			server.Close()
		}
	}
}
