package interop

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/auth/drftoken"
	"github.com/djsession/djsession-go/djsession/auth/knox"
	"github.com/djsession/djsession-go/djsession/auth/simplejwt"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// apiSettings make apisite out of the test environment's Django.
func apiSettings(t *testing.T) testenv.Settings {
	folder, err := filepath.Abs("apisite")
	if err != nil {
		t.Fatal(err)
	}
	return testenv.Settings{
		"SECRET_KEY":   secret,
		"ROOT_URLCONF": "api",
		"PYTHONPATH":   []string{folder},
		"INSTALLED_APPS": []string{"django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
			"rest_framework", "rest_framework.authtoken", "knox", "allauth", "allauth.account", "allauth.headless"},
		"MIDDLEWARE": []string{"django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
			"django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
			"allauth.account.middleware.AccountMiddleware"},
		"TEMPLATES": []any{map[string]any{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": true,
			"OPTIONS": map[string]any{"context_processors": []string{"django.template.context_processors.request"}}}},
		"AUTHENTICATION_BACKENDS":    []string{auth.ModelBackend, auth.AllauthBackend},
		"HEADLESS_ONLY":              true,
		"ACCOUNT_EMAIL_VERIFICATION": "none",
		"REST_KNOX":                  map[string]any{"AUTH_HEADER_PREFIX": "Knox"},
		"SIMPLE_JWT":                 map[string]any{"CHECK_REVOKE_TOKEN": true},
		"USE_TZ":                     true,
		"DEFAULT_AUTO_FIELD":         "django.db.models.AutoField",
		"PASSWORD_HASHERS":           []string{"django.contrib.auth.hashers.MD5PasswordHasher"},
	}
}

// An apiRequest is put to both judges.
type apiRequest struct {
	reason  string
	differs string            // why Go refuses what Django accepts
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers"`
	Cookies map[string]string `json:"cookies"`
}

// An apiAnswer is what a judge says.
type apiAnswer struct {
	Status int
	User   string
}

// TestAPILikeDjango asks the real packages and Go who sent a request.
func TestAPILikeDjango(t *testing.T) {
	for _, series := range []string{"4.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			t.Parallel() // each is a process of its own
			shared := testenv.GetDjango(t, series)
			shared.Needs(t, "rest_framework", "rest_framework_simplejwt", "knox", "allauth", "cryptography")
			own := shared.Own(t, apiSettings(t))
			databases := testenv.EachDatabase
			if series != "5.2" { // whose tables are the same
				databases = func(t *testing.T, test func(*testing.T, *testenv.Database)) { test(t, testenv.SQLite(t)) }
			}
			databases(t, func(t *testing.T, db *testenv.Database) {
				dj := own.On(t, db)
				dj.Migrate(t)
				compareAPI(t, dj, db)
			})
		})
	}
}

func compareAPI(t *testing.T, dj *testenv.Django, db *testenv.Database) {
	requests := apiRequests(t, dj)
	var theirs []apiAnswer
	dj.Run(t, "import api\nresult = api.ask(args['requests'])", map[string]any{"requests": requests}, &theirs)
	handler := apiService(t, db)
	users := map[string]int{}
	for i, request := range requests {
		r := httptest.NewRequest(request.Method, "/", nil)
		r.Header.Set("Accept", "application/json")
		for name, value := range request.Headers {
			r.Header.Set(name, value)
		}
		for name, value := range request.Cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		ours, want := apiAnswer{Status: w.Code}, theirs[i]
		if w.Code == http.StatusOK {
			ours.User = w.Body.String()
		}
		if want.Status == http.StatusInternalServerError { // a Python exception is no more welcome than a refusal
			want.Status = http.StatusUnauthorized
		}
		switch {
		case request.differs != "":
			if want.Status != http.StatusOK || ours.Status == http.StatusOK {
				t.Errorf("%s: Go says %v, Django %v; they no longer differ: %s", request.reason, ours, want, request.differs)
			}
		case ours != want:
			t.Errorf("%s: Go says %v %s, Django %v", request.reason, ours, w.Body, want)
		}
		users[ours.User]++
	}
	if users["alice"] < 4 || users["bob"] < 8 || users[""] < 20 || users["carol"]+users["dave"] > 0 {
		t.Errorf("the requests were not what they were meant to be: %v", users)
	}
}

