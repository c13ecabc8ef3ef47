package interop

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/signing"
)

// loginSettings make testdata/site out of the test environment's Django, with
// hashes that cost nothing.
func loginSettings(t *testing.T, more testenv.Settings) testenv.Settings {
	folder, err := filepath.Abs("loginsite")
	if err != nil {
		t.Fatal(err)
	}
	site := testenv.Settings{
		"SECRET_KEY":   secret,
		"ROOT_URLCONF": "urls",
		"PYTHONPATH":   []string{testenv.Testdata(t, "site"), folder},
		"INSTALLED_APPS": []string{"django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
			"django.contrib.messages"},
		"TEMPLATES": []any{map[string]any{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": true,
			"OPTIONS": map[string]any{"context_processors": []string{"django.template.context_processors.request",
				"django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"}}}},
		"STATIC_URL":         "/static/",
		"USE_TZ":             true,
		"DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
		"PASSWORD_HASHERS":   []string{"django.contrib.auth.hashers.MD5PasswordHasher"},
	}
	for name, value := range more {
		site[name] = value
	}
	return site
}

// A pair is a Django site and a Go service beside it.
type pair struct {
	dj      *testenv.Django
	conn    *sql.DB
	dialect sqldialect.Dialect
	store   *dbstore.Store
	users   *dbusers.Users
	opts    auth.Options
	codec   djsession.CodecOptions
	key     string // SECRET_KEY

	auth    *auth.Auth
	handler http.Handler
}

// newPair migrates a database, creates the users and starts a service over it.
func newPair(t *testing.T, dj *testenv.Django, db *testenv.Database, userOptions *dbusers.Options) *pair {
	dj = dj.On(t, db)
	dj.Migrate(t)
	conn, dialect := dbtest.Open(t, db)
	p := &pair{dj: dj, conn: conn, dialect: dialect, users: dbusers.New(conn, dialect, userOptions), key: secret}
	t.Cleanup(func() { p.users.Close() })
	if !dj.AtLeast(3, 1) {
		p.opts.Algorithm, p.codec.Layout = signing.SHA1, djsession.LayoutLegacy
	}
	p.opts.AcceptSHA1 = !dj.AtLeast(4, 0)
	p.start(t)
	p.django(t, "create_users()", nil, nil)
	return p
}

// start starts the service with the key and the options of now.
func (p *pair) start(t *testing.T) {
	store := dbstore.New(p.conn, p.dialect, djsession.NewCodec(p.key, &p.codec), nil)
	t.Cleanup(func() { store.Close() })
	p.store = store
	p.auth = auth.New(p.users, p.key, &p.opts)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		u, err := auth.FromRequest(r)
		answer(t, w, u, err)
	})
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		u, err := p.users.UserByName(r.Context(), r.FormValue("username"))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.auth.Login(r.Context(), s, u); err != nil {
			t.Fatal(err)
		}
		answer(t, w, u, nil)
	})
	mux.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil || p.auth.Logout(r.Context(), s) != nil {
			t.Fatal("no logout")
		}
		u, err := auth.FromRequest(r)
		answer(t, w, u, err)
	})
	mux.HandleFunc("/cart", func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		s.Set("cart", []string{"tea"})
		answer(t, w, nil, auth.ReasonNoLogin)
	})
	p.handler = djsession.NewManager(p.store, nil).Handler(p.auth.Handler(mux))
}

func answer(t *testing.T, w http.ResponseWriter, u *auth.User, err error) {
	switch {
	case err == nil:
		json.NewEncoder(w).Encode(map[string]string{"user": u.Username, "id": u.ID})
	case errors.Is(err, auth.ErrNotLoggedIn):
		json.NewEncoder(w).Encode(map[string]string{"reason": err.Error()})
	default:
		t.Error(err)
	}
}

// A view is what one side says of a session.
type view struct {
	User   string
	ID     string
	Reason string   // on the Go side
	Names  []string // on the Django side
	Admin  bool     // likewise: the admin lets them in
	Key    string   // of the session from now on; "" if the cookie is deleted
}

// get is a request to the service by a browser that holds a session's key.
func (p *pair) get(t *testing.T, path, key string) view {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if key != "" {
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: key})
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	v := view{Key: key}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("status %d: %v", w.Code, err)
	}
	for _, cookie := range w.Result().Cookies() {
		v.Key = cookie.Value
	}
	return v
}

