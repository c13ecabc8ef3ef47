package djsite_test

import (
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/djsite"
)

const (
	redisClass = "django.core.cache.backends.redis.RedisCache"
	fileClass  = "django.core.cache.backends.filebased.FileBasedCache"
	tableClass = "django.core.cache.backends.db.DatabaseCache"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLoad reads files, and compares the whole of what they come to.
func TestLoad(t *testing.T) {
	type databases = map[string]djsite.Database
	type caches = map[string]djsite.Cache
	for _, test := range []struct {
		reason, text string
		want         djsite.Site
	}{
		{
			"the least", "store = 'db.sqlite3'",
			djsite.Site{Databases: databases{"default": {Engine: "sqlite3", URL: "DIR/db.sqlite3"}}},
		},
		{
			"a user model with UUIDs and an email, on cached_db", `
store = "postgres://app:secret@db/shop"
cache = "redis://cache:6379/1?prefix=shop&version=2&serializer=json&compressor=zlib"
session_engine = "django.contrib.sessions.backends.cached_db"
users_table = "accounts_user"
users_pk = "uuid"
users_columns = ["username=email", "first_name=-"]
authentication_backends = ["shop.auth.Backend"]
django_version = "5.2"`,
			djsite.Site{
				DjangoVersion: "5.2",
				Session:       djsite.Session{Engine: djangoBackends + "cached_db"},
				Users: djsite.Users{
					Table: "accounts_user", PK: auth.PKUUID, Columns: dbusers.Columns{Username: "email", FirstName: "-"},
				},
				AuthenticationBackends: []string{"shop.auth.Backend"},
				Databases:              databases{"default": {Engine: "postgresql", URL: "postgres://app:secret@db/shop"}},
				Caches: caches{"default": {
					Backend: "django_redis.cache.RedisCache", Location: "redis://cache:6379/1", KeyPrefix: "shop", Version: 2,
					Serializer: "json", Compressor: "zlib",
				}},
			},
		},
		{
			"USE_TZ = False, in the legacy layout, pickled by Python 2", `
store = "mysql://app@db/shop?charset=utf8"
time_zone = "Europe/Berlin"
layout = "legacy"
serializer = "pickle"
pickle_protocol = 2`,
			djsite.Site{
				HashingAlgorithm: "sha1", NaiveTimes: true, TimeZone: "Europe/Berlin",
				Session:   djsite.Session{Serializer: "pickle", PickleProtocol: 2},
				Databases: databases{"default": {Engine: "mysql", URL: "mysql://app@db/shop?charset=utf8"}},
			},
		},
		{
			"all of the cookies", `
store = "db.sqlite3"
session_cookie_name = "shop"
session_cookie_age = 3600
session_cookie_domain = ".example.com"
session_cookie_path = "/go/"
session_cookie_secure = true
session_cookie_httponly = false
session_cookie_samesite = "None"
session_save_every_request = true
session_expire_at_browser_close = true
csrf_use_sessions = true
csrf_cookie_name = "token"
csrf_cookie_age = "-"
csrf_cookie_domain = "example.com"
csrf_cookie_path = "/x/"
csrf_cookie_secure = true
csrf_cookie_httponly = true
csrf_cookie_samesite = "-"
csrf_header_name = "HTTP_X_TOKEN"
csrf_trusted_origins = ["https://a.example", "https://*.b.example"]
message_storage = "django.contrib.messages.storage.session.SessionStorage"`,
			djsite.Site{
				Session: djsite.Session{
					CookieName: "shop", CookieAge: time.Hour, CookieDomain: ".example.com", CookiePath: "/go/", CookieSecure: true,
					CookieAllowJS: true, CookieSameSite: http.SameSiteNoneMode, SaveEveryRequest: true, ExpireOnClose: true,
				},
				CSRF: djsite.CSRF{
					UseSessions: true, CookieName: "token", CookieAge: -time.Second, CookieDomain: "example.com", CookiePath: "/x/",
					CookieSecure: true, CookieHTTPOnly: true, CookieSameSite: http.SameSiteDefaultMode, HeaderName: "HTTP_X_TOKEN",
					TrustedOrigins: []string{"https://a.example", "https://*.b.example"},
				},
				Messages:  djsite.Messages{Storage: "django.contrib.messages.storage.session.SessionStorage"},
				Databases: databases{"default": {Engine: "sqlite3", URL: "DIR/db.sqlite3"}},
			},
		},
		{
			"an engine that the store leaves no doubt of: files", "store = 'file:sessions?name=shop'",
			djsite.Site{
				Session: djsite.Session{Engine: djangoBackends + "file", FilePath: "DIR/sessions", CookieName: "shop"},
			},
		},
		{
			"... a cache in Redis", "store = 'redis://host'",
			djsite.Site{
				Session: djsite.Session{Engine: djangoBackends + "cache"},
				Caches:  caches{"default": {Backend: redisClass, Location: "redis://host"}},
			},
		},
		{
			"... django-redis-sessions", "store = 'redis://host/2?engine=django-redis-sessions&prefix=shop'",
			djsite.Site{
				Session: djsite.Session{Engine: "redis_sessions.session", RedisPrefix: "shop"},
				Caches:  caches{djsite.RedisSessions: {Backend: redisClass, Location: "redis://host/2"}},
			},
		},
		{
			"... a cache in a table, whose database has the users too", "store = 'postgres://db/shop?cache_table=django_cache'",
			djsite.Site{
				Session:   djsite.Session{Engine: djangoBackends + "cache"},
				Databases: databases{"default": {Engine: "postgresql", URL: "postgres://db/shop"}},
				Caches:    caches{"default": {Backend: tableClass, Location: "django_cache", Database: "default"}},
			},
		},
		{
			"... an app's table, cached in files", "store = 'postgres://db/shop?app=qsessions'\ncache = 'filecache:cache'",
			djsite.Site{
				Session:   djsite.Session{Engine: "qsessions.backends.cached_db"},
				Databases: databases{"default": {Engine: "postgresql", URL: "postgres://db/shop"}},
				Caches:    caches{"default": {Backend: fileClass, Location: "DIR/cache"}},
			},
		},
		{
			"aliases that are not default, and users in a database of their own", `
store = "mysql://a/sessions"
users_store = "postgres://b/users"
session_database = "sessions"
users_database = "people"
session_cache_alias = "fast"
cache = "memcached://c:11211"`,
			djsite.Site{
				Session: djsite.Session{Engine: djangoBackends + "cached_db", Database: "sessions", CacheAlias: "fast"},
				Users:   djsite.Users{Database: "people"},
				Databases: databases{
					"sessions": {Engine: "mysql", URL: "mysql://a/sessions"}, "people": {
						Engine: "postgresql", URL: "postgres://b/users",
					},
				},
				Caches: caches{"fast": {
					Backend: "django.core.cache.backends.memcached.PyMemcacheCache", Location: "memcached://c:11211",
				}},
			},
		},
		{
			"references, parents and conditions", `
store = "db.sqlite3"
session_references = ["shop_visit.session_id: cascade", "shop_page.visit_id -> shop_visit.id: set_null"]
users_parents = ["crm.person: id=person_ptr_id: email, password"]
users_where = "deleted_at IS NULL"
session_auth_hash = "none"
unsupported = ["session_store"]`,
			djsite.Site{
				Session: djsite.Session{References: []dbstore.Reference{{
					Table: "shop_visit", Column: "session_id",
					References: []dbstore.Reference{
						{Table: "shop_page", Column: "visit_id", To: "id", OnDelete: dbstore.OnDeleteSetNull},
					},
				}}},
				Users: djsite.Users{
					Parents: []dbusers.Parent{
						{Table: `crm"."person`, Key: "id", Link: "person_ptr_id", Columns: []string{"email", "password"}},
					},
					Where: "deleted_at IS NULL", NoSessionHash: true,
				},
				Databases:   databases{"default": {Engine: "sqlite3", URL: "DIR/db.sqlite3"}},
				Unsupported: []string{"session_store"},
			},
		},
	} {
		t.Run(test.reason, func(t *testing.T) {
			dir := t.TempDir()
			got, err := djsite.Load(write(t, dir, "djsession.toml", "secret_key = 'a key'\n"+test.text))
			if err != nil {
				t.Fatal(err)
			}
			want := test.want
			want.SecretKey = "a key"
			if len(want.Databases) == 0 {
				want.Databases = databases{}
			}
			if len(want.Caches) == 0 {
				want.Caches = caches{}
			}
			want.Session.FilePath = strings.ReplaceAll(want.Session.FilePath, "DIR", dir)
			for alias, d := range want.Databases {
				d.URL = strings.ReplaceAll(d.URL, "DIR", dir)
				want.Databases[alias] = d
			}
			for alias, c := range want.Caches {
				c.Location = strings.ReplaceAll(c.Location, "DIR", dir)
				want.Caches[alias] = c
			}
			equal(t, reflect.ValueOf(*got), reflect.ValueOf(want), "")
		})
	}
}

// equal names the fields that differ: a Site itself does not print.
func equal(t *testing.T, got, want reflect.Value, path string) {
	t.Helper()
	for i := range got.NumField() {
		field := path + got.Type().Field(i).Name
		a, b := got.Field(i), want.Field(i)
		switch {
		case reflect.DeepEqual(a.Interface(), b.Interface()):
		case a.Kind() == reflect.Struct:
			equal(t, a, b, field+".")
		case a.Kind() == reflect.Map:
			for _, key := range append(a.MapKeys(), b.MapKeys()...) {
				if x, y := a.MapIndex(key), b.MapIndex(key); !x.IsValid() || !y.IsValid() {
					t.Errorf("%s: got %v, want %v", field, a.MapKeys(), b.MapKeys())
				} else {
					equal(t, x, y, field+"["+key.String()+"].")
				}
			}
		default:
			t.Errorf("%s: got %v, want %v", field, a.Interface(), b.Interface())
		}
	}
}

// TestLoadRefuses: each error names the setting and the file, and no secret.
func TestLoadRefuses(t *testing.T) {
	for _, test := range []struct{ reason, text, want string }{
		{"not TOML, in a line with a secret", "secret_key = s3cr3t", "line 1, is not TOML"},
		{"a setting that there is not", "secret_kye = 's3cr3t'", "secret_kye"},
		{"a table", "[session]\nx = 1", "session: there is no such setting"},
		{"a list of numbers", "authentication_backends = [1]", "authentication_backends: it must be a list of strings"},
		{"a key that is not base64", "secret_key_base64 = 's3cr3t!'", "secret_key_base64"},
		{"a file of a key that is not there", "secret_key_file = 'gone'", "gone"},
		{"a file of two keys", "secret_key_file = 'two'", "secret_key_file"},
		{"an empty file of a key", "secret_key_file = 'empty'", "secret_key_file"},
		{"a store that is not a place", "store = 'oracle://u:s3cr3t@h/x'", "store"},
		{"a store whose URL is broken", "store = 'postgres://u:s3cr3t@h/x?a=%zz'", "store"},
		{"files on another host", "store = 'file://host/dir'", "store"},
		{
			"a cache that is a table of sessions", "store = 'db.sqlite3'\ncache = 'other.sqlite3'", "cache: it is not a cache",
		},
		{"a version of a cache", "store = 'redis://h?version=one'", "store: its version"},
		{"files of two names", "store = 'file:x?name=a'\nsession_cookie_name = 'b'", "session_cookie_name"},
		{
			"an app and the engine of none",
			"store = 'postgres://h/x?app=qsessions'\nsession_engine = 'django.contrib.sessions.backends.db'", "app",
		},
		{"users that are not in a database", "store = 'db.sqlite3'\nusers_store = 'redis://h'", "users_store"},
		{
			"two databases of one alias", "store = 'a.sqlite3'\nusers_store = 'b.sqlite3'\nusers_database = 'default'",
			"users_database",
		},
		{
			"an engine with its store elsewhere",
			"store = 'redis://h'\nsession_engine = 'django.contrib.sessions.backends.db'", "SESSION_ENGINE",
		},
		{"no store", "", "SESSION_ENGINE"},
		{"modern, which this Django cannot read", "store = 'x'\nlayout = 'modern'\ndjango_version = '2.2'", "layout"},
		{
			"legacy, which this Django cannot read", "store = 'x'\nlayout = 'legacy'\ndjango_version = '4.2'",
			"DEFAULT_HASHING_ALGORITHM",
		},
		{"a flag that is neither", "store = 'x'\nsession_cookie_secure = 'maybe'", "session_cookie_secure"},
		{"an age of nothing", "store = 'x'\nsession_cookie_age = 0", "session_cookie_age"},
		{"an age that no clock has", "store = 'x'\nsession_cookie_age = 99999999999999", "session_cookie_age"},
		{"an age in words", "store = 'x'\nsession_cookie_age = '2w'", "session_cookie_age"},
		{"a SameSite", "store = 'x'\nsession_cookie_samesite = 'lax'", "session_cookie_samesite"},
		{"kinds of keys", "store = 'x'\nsession_keys = 'uuid'", "session_keys"},
		{"a kind of primary key", "store = 'x'\nusers_pk = 'big'", "users_pk"},
		{"a field that no user has", "store = 'x'\nusers_columns = ['mail=email']", "users_columns"},
		{"a parent", "store = 'x'\nusers_parents = ['person']", "users_parents"},
		{"a reference", "store = 'x'\nsession_references = ['visit: cascade']", "session_references"},
		{
			"a reference to a table that comes later",
			"store = 'x'\nsession_references = ['a.b -> c.id: cascade', 'c.d: cascade']", "session_references",
		},
		{"a protocol", "store = 'x'\npickle_protocol = 9", "pickle_protocol"},
		{"a hash", "store = 'x'\nsession_auth_hash = 'md5'", "session_auth_hash"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "two", "s3cr3t1\ns3cr3t2\n")
			write(t, dir, "empty", "")
			text := test.text
			if !strings.Contains(text, "secret_k") {
				text = "secret_key = 's3cr3t'\n" + text
			}
			path := write(t, dir, "djsession.toml", text)
			_, err := djsite.Load(path)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
			if strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("a secret is in the error: %v", err)
			}
		})
	}
	t.Run("a file that is not there", func(t *testing.T) {
		if _, err := djsite.Load(filepath.Join(t.TempDir(), "gone.toml")); !os.IsNotExist(unwrapped(err)) {
			t.Errorf("got %v", err)
		}
	})
}