// apiService answers with the user's name. It asks in the order in which
// apisite does.
func apiService(t *testing.T, db *testenv.Database) http.Handler {
	conn, dialect := dbtest.Open(t, db)
	users := dbusers.New(conn, dialect, nil)
	drf, byKnox := drftoken.New(conn, dialect, nil), knox.New(conn, dialect, &knox.Options{Keyword: "Knox"})
	byJWT, err := simplejwt.New(secret, &simplejwt.Options{CheckRevoke: true})
	if err != nil {
		t.Fatal(err)
	}
	store := dbstore.New(conn, dialect, djsession.NewCodec(secret, nil), nil)
	t.Cleanup(func() { users.Close(); drf.Close(); byKnox.Close(); store.Close() })
	login := auth.New(users, secret, &auth.Options{
		Backends: []string{auth.ModelBackend, auth.AllauthBackend},
		Schemes:  []auth.Scheme{drf, byKnox, byJWT, auth.BySession},
		CSRF:     checkSecretInHeader,
	})
	return djsession.NewManager(store, &djsession.Options{KeyHeader: "X-Session-Token"}).Handler(
		login.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, auth.UserFromContext(r.Context()).Username)
		})))
}

// checkSecretInHeader is as much of a CSRF check as these requests need.
func checkSecretInHeader(r *http.Request) error {
	cookie, err := r.Cookie("csrftoken")
	if r.Method != http.MethodGet && (err != nil || r.Header.Get("X-CSRFToken") != cookie.Value) {
		return errors.New("there is no token")
	}
	return nil
}