// django runs a snippet that may use loginsite/login.py.
func (p *pair) django(t *testing.T, source string, args map[string]any, result any) {
	t.Helper()
	source = strings.TrimPrefix(source, "\n")
	indent := source[:len(source)-len(strings.TrimLeft(source, "\t"))]
	p.dj.Run(t, indent+"from login import *\n"+source, args, result)
}

// ask is a visit to the Django site by a browser that holds a session's key;
// what is a call of login.py without its browser.
func (p *pair) ask(t *testing.T, what, key string, args ...string) view {
	t.Helper()
	var v view
	p.django(t, "result = "+what+"(browser(args['key']), *(args['more'] or []))", map[string]any{"key": key, "more": args}, &v)
	return v
}

// describe is what Django knows of a user.
func (p *pair) describe(t *testing.T, name string) (u struct {
	ID, Password, Hash string
	LastLogin          int64 `json:"last_login"`
	Permissions        []string
}) {
	t.Helper()
	p.django(t, "result = describe(args['name'], micros)", map[string]any{"name": name}, &u)
	return u
}

// bothKnow checks that both sides take the session for that user's, or nobody's
// if name is empty, and leave its key alone.
func (p *pair) bothKnow(t *testing.T, key, name string) {
	t.Helper()
	d, g := p.ask(t, "state_of", key), p.get(t, "/", key)
	if d.User != name || g.User != name {
		t.Errorf("Django knows %q, Go %q (%s); want %q", d.User, g.User, g.Reason, name)
	}
	if name != "" && (d.Key != key || g.Key != key) {
		t.Error("the session has another key")
	}
}

// TestLoginBothWays has every Django share its logins with a Go service.
func TestLoginBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		t.Parallel()           // each is a process of its own
		if !dj.AtLeast(3, 2) { // whose users and sessions differ by database no less than later ones'
			shareLogins(t, newPair(t, dj.Own(t, loginSettings(t, nil)), testenv.SQLite(t), nil))
			return
		}
		own := dj.Own(t, loginSettings(t, nil))
		own.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			p := newPair(t, own, db, nil)
			shareLogins(t, p)
			t.Run("no USE_TZ", func(t *testing.T) { compareTimes(t, p) })
			t.Run("everywhere", func(t *testing.T) { logOutEverywhere(t, p) })
			t.Run("inactive", func(t *testing.T) { letInactiveIn(t, p) })
			if !own.AtLeast(4, 0) { // which has no DEFAULT_HASHING_ALGORITHM
				t.Run("sha1", func(t *testing.T) { moveFromSHA1(t, p) })
			}
			if own.AtLeast(4, 1) { // which has SECRET_KEY_FALLBACKS
				t.Run("rotation", func(t *testing.T) { rotateKeys(t, p) })
			}
		})
	})
}

// TestCustomUsersBothWays does so with a user model of UUIDs.
func TestCustomUsersBothWays(t *testing.T) {
	for _, series := range []string{"3.2", "4.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if err := os.CopyFS(folder+"/members", os.DirFS("loginsite/members")); err != nil {
				t.Fatal(err)
			}
			settings := loginSettings(t, testenv.Settings{"AUTH_USER_MODEL": "members.Member"})
			settings["PYTHONPATH"] = append([]string{folder}, settings["PYTHONPATH"].([]string)...)
			settings["INSTALLED_APPS"] = append(settings["INSTALLED_APPS"].([]string), "members")
			own := testenv.GetDjango(t, series).Own(t, settings)
			own.Run(t, `
				from django.core.management import call_command
				call_command("makemigrations", "members", verbosity=0)
			`, nil, nil)
			none := dbusers.None
			options := &dbusers.Options{Table: "members_member", PK: auth.PKUUID,
				Columns: dbusers.Columns{Username: "email", FirstName: none, LastName: none, DateJoined: none}}
			databases := own.EachDatabase
			if series == "4.2" || series == "5.2" { // whose tables are those of the one before and the one after
				databases = func(t *testing.T, test func(*testing.T, *testenv.Database)) { test(t, testenv.SQLite(t)) }
			}
			databases(t, func(t *testing.T, db *testenv.Database) { shareLogins(t, newPair(t, own, db, options)) })
		})
	}
}