func unwrapped(err error) error {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		err = inner.Unwrap()
	}
}

// TestFromEnv: the environment is stronger than the file that it names.
func TestFromEnv(t *testing.T) {
	path := write(t, t.TempDir(), "djsession.toml", `
store = "db.sqlite3"
cache = "redis://h"
secret_key = "of the file"
session_cookie_name = "shop"`)
	for _, test := range []struct {
		reason string
		env    map[string]string
		check  func(s *djsite.Site) (got, want any)
	}{
		{
			"a key", map[string]string{"DJANGO_SECRET_KEY": "of the environment"},
			func(s *djsite.Site) (any, any) { return s.SecretKey, "of the environment" },
		},
		{
			"a key in base64 is stronger than the file's in text", map[string]string{"DJANGO_SECRET_KEY_BASE64": "/w=="},
			func(s *djsite.Site) (any, any) { return s.SecretKey, "\xff" },
		},
		{"what it does not say", nil, func(s *djsite.Site) (any, any) { return s.Session.CookieName, "shop" }},
		{
			"another store takes the cache of the first with it", map[string]string{"DATABASE_URL": "postgres://h/x"},
			func(s *djsite.Site) (any, any) { return len(s.Caches), 0 },
		},
		{
			"an empty cache is none", map[string]string{"DJSESSION_CACHE": ""},
			func(s *djsite.Site) (any, any) { return len(s.Caches), 0 },
		},
		{
			"lines are a list", map[string]string{"DJANGO_SECRET_KEY_FALLBACKS": "one\ntwo\n"},
			func(s *djsite.Site) (any, any) { return strings.Join(s.SecretKeyFallbacks, "|"), "one|two" },
		},
	} {
		t.Run(test.reason, func(t *testing.T) {
			t.Setenv("DJSESSION_CONFIG", path)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			site, err := djsite.FromEnv()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := test.check(site); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