// apiRequests are what clients send with what Django issued.
func apiRequests(t *testing.T, dj *testenv.Django) []apiRequest {
	type issued struct{ DRF, Knox, JWT, Session string }
	var tokens map[string]issued
	var aliceSession, carolSession string
	var knoxTokens, jwts map[string]string
	dj.Run(t, "import api\nresult = api.create()", nil, &tokens)
	dj.Run(t, "import api\nresult = api.browser_login('alice')", nil, &aliceSession)
	dj.Run(t, `
		import api
		api.User.objects.filter(username="carol").update(is_active=True)
		result = api.browser_login("carol")
		api.User.objects.filter(username="carol").update(is_active=False)
	`, nil, &carolSession)
	dj.Run(t, "import api\nresult = api.knox_tokens(api.User.objects.get(username='bob'))", nil, &knoxTokens)
	dj.Run(t, "import api\nresult = api.jwts(api.User.objects.get(username='bob'), settings.SECRET_KEY, int(time.time()))", nil, &jwts)

	var all []apiRequest
	add := func(reason, method string, headers, cookies map[string]string, differs string) {
		if headers == nil {
			headers = map[string]string{}
		}
		if cookies == nil {
			cookies = map[string]string{}
		}
		all = append(all, apiRequest{reason: reason, differs: differs, Method: method, Headers: headers, Cookies: cookies})
	}
	authorized := func(reason, authorization string) {
		add(reason, "POST", map[string]string{"Authorization": authorization}, nil, "")
	}
	for _, name := range []string{"bob", "carol", "dave"} {
		authorized(name+"'s DRF token", "Token "+tokens[name].DRF)
		authorized(name+"'s knox token", "Knox "+tokens[name].Knox)
		authorized(name+"'s JWT", "Bearer "+tokens[name].JWT)
		add(name+"'s allauth token", "POST", map[string]string{"X-Session-Token": tokens[name].Session}, nil, "")
	}
	bob := tokens["bob"]
	for reason, authorization := range map[string]string{
		"keywords in another case":           "tOKEN " + bob.DRF,
		"knox's in another case":             "KNOX " + bob.Knox,
		"JWT's in another case":              "bearer " + bob.JWT,
		"tabs and spaces":                    "\t Token \t" + bob.DRF + " ",
		"a vertical tab":                     "Token\v" + bob.DRF,
		"a space in the token":               "Token " + bob.DRF[:9] + " " + bob.DRF[9:],
		"a space in knox's":                  "Knox " + bob.Knox[:9] + " " + bob.Knox[9:],
		"a space in the JWT":                 "Bearer " + bob.JWT[:9] + " " + bob.JWT[9:],
		"two tokens":                         "Token " + bob.DRF + ",Token " + bob.DRF,
		"two tokens, without a space":        "Token " + bob.DRF + ",",
		"a keyword alone":                    "Token",
		"knox's keyword alone":               "Knox ",
		"JWT's keyword alone":                "Bearer",
		"nothing":                            "",
		"another scheme":                     "Basic Ym9iOmJvYidz",
		"no keyword":                         bob.DRF,
		"a token of none":                    "Token " + strings.Repeat("0", 40),
		"bytes that are no text":             "Token \xff\xfe",
		"a DRF token that ends early":        "Token " + bob.DRF[:39],
		"a DRF token with more":              "Token " + bob.DRF + "0",
		"knox's beginning alone":             "Knox " + bob.Knox[:15],
		"knox's beginning, and another rest": "Knox " + bob.Knox[:15] + strings.Repeat("0", len(bob.Knox)-15),
		"a knox token shorter than its key":  "Knox x",
		"knox's, expired":                    "Knox " + knoxTokens["expired"],
		"knox's, for ever":                   "Knox " + knoxTokens["for ever"],
		"knox's, with a prefix":              "Knox " + knoxTokens["prefixed"],
		"a knox token under DRF's keyword":   "Token " + bob.Knox,
		"an SQL condition":                   "Token 'OR''='",
		"a percent sign, as of a LIKE":       "Token %",
		"a long token":                       "Token " + strings.Repeat("x", 8000),
	} {
		authorized(reason, authorization)
	}
	for _, name := range slices.Sorted(maps.Keys(jwts)) {
		differs := ""
		if name == "fraction for the user" {
			differs = "1.5 is not an id"
		}
		add("JWT: "+name, "POST", map[string]string{"Authorization": "Bearer " + jwts[name]}, nil, differs)
	}

	const csrf = "abcdefghijklmnopqrstuvwxyzABCDEF"
	cookie := map[string]string{"sessionid": aliceSession}
	both := map[string]string{"sessionid": aliceSession, "csrftoken": csrf}
	add("nothing at all", "GET", nil, nil, "")
	add("a session", "GET", nil, cookie, "")
	add("a session, without CSRF", "POST", nil, cookie, "")
	add("a session, with half of CSRF", "POST", nil, both, "")
	add("a session, with CSRF", "POST", map[string]string{"X-CSRFToken": csrf}, both, "")
	add("a session of an inactive user", "GET", nil, map[string]string{"sessionid": carolSession}, "")
	add("a session, and a token first", "POST", map[string]string{"Authorization": "Token " + bob.DRF}, cookie, "")
	add("a session, and a bad token first", "GET", map[string]string{"Authorization": "Token x"}, cookie, "")
	add("a session, and another scheme's header", "GET", map[string]string{"Authorization": "Basic x"}, cookie, "")
	add("a session, and an allauth token first", "POST", map[string]string{"X-Session-Token": bob.Session}, cookie, "")
	add("the browser's session by allauth's header", "POST", map[string]string{"X-Session-Token": aliceSession}, nil, "")
	add("a session, and an allauth token of none", "GET", map[string]string{"X-Session-Token": djsession.NewKey()}, cookie,
		"a client that names a session in the header means that one")
	add("an allauth token of none", "GET", map[string]string{"X-Session-Token": djsession.NewKey()}, nil, "")
	add("an empty allauth token", "GET", map[string]string{"X-Session-Token": ""}, nil, "")
	return all
}