// shareLogins goes through a login's life, from either side.
func shareLogins(t *testing.T, p *pair) {
	t.Run("log in on Django", func(t *testing.T) {
		for _, name := range []string{"alice", "bob", "carol"} {
			var v view
			if name == "carol" { // whom the admin does not let log in
				p.django(t, `
					client = browser()
					client.force_login(User.objects.get_by_natural_key("carol"))
					result = state_of(client)
				`, nil, &v)
			} else {
				v = p.ask(t, "log_in", "", name, name+"'s")
			}
			p.bothKnow(t, v.Key, name)
			if got, want := p.get(t, "/", v.Key).ID, p.describe(t, name).ID; got != want {
				t.Errorf("%s is %s, to Django %s", name, got, want)
			}
			if name == "bob" {
				if v := p.ask(t, "log_out", v.Key); v.User != "" {
					t.Errorf("after a logout Django knows %s", v.User)
				}
				p.bothKnow(t, v.Key, "")
			}
		}
	})
	t.Run("log in on Go", func(t *testing.T) {
		cart := p.get(t, "/cart", "")
		v := p.get(t, "/login?username=alice", cart.Key)
		if v.Key == cart.Key || v.Key == "" {
			t.Error("the session's key was not changed")
		}
		p.bothKnow(t, v.Key, "alice")
		d := p.ask(t, "state_of", v.Key)
		if !d.Admin || !slices.Contains(d.Names, "cart") {
			t.Errorf("Django's admin accepts it: %v; the session holds %v", d.Admin, d.Names)
		}
		if p.dj.Exists(t, cart.Key) {
			t.Error("the anonymous session is still there")
		}
		user, err := p.users.UserByName(t.Context(), "alice")
		if err != nil {
			t.Fatal(err)
		}
		if at := p.describe(t, "alice").LastLogin; at != user.LastLogin.UnixMicro() || time.Since(time.UnixMicro(at)).Abs() > time.Minute {
			t.Errorf("last login %v, to Django %v", user.LastLogin, time.UnixMicro(at))
		}
		if v := p.get(t, "/logout", v.Key); v.Key != "" || v.User != "" {
			t.Errorf("after a logout: %v", v)
		}
		p.bothKnow(t, v.Key, "")
	})
	t.Run("half a login each", func(t *testing.T) {
		v := p.ask(t, "log_in", p.get(t, "/login?username=carol", "").Key, "bob", "bob's") // Django flushes carol's
		p.bothKnow(t, v.Key, "bob")
		again := p.get(t, "/login?username=bob", v.Key)
		if again.Key != v.Key {
			t.Error("the same user again got another key")
		}
		p.bothKnow(t, v.Key, "bob")
	})
	t.Run("permissions", func(t *testing.T) { comparePermissions(t, p) })
	t.Run("password", func(t *testing.T) { changePasswords(t, p) })
	t.Run("csrf", func(t *testing.T) { rotateCSRF(t, p) })
	t.Run("watch", func(t *testing.T) { watchLogins(t, p) })
	t.Run("gone", func(t *testing.T) { loseUsers(t, p) })
}

func comparePermissions(t *testing.T, p *pair) {
	for _, name := range []string{"alice", "bob", "carol"} {
		u, err := p.users.UserByName(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		want := p.describe(t, name)
		got, err := p.auth.Permissions(t.Context(), u)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want.Permissions) {
			t.Errorf("%s: got %v, %v; Django has %v", name, got, err, want.Permissions)
		}
		if got := p.auth.SessionHash(u); got != want.Hash {
			t.Errorf("%s: the hash is %s; Django's is %s", name, got, want.Hash)
		}
		if name == "bob" && len(got) != 3 {
			t.Errorf("%s has %v", name, got)
		}
	}
}

