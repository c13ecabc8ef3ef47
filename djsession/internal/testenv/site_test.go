package testenv_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// The site runs with old and new Djangos, under either server, and knows the
// users of the database.
func TestSite(t *testing.T) {
	for _, tt := range []struct {
		series  string
		workers int
		threads int
		session string
	}{
		{"1.11", 0, 0, "legacy22"},
		{"3.2", 0, 0, "legacy22"},
		{"5.2", 2, 0, "carol"},
		{"5.2", 1, 2, "carol"},
		{"6.1", 0, 0, "carol"},
	} {
		t.Run("django"+tt.series, func(t *testing.T) {
			db, err := testenv.CopySite(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			site := testenv.Site(t, testenv.SiteOptions{Series: tt.series, Database: db, Workers: tt.workers, Threads: tt.threads})
			for path, want := range map[string]string{"": `"user": "carol"`, "shop-django/": "tea-100</td>"} {
				request, err := http.NewRequest(http.MethodGet, site.URL.JoinPath(path).String(), nil)
				if err != nil {
					t.Fatal(err)
				}
				request.AddCookie(&http.Cookie{Name: "sessionid", Value: tt.session + strings.Repeat("0", 32-len(tt.session))})
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				defer response.Body.Close()
				text, err := io.ReadAll(response.Body)
				if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
					t.Errorf("/%s: %s, %v: no %s in %s", path, response.Status, err, want, text)
				}
			}
		})
	}
}