// TestRSATokensLikeDjango: what a site signs with a private key.
func TestRSATokensLikeDjango(t *testing.T) {
	for _, series := range []string{"4.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			t.Parallel()
			shared := testenv.GetDjango(t, series)
			shared.Needs(t, "rest_framework_simplejwt", "knox", "allauth", "cryptography")
			db := testenv.SQLite(t)
			dj := shared.Own(t, apiSettings(t)).On(t, db)
			dj.Migrate(t)
			private, public := keyPair(t)
			var judged map[string]struct{ Token, User string }
			dj.Run(t, `
				import api
				result = api.rsa_tokens(api.User.objects.create_user("alice"), args["private"], args["public"])
			`, map[string]any{"private": private, "public": public}, &judged)
			scheme, err := simplejwt.New(public, &simplejwt.Options{Algorithm: "RS256"})
			if err != nil {
				t.Fatal(err)
			}
			conn, dialect := dbtest.Open(t, db)
			login := auth.New(dbusers.New(conn, dialect, nil), secret, nil)
			good := 0
			for name, c := range judged {
				r := httptest.NewRequest("GET", "/", nil)
				r.Header.Set("Authorization", "Bearer "+c.Token)
				id := ""
				u, err := scheme.User(r, login)
				if err == nil {
					id = u.ID
					good++
				} else if !errors.Is(err, auth.ErrNotLoggedIn) {
					t.Error(err)
				}
				if id != c.User {
					t.Errorf("%s: Go says %q (%v), Django %q", name, id, err, c.User)
				}
			}
			if good != 1 || len(judged) != 5 {
				t.Errorf("%d of %d are good", good, len(judged))
			}
		})
	}
}

func keyPair(t *testing.T) (private, public string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	private = block("PRIVATE KEY", der, err)
	der, err = x509.MarshalPKIXPublicKey(&key.PublicKey)
	return private, block("PUBLIC KEY", der, err)
}

// TestKnoxRefreshLikeDjango: a token that is used lives on, by either side.
func TestKnoxRefreshLikeDjango(t *testing.T) {
	shared := testenv.GetDjango(t, "5.2")
	shared.Needs(t, "knox", "allauth", "rest_framework_simplejwt")
	settings := apiSettings(t)
	settings["REST_KNOX"] = map[string]any{"AUTO_REFRESH": true, "AUTO_REFRESH_MAX_TTL": nil}
	own := shared.Own(t, settings)
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		made := time.Date(2026, 12, 1, 12, 0, 0, 123456000, time.UTC)
		dj := own.On(t, db)
		dj.Migrate(t)
		var token string
		dj.At(made).Run(t, "import api\nresult = api.AuthToken.objects.create(api.User.objects.create_user('bob'))[1]", nil, &token)
		conn, dialect := dbtest.Open(t, db)
		login := auth.New(dbusers.New(conn, dialect, nil), secret, nil)
		use := func(at time.Time, opts knox.Options) error {
			opts.AutoRefresh, opts.Now = true, func() time.Time { return at }
			scheme := knox.New(conn, dialect, &opts)
			defer scheme.Close()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "Token "+token)
			_, err := scheme.User(r, login)
			return err
		}
		expiry := func() time.Time {
			var micros int64
			dj.Run(t, "import api\nresult = micros(api.AuthToken.objects.get().expiry)", nil, &micros)
			return time.UnixMicro(micros).UTC()
		}
		const ttl = 10 * time.Hour
		for _, c := range []struct {
			reason string
			at     time.Duration // after it was made
			opts   knox.Options
			want   time.Duration // the expiry, after it was made
		}{
			{"a minute later is too soon", time.Minute, knox.Options{}, ttl},
			{"later", time.Minute + time.Microsecond, knox.Options{}, ttl + time.Minute + time.Microsecond},
			{"not beyond its life", 5 * time.Hour, knox.Options{AutoRefreshMaxTTL: 12 * time.Hour}, 12 * time.Hour},
			{"nor back", 6 * time.Hour, knox.Options{AutoRefreshMaxTTL: 11 * time.Hour}, 12 * time.Hour},
			{"on the last moment", 12 * time.Hour, knox.Options{}, 22 * time.Hour},
		} {
			if err := use(made.Add(c.at), c.opts); err != nil || !expiry().Equal(made.Add(c.want)) {
				t.Errorf("%s: got %v, %v; want %v", c.reason, expiry(), err, made.Add(c.want))
			}
		}
		if err := use(made.Add(22*time.Hour+time.Microsecond), knox.Options{}); err != auth.ReasonTokenExpired {
			t.Errorf("expired: got %v", err)
		}
	})
}