// changePasswords has a change on one side end the sessions of the other, but
// not the one in which it happened.
func changePasswords(t *testing.T, p *pair) {
	here, there := p.ask(t, "log_in", "", "bob", "bob's"), p.get(t, "/login?username=bob", "")
	if v := p.ask(t, "change_password", here.Key, "bob's", "changed"); v.User != "bob" {
		t.Fatalf("got %+v", v)
	} else {
		here = v
	}
	p.bothKnow(t, here.Key, "bob")
	if v := p.get(t, "/", there.Key); v.Reason != auth.ReasonHashWrong.Error() || v.Key != "" || p.dj.Exists(t, there.Key) {
		t.Errorf("Go keeps the other session: %+v", v)
	}

	there = p.get(t, "/login?username=bob", "")
	m := djsession.NewManager(p.store, nil)
	session, err := m.Open(t.Context(), there.Key)
	if err != nil {
		t.Fatal(err)
	}
	bob, err := p.users.UserByName(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	var encoded string
	p.django(t, `
		from django.contrib.auth.hashers import make_password
		result = make_password("bob's")
	`, nil, &encoded)
	if err := p.users.SetPassword(t.Context(), bob, encoded); err != nil {
		t.Fatal(err)
	}
	if err := p.auth.UpdateSessionAuthHash(t.Context(), session, bob); err != nil {
		t.Fatal(err)
	}
	if err := session.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.bothKnow(t, session.Key(), "bob")
	if v := p.ask(t, "state_of", here.Key); v.User != "" {
		t.Errorf("Django keeps the other session: %+v", v)
	}
	p.bothKnow(t, p.ask(t, "log_in", "", "bob", "bob's").Key, "bob")
}

// rotateCSRF has Django accept the secret that a login in Go puts into the
// session, and no longer the one before.
func rotateCSRF(t *testing.T, p *pair) {
	django := *p
	django.dj = p.dj.With(testenv.Settings{"CSRF_USE_SESSIONS": true})
	key := django.ask(t, "state_of", p.get(t, "/login?username=alice", "").Key).Key
	m := djsession.NewManager(p.store, nil)
	before, err := m.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	old := csrf.NewSecret()
	if !p.dj.AtLeast(4, 1) {
		old += csrf.NewSecret() // a mask and the masked secret
	}
	before.Set("_csrftoken", old)
	if err := before.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	key = p.get(t, "/login?username=alice", key).Key
	after, err := m.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	now, _ := after.Text("_csrftoken")
	if len(now) != len(old) {
		t.Errorf("a secret of %d characters was replaced by one of %d", len(old), len(now))
	}
	for _, c := range []struct {
		token string
		want  int
	}{{old, 403}, {now, 302}} {
		var status int
		django.django(t, `
			client = browser(args["key"], enforce_csrf_checks=True)
			result = client.post("/admin/password_change/", {"csrfmiddlewaretoken": args["token"], "old_password": "alice's",
				"new_password1": "alice's", "new_password2": "alice's"}).status_code
		`, map[string]any{"key": key, "token": c.token}, &status)
		if status != c.want {
			t.Errorf("the old token: %v; status %d, want %d", c.token == old, status, c.want)
		}
	}
}

// loseUsers has users deactivated and deleted while they are logged in.
func loseUsers(t *testing.T, p *pair) {
	for what, want := range map[string]auth.Reason{"update(is_active=False)": auth.ReasonInactive, "delete()": auth.ReasonNoSuchUser} {
		p.django(t, `User.objects.create_user("dave", password="dave's", **({"email": ""} if User.USERNAME_FIELD == "username" else {}))`, nil, nil)
		key := p.get(t, "/login?username=dave", "").Key
		p.bothKnow(t, key, "dave")
		p.django(t, `User.objects.filter(**{User.USERNAME_FIELD: "dave"}).`+what, nil, nil)
		if v := p.get(t, "/", key); v.Reason != want.Error() || v.Key != key {
			t.Errorf("%s: got %+v", what, v)
		}
		p.bothKnow(t, key, "")
		p.django(t, `User.objects.filter(**{User.USERNAME_FIELD: "dave"}).delete()`, nil, nil)
	}
}

// compareTimes has both sides read the other's time of a login in a zone of the
// site's own.
func compareTimes(t *testing.T, p *pair) {
	django := *p
	django.dj = p.dj.With(testenv.Settings{"USE_TZ": false, "TIME_ZONE": "America/New_York"}).At(time.Date(2026, 7, 1, 5, 0, 0, 0, time.UTC))
	users := dbusers.New(p.conn, p.dialect, &dbusers.Options{Local: newYork})
	defer users.Close()
	bob, err := users.UserByName(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 7, 1, 2, 3, 4, 56000, time.UTC)
	if err := users.RecordLogin(t.Context(), bob, at); err != nil {
		t.Fatal(err)
	}
	if got := django.describe(t, "bob").LastLogin; got != at.UnixMicro() {
		t.Errorf("Django reads %v", time.UnixMicro(got).UTC())
	}
	django.ask(t, "log_in", "", "bob", "bob's")
	if bob, err = users.UserByName(t.Context(), "bob"); err != nil || bob.LastLogin.UnixMicro() != django.describe(t, "bob").LastLogin || bob.LastLogin.Equal(at) {
		t.Errorf("Go reads %v, %v", bob.LastLogin, err)
	}
}

// logOutEverywhere ends the sessions of one user that either side began, but
// one.
func logOutEverywhere(t *testing.T, p *pair) {
	keep, anothers := p.get(t, "/login?username=bob", "").Key, p.get(t, "/login?username=alice", "").Key
	lost := []string{p.get(t, "/login?username=bob", "").Key, p.ask(t, "log_in", "", "bob", "bob's").Key}
	bob, err := p.users.UserByName(t.Context(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := p.auth.LogoutEverywhere(t.Context(), p.store, bob.ID, keep); err != nil || n < len(lost) {
		t.Errorf("ended %d, %v", n, err)
	}
	p.bothKnow(t, keep, "bob")
	p.bothKnow(t, anothers, "alice")
	for _, key := range lost {
		p.bothKnow(t, key, "")
	}
	for rec, err := range p.auth.SessionsOf(t.Context(), p.store, bob.ID) {
		if err != nil || rec.Key != keep {
			t.Errorf("another session, %v", err)
		}
	}
}

// letInactiveIn has a site whose backend does not mind inactive users.
func letInactiveIn(t *testing.T, p *pair) {
	site := *p
	site.dj = p.dj.With(testenv.Settings{"AUTHENTICATION_BACKENDS": []string{auth.AllowAllUsersBackend}})
	site.opts.Backends = []string{auth.AllowAllUsersBackend}
	site.start(t)
	p.django(t, `User.objects.create_user("erin", password="erin's", is_active=False)`, nil, nil)
	var v view
	site.django(t, `
		client = browser()
		client.force_login(User.objects.get(username="erin"))
		result = state_of(client)
	`, nil, &v)
	site.bothKnow(t, v.Key, "erin")
	site.bothKnow(t, site.get(t, "/login?username=erin", "").Key, "erin")
	p.bothKnow(t, v.Key, "") // where that backend is not allowed
}

// moveFromSHA1 has a fleet on its way from Django 3.0 to 3.2, both of whose
// hashes count.
func moveFromSHA1(t *testing.T, p *pair) {
	old := *p
	old.dj = p.dj.With(testenv.Settings{"DEFAULT_HASHING_ALGORITHM": "sha1"})
	old.opts.Algorithm, old.codec.Layout = signing.SHA1, djsession.LayoutLegacy
	old.start(t)
	for _, key := range []string{old.ask(t, "log_in", "", "bob", "bob's").Key, old.get(t, "/login?username=bob", "").Key} {
		old.bothKnow(t, key, "bob")
		p.bothKnow(t, key, "bob")
	}
}

// rotateKeys has the secret key changed on both sides, with the old one as a
// fallback: all stay logged in, whichever side sees them first, and under the
// current key from then on.
func rotateKeys(t *testing.T, p *pair) {
	viaDjango, viaGo := p.ask(t, "log_in", "", "bob", "bob's"), p.get(t, "/login?username=bob", "")
	p.opts.Fallbacks, p.codec.Fallbacks, p.key = []string{secret}, []string{secret}, "the next key, which both sides know as well"
	p.dj = p.dj.With(testenv.Settings{"SECRET_KEY": p.key, "SECRET_KEY_FALLBACKS": p.opts.Fallbacks})
	p.start(t)
	onGo, onDjango := p.get(t, "/", viaDjango.Key), p.ask(t, "state_of", viaGo.Key)
	for old, v := range map[string]view{viaDjango.Key: onGo, viaGo.Key: onDjango} {
		if v.User != "bob" || v.Key == old || v.Key == "" || p.dj.Exists(t, old) {
			t.Errorf("got %s, %s; a new key: %v", v.User, v.Reason, v.Key != old)
		}
		p.bothKnow(t, v.Key, "bob")
	}
	// The fallback can go now.
	p.opts.Fallbacks, p.codec.Fallbacks = nil, nil
	p.dj = p.dj.With(testenv.Settings{"SECRET_KEY_FALLBACKS": []string{}})
	p.start(t)
	p.bothKnow(t, onGo.Key, "bob")
	p.bothKnow(t, onDjango.Key, "bob")
	if strings.Contains(fmt.Sprint(onGo, onDjango), secret) {
		t.Error("the key is shown")
	}
}
