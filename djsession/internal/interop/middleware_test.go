package interop

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"

	_ "modernc.org/sqlite"
)

//go:embed middleware.py
var middlewarePy string

// The instant at which both sides serve, and the stored session's key.
var (
	frozen    = time.Unix(1700000000, 250e6).UTC()
	storedKey = strings.Repeat("k", 32)
)

// serveGo serves a scenario with our middleware and returns the outcome in the
// words of middleware.py.
func serveGo(t *testing.T, s *scenario) string {
	clock := func() time.Time { return frozen }
	db := memoryDB(t)
	codec := djsession.NewCodec("a secret", &djsession.CodecOptions{Now: clock})
	store := dbstore.New(db, sqldialect.SQLite, codec, &dbstore.Options{Now: clock})
	if s.Stored != "" {
		insertStored(t, db, codec, s)
	}
	m := djsession.NewManager(store, optionsOf(t, s.Settings, clock))
	r := httptest.NewRequest("GET", "/", nil)
	if cookie := cmp.Or(s.Cookie, "sessionid=<KEY>"); cookie != "-" {
		r.Header["Cookie"] = []string{strings.ReplaceAll(cookie, "<KEY>", storedKey)}
	}
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, op := range s.Ops {
			session, err := djsession.FromRequest(r)
			if err != nil {
				t.Fatal(err)
			}
			do(t, r.Context(), session, store, op)
		}
		if s.Vary != "" {
			w.Header().Set("Vary", s.Vary)
		}
		if s.Status != 0 {
			w.WriteHeader(s.Status)
		}
	})).ServeHTTP(w, r)
	return outcome(t, w, store)
}

const createTable = `CREATE TABLE django_session (session_key varchar(40) NOT NULL PRIMARY KEY, session_data text NOT NULL, expire_date datetime NOT NULL)`

