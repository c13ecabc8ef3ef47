package dbtest

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/djsite"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// testdataSite is the site of testdata as a settings file says it, over a copy
// of its database.
func testdataSite(t *testing.T, lines ...string) (path string, db *sql.DB) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"db.sqlite3", "secret_key", "secret_key_fallbacks"} {
		text, err := os.ReadFile(testenv.Testdata(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path = filepath.Join(dir, "djsession.toml")
	text := "store = 'db.sqlite3'\nsecret_key_file = 'secret_key'\nsecret_key_fallbacks_file = 'secret_key_fallbacks'\n"
	if err := os.WriteFile(path, []byte(text+strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	conn, _ := Open(t, testenv.SQLiteFile(filepath.Join(dir, "db.sqlite3")))
	return path, conn
}

// who answers with the name of the user, or why there is none.
func who(w http.ResponseWriter, r *http.Request) {
	user, err := auth.FromRequest(r)
	switch {
	case err == nil:
		fmt.Fprint(w, user.Username)
	case errors.Is(err, auth.ErrNotLoggedIn):
		fmt.Fprint(w, err)
	default:
		djsession.Error(w, r, err)
	}
}

// ask sends a request with the cookie of one of testdata's sessions.
func ask(h http.Handler, session string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: session + strings.Repeat("0", 32-len(session))})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestSiteServesTestdata opens the site of testdata by its settings alone.
func TestSiteServesTestdata(t *testing.T) {
	for _, test := range []struct {
		name    string
		lines   []string
		session string
		want    string
	}{
		{"a login under the key", nil, "alice", "alice"},
		{"an inactive user", nil, "dave", auth.ReasonInactive.Error()},
		{"nobody", nil, "anonymouscart", auth.ReasonNoLogin.Error()},
		{
			"a legacy session where the version is not known: it is read, and its hash is not the newest", nil, "legacy111",
			auth.ReasonHashForeign.Error(),
		},
		{"a legacy session of Django 3.2", []string{"django_version = '3.2'"}, "sha132", "alice"},
		{"a legacy session where such are written", []string{"django_version = '2.2'"}, "legacy22", "carol"},
		{
			"a legacy session, which Django 5.2 rejects", []string{"django_version = '5.2'"}, "sha132",
			auth.ReasonNoLogin.Error(),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			path, db := testdataSite(t, test.lines...)
			site, err := djsite.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			app, err := site.Open(djsite.Connections{DB: map[string]*sql.DB{"default": db}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := ask(app.Handler(http.HandlerFunc(who)), test.session); got.Body.String() != test.want {
				t.Errorf("got %s, want %s", got.Body, test.want)
			}
		})
	}
}
