package interop

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestDoctorAsksTheSite has doctor compare the cookies that real Djangos send
// with what settings import wrote, and with other settings.
func TestDoctorAsksTheSite(t *testing.T) {
	built := buildCommand(t)
	for _, series := range []string{"1.11", "3.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			own := testenv.GetDjango(t, series).Own(t, loginSettings(t, testenv.Settings{"MIDDLEWARE": []string{
				"django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
				"django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware"}}))
			for _, row := range []struct {
				reason   string
				settings testenv.Settings
				toml     string // beside the key
				bad      string // checks that find a mistake
			}{
				{"Django's defaults", nil, "", ""},
				{"a path", testenv.Settings{"SESSION_COOKIE_PATH": "/app"}, "", "session_cookie"},
				{"a path that is known", testenv.Settings{"SESSION_COOKIE_PATH": "/app"}, "session_cookie_path = '/app'\n", ""},
				{"a domain", testenv.Settings{"SESSION_COOKIE_DOMAIN": "example.org"}, "", "session_cookie"},
				{"a domain that is known", testenv.Settings{"SESSION_COOKIE_DOMAIN": "example.org"}, "session_cookie_domain = '.example.org'\n", ""},
				{"another name", testenv.Settings{"SESSION_COOKIE_NAME": "my_sessionid"}, "", ""}, // Django deletes only what was sent
				{"a CSRF cookie for HTTPS alone", testenv.Settings{"CSRF_COOKIE_SECURE": true}, "", "csrf_cookie"},
				{"a CSRF cookie for HTTPS alone, as is known", testenv.Settings{"CSRF_COOKIE_SECURE": true}, "csrf_cookie_secure = true\n", ""},
			} {
				t.Run(row.reason, func(t *testing.T) {
					db := testenv.SQLite(t)
					dj := own.On(t, db).With(row.settings)
					dj.Migrate(t)
					server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						var cookies []string
						dj.Run(t, `
							from django.test import Client
							response = Client(HTTP_COOKIE=args["cookie"]).get("/admin/login/")
							result = [cookie.OutputString() for cookie in response.cookies.values()]
						`, map[string]any{"cookie": r.Header.Get("Cookie")}, &cookies)
						for _, cookie := range cookies {
							w.Header().Add("Set-Cookie", cookie)
						}
					}))
					defer server.Close()
					c := built.with(t, "DJANGO_SECRET_KEY="+secret).on(db)
					toml := row.toml
					if !dj.AtLeast(2, 1) { // which has no SameSite
						toml += "session_cookie_samesite = '-'\ncsrf_cookie_samesite = '-'\n"
					}
					if err := os.WriteFile(filepath.Join(c.dir, "djsession.toml"), []byte(toml), 0o600); err != nil {
						t.Fatal(err)
					}
					out, said, _ := c.try(t, "doctor", "--json", "--url", server.URL)
					var report struct {
						Findings []struct{ Check, Verdict, Found string }
					}
					if err := json.Unmarshal([]byte(out), &report); err != nil {
						t.Fatalf("%v: %s", err, said)
					}
					var bad []string
					for _, f := range report.Findings {
						if f.Verdict == "bad" {
							bad = append(bad, f.Check)
						}
					}
					if got := strings.Join(bad, " "); got != row.bad {
						t.Errorf("doctor finds mistakes in %q, want %q: %s", got, row.bad, out)
					}
				})
			}
		})
	}
}

// TestCommandAndSignedCookies has Django read the cookie that create printed,
// and the command Django's; nothing else is done to such a site.
func TestCommandAndSignedCookies(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		db := testenv.SQLite(t)
		dj = dj.On(t, db).
			With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "SESSION_ENGINE": testenv.EngineSignedCookies,
				"PASSWORD_HASHERS": []string{"django.contrib.auth.hashers.MD5PasswordHasher"}})
		dj.Migrate(t)
		dj.Run(t, "from django.contrib.auth.models import User\nUser.objects.create_user('eve', '', 'pw')", nil, nil)
		c := built.with(
			t,
			"DJANGO_SECRET_KEY="+secret,
			"DJSESSION_DJANGO_VERSION="+dj.Series,
			"DJSESSION_SESSION_ENGINE="+testenv.EngineSignedCookies,
			"DJSESSION_USERS_STORE="+db.DSN,
		)
		cookie := strings.TrimSpace(c.run(t, "", "create", "--user", "eve", "page=/"))
		var who string
		dj.Run(t, whoSource, map[string]any{"key": cookie}, &who)
		if who != "eve /" {
			t.Errorf("the command made a cookie, and Django says %q", who)
		}
		if got := c.run(t, "", "whoami", cookie); !strings.HasPrefix(got, "user     eve\n") {
			t.Errorf("whoami says %s", got)
		}
		for _, args := range [][]string{{"list"}, {"logout", "--user", "eve", "--yes"}, {"stats"}, {"clear", "--yes"}, {"doctor"}, {"export"}} {
			for _, store := range []string{"", db.DSN} {
				more := args
				if store != "" {
					more = append(args[:len(args):len(args)], "--store", store)
				}
				if _, said, status := c.try(t, more...); status != 2 ||
					!strings.Contains(said, "in the cookies of its users") {
					t.Errorf("djsession %s exits with %d: %s", strings.Join(more, " "), status, said)
				}
			}
		}
	})
}
