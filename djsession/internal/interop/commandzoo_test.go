package interop

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/djsite"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// A beast is a site that differs from what Django's tutorial makes.
type beast struct {
	name     string
	why      string // why it is here
	model    string // AUTH_USER_MODEL; auth.User if empty
	settings testenv.Settings
	make     string   // the expression that makes the user
	after    string   // what happens after the login
	modules  []string // that it takes
	gone     bool     // Django 6.1 has no such sites any more

	imported []string // what djsession.toml must have
	said     []string // what settings import must say
	reason   string   // what whoami says where only the site knows; "" where it must say what Django says
	refuses  string   // what every command says that looks for sessions; "" if they can be read
	creates  string   // what create --user says if it refuses; "" if it does as Django would
	closed   string   // what djsite says if it does not open the site
}

const emailUser = "User.objects.create_user('u1@example.com')"

var beasts = []beast{
	{name: "standard", why: "nothing differs"},
	{name: "no is_active", why: "AbstractBaseUser calls everybody active", model: "zoo.NoActive", make: emailUser},
	{name: "inherited", why: "multi-table inheritance", model: "zoo.Inherited",
		imported: []string{`users_parents = ['zoo_account: id=account_ptr_id: username, password,`}},
	{name: "inherited twice", why: "the same over three tables", model: "zoo.InheritedTwice"},
	{name: "proxy", why: "a proxy has its parent's table", model: "zoo.Proxied"},
	{name: "one to one", why: "a primary key that is a relation", model: "zoo.OneToOne",
		make: "User.objects.create_user('u1@example.com', person=models.Person.objects.create(name='x'))"},
	{name: "own hash", why: "get_session_auth_hash is overridden", model: "zoo.OwnHash",
		imported: []string{`unsupported = ['session_auth_hash']`}, said: []string{"overrides get_session_auth_hash"},
		reason: "own hash", creates: "cannot log a user in: the user model overrides get_session_auth_hash"},
	{name: "no hash", why: "a model without get_session_auth_hash: a login holds none", model: "zoo.NoHash", gone: true,
		imported: []string{`session_auth_hash = 'none'`}},
	{
		name:     "filtered",
		why:      "the default manager knows the user",
		model:    "zoo.SoftDeleted",
		imported: []string{`users_where = `},
		said:     []string{"as users_where now says"},
	},
	{name: "filtered out", why: "the default manager leaves the user out", model: "zoo.SoftDeleted",
		make: "User.objects.create_user('u2', '', 'pw')", after: "User.everyone.filter(pk=user.pk).update(deleted_at='2026-01-01T00:00:00Z')",
		creates: "there is no user"},
	{name: "filtered by another table", why: "a condition with a join is not written down", model: "zoo.Employee",
		make: "User.everyone.create_user('u1', '', 'pw', employer=models.Person.objects.create(name='us'))",
		imported: []string{
			`unsupported = ['users_manager']`,
		}, said: []string{"it asks other tables too"}, reason: "own code"},
	{
		name:     "is_active is a property",
		why:      "no column says it",
		model:    "zoo.Status",
		make:     emailUser,
		after:    "User.objects.update(status='blocked')",
		imported: []string{`unsupported = ['is_active']`},
		said:     []string{"users_active_where"},
		reason:   "own code",
	},
	{
		name:     "is_active is a text",
		why:      "N is true to a database, and to Python",
		model:    "zoo.ActiveText",
		make:     emailUser,
		imported: []string{`unsupported = ['is_active']`},
		reason:   "own code",
	},
	{name: "renamed", why: "names with blanks and signs", model: "zoo.Renamed"},
	{
		name:     "a dot in the name",
		why:      "it is no schema",
		model:    "zoo.Dotted",
		imported: []string{`users_table = '"crm.users"'`},
	},
	{name: "slug", why: "a primary key of text", model: "zoo.SlugKey", imported: []string{`users_pk = 'text'`}},
	{
		name:     "UUID",
		why:      "a primary key of 32 hex digits",
		model:    "zoo.UUIDKey",
		imported: []string{`users_pk = 'uuid'`},
	},
	{name: "decimal", why: "a primary key that is a number, but no integer", model: "zoo.DecimalKey"},
	{name: "encrypted", why: "the password column is not what the site sees", model: "zoo.Encrypted", make: emailUser,
		imported: []string{
			`unsupported = ['user_columns']`,
		}, said: []string{"a field of the user model converts"}, reason: "own code"},
	{name: "hashid", why: "the id in the session is not that of the table", model: "zoo.Hashid",
		imported: []string{`unsupported = ['user_ids']`}, reason: "own code"},

	{
		name:    "inactive",
		why:     "ModelBackend logs out who is not active",
		after:   "User.objects.filter(pk=user.pk).update(is_active=False)",
		creates: "the site would not take the session",
	},
	{
		name:     "inactive, by a backend that does not ask",
		why:      "healthchecks",
		settings: testenv.Settings{"AUTHENTICATION_BACKENDS": []string{"zoo.logins.EmailBackend"}},
		after:    "User.objects.filter(pk=user.pk).update(is_active=False)",
		imported: []string{`inactive_backends = ['zoo.logins.EmailBackend']`},
		said:     []string{"does not ask for is_active"},
	},
	{
		name: "AllowAllUsers",
		why:  "Django's own that does not ask",
		settings: testenv.Settings{
			"AUTHENTICATION_BACKENDS": []string{"django.contrib.auth.backends.AllowAllUsersModelBackend"},
		},
		after: "User.objects.filter(pk=user.pk).update(is_active=False)",
	},
	{
		name:     "a backend that asks in an argument",
		why:      "is_active=True is not a name that its code names",
		settings: testenv.Settings{"AUTHENTICATION_BACKENDS": []string{"zoo.logins.ActiveEmailBackend"}},
		after:    "User.objects.filter(pk=user.pk).update(is_active=False)",
		imported: []string{`unsupported = ['get_user']`},
		reason:   "own code",
	},
	{
		name:     "a backend that looks for more than the user",
		why:      "healthchecks today: select_related asks for nothing else",
		settings: testenv.Settings{"AUTHENTICATION_BACKENDS": []string{"zoo.logins.RelatedBackend"}},
		after:    "User.objects.filter(pk=user.pk).update(is_active=False)",
		imported: []string{`inactive_backends = ['zoo.logins.RelatedBackend']`},
	},
	{
		name:     "a backend that asks more",
		why:      "user_can_authenticate is overridden",
		settings: testenv.Settings{"AUTHENTICATION_BACKENDS": []string{"zoo.logins.LockedBackend"}},
		after:    "User.objects.filter(pk=user.pk).update(last_name='locked')",
		imported: []string{`unsupported = ['get_user']`},
		said:     []string{"zoo.logins.LockedBackend"},
		reason:   "own code",
	},

	{
		name: "django-axes",
		why:  "a login by password alone would not ask it",
		settings: testenv.Settings{
			"INSTALLED_APPS": []string{"django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "zoo", "axes"},
		},
		imported: []string{`unsupported = ['password_logins']`},
		said:     []string{"(axes)", "as Guards"},
	},

	{
		name:     "a SessionStore that encodes",
		why:      "what is stored is not Django's",
		settings: testenv.Settings{"SESSION_ENGINE": "zoo_encode"},
		imported: []string{`unsupported = ['session_encoding']`},
		refuses:  "overrides encode or decode",
	},
	{
		name:     "a SessionStore with another salt",
		why:      "key_salt",
		settings: testenv.Settings{"SESSION_ENGINE": "zoo_salt"},
	},
	{
		name:     "a SessionStore with other keys",
		why:      "they are validated in another way",
		settings: testenv.Settings{"SESSION_ENGINE": "zoo_keys"},
		imported: []string{`session_keys = 'custom'`},
	},
	{name: "a SessionStore over cached_db", why: "the engine is known by what it extends", closed: "CACHES has no \"default\"",
		settings: testenv.Settings{
			"SESSION_ENGINE": "zoo_cached",
			"CACHES": map[string]any{
				"default": map[string]any{"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
			},
		},
		imported: []string{
			`session_engine = 'django.contrib.sessions.backends.cached_db'`,
			`unsupported = ['session_store']`,
		}, said: []string{"zoo_cached: delete", "cannot be shared"}},
	{
		name:     "a SessionStore with columns",
		why:      "one must be filled",
		settings: testenv.Settings{"SESSION_ENGINE": "zoo_columns"},
		imported: []string{`table = 'zoo_ownsession'`, `unsupported = ['session_columns']`, `session_references = ['zoo_visit.session_id: cascade']`},
		creates:  "device",
	},
	{name: "LocMemCache", why: "sessions in the memory of a process",
		settings: testenv.Settings{
			"SESSION_ENGINE": testenv.EngineCache,
			"CACHES": map[string]any{
				"default": map[string]any{"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
			},
		},
		imported: []string{`unsupported = ['session_cache']`}, refuses: "cannot be shared"},
	{name: "SessionMiddleware", why: "pretix calls the cookie otherwise on https",
		settings: testenv.Settings{
			"MIDDLEWARE": []string{
				"zoo.logins.HostSessionMiddleware",
				"django.contrib.auth.middleware.AuthenticationMiddleware",
			},
		},
		imported: []string{`unsupported = ['session_middleware']`}, said: []string{"zoo.logins.HostSessionMiddleware"}},
	{name: "AuthenticationMiddleware", why: "request.user is its affair",
		settings: testenv.Settings{
			"MIDDLEWARE": []string{
				"django.contrib.sessions.middleware.SessionMiddleware",
				"zoo.logins.OtherUserMiddleware",
			},
		},
		imported: []string{`unsupported = ['authentication_middleware']`}, reason: "own code"},
	{name: "cookies", why: "all settings of cookies", closed: "browsers refuse such a cookie with a domain", settings: testenv.Settings{
		"SESSION_COOKIE_PATH": "/app", "SESSION_COOKIE_DOMAIN": "example.org", "SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_HTTPONLY": false, "SESSION_COOKIE_SAMESITE": nil,
		"SESSION_SAVE_EVERY_REQUEST": true, "SESSION_EXPIRE_AT_BROWSER_CLOSE": true, "SESSION_COOKIE_NAME": "__Host-s", "SESSION_COOKIE_AGE": 60 * 60 * 24 * 365 * 20,
		"CSRF_COOKIE_NAME": "c", "CSRF_COOKIE_AGE": nil, "CSRF_USE_SESSIONS": true, "CSRF_COOKIE_SECURE": true, "CSRF_TRUSTED_ORIGINS": []string{"https://a.example.org"},
		"MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
	}, imported: []string{
		"session_cookie_path = '/app'", "session_cookie_domain = 'example.org'", "session_cookie_secure = true", "session_cookie_httponly = false", "session_cookie_samesite = '-'",
		"session_save_every_request = true", "session_expire_at_browser_close = true", "session_cookie_name = '__Host-s'", "session_cookie_age = 630720000",
		"csrf_cookie_name = 'c'", "csrf_cookie_age = '-'", "csrf_use_sessions = true", "csrf_cookie_secure = true", "csrf_trusted_origins = ['https://a.example.org']",
		"message_storage = 'django.contrib.messages.storage.session.SessionStorage'",
	}},
	{name: "user_sessions", why: "an engine without get_model_class", modules: []string{"user_sessions"},
		settings: testenv.Settings{
			"SESSION_ENGINE": "user_sessions.backends.db",
		}, imported: []string{"?app=user_sessions'"}},
}

// TestCommandZoo has settings import ask each beast, and the commands say of
// its sessions what Django says, or that they cannot know.
func TestCommandZoo(t *testing.T) {
	built := buildCommand(t)
	source, err := os.ReadFile("../../../cmd/djsession/internal/project/askdjango.py")
	if err != nil {
		t.Fatal(err)
	}
	zooDir, err := filepath.Abs("zoosite")
	if err != nil {
		t.Fatal(err)
	}
	for _, series := range []string{"1.11", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			apps := []string{"django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "zoo"}
			shared := testenv.GetDjango(t, series)
			if series == "6.1" {
				shared.Needs(t, "user_sessions")
				apps = append(apps, "user_sessions")
			}
			own := shared.Own(t, testenv.Settings{
				"SECRET_KEY": secret, "INSTALLED_APPS": apps, "PYTHONPATH": []string{zooDir}, "USE_TZ": true, "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
				"PASSWORD_HASHERS": []string{"django.contrib.auth.hashers.MD5PasswordHasher"},
			})
			db := testenv.SQLite(t)
			dj := own.On(t, db)
			dj.Migrate(t)
			dj.Run(t, "from zoo.drive import *\ncreate_tables()", nil, nil)
			for _, b := range beasts {
				t.Run(b.name, func(t *testing.T) {
					if len(b.modules) > 0 && series != "6.1" {
						t.Skip("it is not installed there")
					}
					if b.gone && dj.AtLeast(6, 1) {
						t.Skip("Django 6.1 fails at such a login")
					}
					b.visit(t, dj, built, db, string(source))
				})
			}
		})
	}
}

func (b *beast) visit(t *testing.T, dj *testenv.Django, built *command, db *testenv.Database, source string) {
	settings := testenv.Settings{}
	for name, value := range b.settings {
		settings[name] = value
	}
	if b.model != "" {
		settings["AUTH_USER_MODEL"] = b.model
	}
	dj = dj.With(settings)
	var site struct{ Key, Who, Answer string }
	dj.Run(t, "from zoo.drive import *\nresult = visit(args['make'], args['after'], args['source'])",
		map[string]any{"make": b.make, "after": b.after, "source": source}, &site)

	c := built.with(t)
	for name, text := range map[string]string{"manage.py": "", "answer.sh": "cat answer\n", "answer": site.Answer} {
		if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, said, status := c.try(t, "settings", "import", "--manage-py", ".", "--python", "sh answer.sh")
	if status != 0 {
		t.Fatalf("settings import failed: %s", said)
	}
	b.imports(t, c, said)
	if b.refuses != "" {
		if app, err := b.openSite(t, c, db); err == nil {
			t.Errorf("djsite opens it, and would find nobody: %v", app)
		}
		for _, args := range [][]string{{"list"}, {"whoami", site.Key}, {"create"}, {"logout", "--user", "1", "--yes"}, {"stats"}} {
			if _, said, status := c.try(t, args...); status != 2 || !strings.Contains(said, b.refuses) {
				t.Errorf("djsession %s exits with %d: %s; want 2, and %q", args[0], status, said, b.refuses)
			}
		}
		if out, said, status := c.try(t, "doctor"); status != 5 || !strings.Contains(out, "own_code") {
			t.Errorf("doctor exits with %d: %s%s; want 5", status, out, said)
		}
		return
	}
	b.whoami(t, c, site.Key, site.Who)
	b.service(t, c, db, site.Key, site.Who)
	b.create(t, dj, c, site.Who)
	if out, said, status := c.try(t, "doctor"); status != 0 {
		t.Errorf("doctor exits with %d: %s%s", status, out, said)
	}
}

// imports holds what was imported, and what was said, against what must be
// there.
func (b *beast) imports(t *testing.T, c *command, said string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, "djsession.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range b.imported {
		if !strings.Contains(string(text), want) {
			t.Errorf("djsession.toml lacks %s:\n%s", want, text)
		}
	}
	for _, want := range b.said {
		if !strings.Contains(said, want) {
			t.Errorf("settings import does not say %q:\n%s", want, said)
		}
	}
	if b.imported == nil && strings.Contains(string(text), "unsupported") {
		t.Errorf("settings import does not know this site:\n%s\n%s", said, text)
	}
}

// whoami must say what Django says, or that only the site knows.
func (b *beast) whoami(t *testing.T, c *command, key, django string) {
	t.Helper()
	out, said, status := c.try(t, "whoami", key, "--json")
	var answer struct {
		User   *struct{ Username string }
		Reason string
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatalf("whoami: %v: %s%s", err, out, said)
	}
	got := ""
	if answer.User != nil {
		got = answer.User.Username
	}
	switch {
	case b.reason != "":
		if answer.Reason != b.reason || status != 1 {
			t.Errorf(
				"whoami says %q, %q, status %d; want the reason %q, status 1",
				got,
				answer.Reason,
				status,
				b.reason,
			)
		}
	case got != django:
		t.Errorf("whoami says %q (%s), and Django %q", got, answer.Reason, django)
	case (status == 0) != (got != ""):
		t.Errorf("whoami exits with %d for %q", status, got)
	}
}

// create makes a login that Django takes, or refuses.
func (b *beast) create(t *testing.T, dj *testenv.Django, c *command, django string) {
	t.Helper()
	name := django
	if name == "" {
		dj.Run(
			t,
			"from django.contrib.auth import get_user_model\nmodel = get_user_model()\nresult = (getattr(model, 'everyone', None) or model.objects).get().get_username()",
			nil,
			&name,
		)
	}
	out, said, status := c.try(t, "create", "--user", name)
	if b.creates != "" {
		if status == 0 || !strings.Contains(said, b.creates) {
			t.Errorf("create exits with %d: %s; want it to refuse with %q", status, said, b.creates)
		}
		return
	}
	if b.reason != "" {
		if status == 0 && !strings.Contains(said, "the site may refuse this login") {
			t.Errorf("create does not say that it cannot know: %s", said)
		}
		return
	}
	if status != 0 {
		t.Errorf("create exits with %d: %s", status, said)
		return
	}
	var who string
	dj.Run(t, "from zoo.drive import *\nresult = who(args['key'])", map[string]any{"key": strings.TrimSpace(out)}, &who)
	if who != django {
		t.Errorf("Django says that the session that create made is that of %q, want %q", who, django)
	}
}

// openSite opens what was imported, as a Go service does.
func (b *beast) openSite(t *testing.T, c *command, db *testenv.Database) (*djsite.App, error) {
	t.Helper()
	site, err := djsite.Load(filepath.Join(c.dir, "djsession.toml"))
	if err != nil {
		return nil, err
	}
	conn, _ := dbtest.Open(t, db)
	conns := djsite.Connections{DB: make(map[string]*sql.DB)}
	for alias := range site.Databases {
		conns.DB[alias] = conn
	}
	return site.Open(conns, nil)
}

// service must say what Django says, or refuse what only the site knows.
func (b *beast) service(t *testing.T, c *command, db *testenv.Database, key, django string) {
	t.Helper()
	app, err := b.openSite(t, c, db)
	var refused *djsite.UnsupportedError
	if errors.As(err, &refused) {
		if b.imported == nil && b.said == nil {
			t.Errorf("djsite refuses the site: %v", err)
		}
		return
	}
	if err != nil || b.closed != "" {
		if b.closed == "" || err == nil || !strings.Contains(err.Error(), b.closed) {
			t.Errorf("djsite opens the site with the error %v, want %q", err, b.closed)
		}
		return
	}
	if b.reason != "" {
		t.Errorf("djsite opens a site whose logins only the site knows")
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: cookieName(b.settings), Value: key})
	app.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, err := auth.FromRequest(r)
		switch {
		case err == nil && user.Username != django:
			t.Errorf("djsite says %q, and Django %q", user.Username, django)
		case err != nil && (django != "" || !errors.Is(err, auth.ErrNotLoggedIn)):
			t.Errorf("djsite says %v, and Django %q", err, django)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
}

// cookieName is the name of the session's cookie by a site's settings.
func cookieName(settings testenv.Settings) string {
	if name, ok := settings["SESSION_COOKIE_NAME"].(string); ok {
		return name
	}
	return "sessionid"
}

// try runs the command, and returns what it printed, what it said and its exit
// status.
func (c *command) try(t *testing.T, args ...string) (out, said string, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.path, args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}