func insertStored(t *testing.T, db *sql.DB, codec *djsession.Codec, s *scenario) {
	data, err := djsession.JSON.Loads(cmp.Or(s.Data, `{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := codec.Encode(data)
	if err != nil {
		t.Fatal(err)
	}
	life := time.Hour
	switch s.Stored {
	case "expired":
		life = -time.Minute
	case "now":
		life = 0
	case "garbage":
		text = "garbage"
	case "forged":
		text = strings.ToUpper(text)
	}
	expires := frozen.Add(life).Format("2006-01-02 15:04:05.000000")
	if _, err := db.Exec("INSERT INTO django_session VALUES (?, ?, ?)", storedKey, text, expires); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, ctx context.Context, s *djsession.Session, store djsession.Store, op []any) {
	text := func() string { return op[1].(string) }
	var err error
	switch op[0] {
	case "get":
		_, _, err = djsession.Get[any](s, text())
	case "has":
		s.Has(text())
	case "names":
		s.Names()
	case "set":
		s.Set(text(), op[2])
	case "delete":
		s.Delete(text())
	case "pop":
		_, _, err = djsession.Pop[any](s, text())
	case "setdefault":
		_, err = djsession.SetDefault(s, text(), op[2])
	case "modified", "modified_unread":
		s.MarkModified()
	case "set_test_cookie":
		s.SetTestCookie()
	case "delete_test_cookie":
		s.DeleteTestCookie()
	case "clear":
		s.Clear()
	case "flush":
		err = s.Flush(ctx)
	case "cycle":
		err = s.CycleKey(ctx)
	case "update":
		s.Update(maps.All(op[1].(map[string]any)))
	case "save":
		err = s.Save(ctx)
	case "create":
		err = s.Create(ctx)
	case "values":
		for range s.Data().All() {
		}
	case "test_cookie_worked":
		s.TestCookieWorked()
	case "expiry":
		_, err = s.ExpiryAge()
	case "gone":
		err = store.Delete(ctx, storedKey)
	case "expire_after":
		s.SetExpiry(djsession.ExpireAfter(time.Duration(op[1].(int)) * time.Second))
	case "expire_at":
		var at time.Time
		at, err = time.Parse(time.RFC3339, text())
		s.SetExpiry(djsession.ExpireAt(at))
	case "expire_on_close":
		s.SetExpiry(djsession.ExpireOnClose)
	case "expire_default":
		s.SetExpiry(djsession.ExpireDefault)
	default:
		t.Fatalf("unknown op %v", op)
	}
	if err != nil {
		t.Fatalf("%v: %v", op, err)
	}
}

// optionsOf translates Django's settings.
func optionsOf(t *testing.T, set settings, clock func() time.Time) *djsession.Options {
	o := &djsession.Options{Now: clock, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for name, value := range set {
		switch name {
		case "SESSION_SAVE_EVERY_REQUEST":
			o.SaveEveryRequest = value.(bool)
		case "SESSION_EXPIRE_AT_BROWSER_CLOSE":
			o.ExpireOnClose = value.(bool)
		case "SESSION_COOKIE_NAME":
			o.CookieName = value.(string)
		case "SESSION_COOKIE_AGE":
			o.CookieAge = time.Duration(value.(int)) * time.Second
		case "SESSION_COOKIE_DOMAIN":
			o.CookieDomain = value.(string)
		case "SESSION_COOKIE_PATH":
			o.CookiePath = value.(string)
		case "SESSION_COOKIE_SECURE":
			o.CookieSecure = value.(bool)
		case "SESSION_COOKIE_HTTPONLY":
			o.CookieAllowJS = !value.(bool)
		case "SESSION_COOKIE_SAMESITE":
			o.CookieSameSite = map[any]http.SameSite{"Strict": http.SameSiteStrictMode, "None": http.SameSiteNoneMode, false: http.SameSiteDefaultMode}[value]
		default:
			t.Fatalf("unknown setting %s", name)
		}
	}
	return o
}

func outcome(t *testing.T, w *httptest.ResponseRecorder, store djsession.Lister) string {
	var rows []string
	newKey := ""
	for rec, err := range store.List(t.Context(), nil) {
		if err != nil && !errors.Is(err, djsession.ErrCorrupt) { // what cannot be read is empty
			t.Fatal(err)
		}
		name := "<KEY>"
		if rec.Key != storedKey {
			name, newKey = "<NEW>", rec.Key
		}
		text, err := djsession.JSON.Dumps(nil, rec.Data)
		if err != nil {
			t.Fatal(err)
		}
		life := strconv.FormatFloat(rec.Expires.Sub(frozen).Seconds(), 'f', -1, 64)
		if !strings.Contains(life, ".") {
			life += ".0" // as Python writes it
		}
		rows = append(rows, fmt.Sprintf("%s %s %s", name, text, life))
	}
	slices.Sort(rows)
	text := fmt.Sprintf("status %d\nvary %s\ncookies %s\nrows %s", w.Code, strings.Join(w.Header()["Vary"], " | "),
		strings.Join(w.Header()["Set-Cookie"], " | "), strings.Join(rows, " | "))
	text = strings.ReplaceAll(text, storedKey, "<KEY>")
	if newKey != "" {
		text = strings.ReplaceAll(text, newKey, "<NEW>")
	}
	return text
}

// TestMiddlewareLikeDjango has each scenario served by Django's middleware and
// by ours, which must answer and store the same.
func TestMiddlewareLikeDjango(t *testing.T) {
	for _, series := range []string{"3.2", "4.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			dj := testenv.GetDjango(t, series).With(testenv.Settings{"USE_TZ": true})
			dj.Migrate(t)
			var outcomes []string
			dj.Run(t, "scenarios = args['scenarios']\n"+middlewarePy, map[string]any{"scenarios": scenarios}, &outcomes)
			for i, s := range scenarios {
				ours := serveGo(t, &s)
				differs := s.Differs != "" && (s.In == nil || slices.Contains(s.In, series))
				if (ours != outcomes[i]) != differs {
					t.Errorf("%s (may differ: %q):\nours:\n%s\nDjango's:\n%s", s.Name, s.Differs, ours, outcomes[i])
				}
			}
		})
	}
}
