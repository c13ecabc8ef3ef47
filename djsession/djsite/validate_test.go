package djsite_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/djsite"
)

const djangoBackends = "django.contrib.sessions.backends."

// shop is a site that agrees with itself.
func shop() *djsite.Site {
	return &djsite.Site{
		SecretKey:          "the present key",
		SecretKeyFallbacks: []string{"an older key"},
		DjangoVersion:      "5.2",
		Databases:          map[string]djsite.Database{"default": {Engine: "django.db.backends.postgresql"}},
		Caches:             map[string]djsite.Cache{"default": {Backend: "django.core.cache.backends.redis.RedisCache"}},
	}
}

// settingsOf are the settings of the problems that an error joins.
func settingsOf(err error) (names []string) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			names = append(names, settingsOf(err)...)
		}
		return names
	}
	var problem *djsite.SettingError
	if errors.As(err, &problem) {
		return []string{problem.Setting}
	}
	return nil
}

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		reason string
		change func(s *djsite.Site)
		want   string // the setting, or ""
	}{
		{"the site as it is", func(s *djsite.Site) {}, ""},
		{"no key", func(s *djsite.Site) { s.SecretKey = "" }, "SECRET_KEY"},
		{"a site that was read from its own JSON", func(s *djsite.Site) { s.SecretKey = "hidden" }, "SECRET_KEY"},
		{
			"an empty fallback, which everybody knows", func(s *djsite.Site) { s.SecretKeyFallbacks = []string{"old", ""} },
			"SECRET_KEY_FALLBACKS",
		},
		{
			"the key is its own fallback", func(s *djsite.Site) { s.SecretKeyFallbacks = []string{s.SecretKey} },
			"SECRET_KEY_FALLBACKS",
		},
		{"a version that is none", func(s *djsite.Site) { s.DjangoVersion = "five" }, "django_version"},
		{"a version before sessions were as they are", func(s *djsite.Site) { s.DjangoVersion = "1.3" }, "django_version"},
		{"a version with a patch level", func(s *djsite.Site) { s.DjangoVersion = "5.2.19" }, ""},
		{"a version that is not final", func(s *djsite.Site) { s.DjangoVersion = "6.2.dev20261101" }, ""},
		{
			"sha1 where Django has no such setting", func(s *djsite.Site) { s.HashingAlgorithm = "sha1" },
			"DEFAULT_HASHING_ALGORITHM",
		},
		{"sha1 on 3.2", func(s *djsite.Site) { s.DjangoVersion, s.HashingAlgorithm = "3.2", "sha1" }, ""},
		{
			"sha256 on 2.2", func(s *djsite.Site) { s.DjangoVersion, s.HashingAlgorithm = "2.2", "sha256" },
			"DEFAULT_HASHING_ALGORITHM",
		},
		{"an algorithm that is neither", func(s *djsite.Site) { s.HashingAlgorithm = "md5" }, "DEFAULT_HASHING_ALGORITHM"},
		{"naive times in no zone", func(s *djsite.Site) { s.NaiveTimes = true }, "TIME_ZONE"},
		{"naive times", func(s *djsite.Site) { s.NaiveTimes, s.TimeZone = true, "Europe/Berlin" }, ""},
		{"a zone that does not matter", func(s *djsite.Site) { s.TimeZone = "Europe/Berlin" }, ""},
		{"a zone that is none", func(s *djsite.Site) { s.TimeZone = "Berlin" }, "TIME_ZONE"},
		{"Go's word for the machine's zone", func(s *djsite.Site) { s.TimeZone = "Local" }, "TIME_ZONE"},

		{
			"a serializer of the site's own", func(s *djsite.Site) { s.Session.Serializer = "shop.MySerializer" },
			"SESSION_SERIALIZER",
		},
		{"pickle after it was taken out", func(s *djsite.Site) { s.Session.Serializer = "pickle" }, "SESSION_SERIALIZER"},
		{
			"pickle by its class", func(s *djsite.Site) {
				s.DjangoVersion, s.Session.Serializer = "4.2", "django.contrib.sessions.serializers.PickleSerializer"
			}, "",
		},
		{
			"json before there was a choice", func(s *djsite.Site) { s.DjangoVersion, s.Session.Serializer = "1.4", "json" },
			"SESSION_SERIALIZER",
		},
		{"a protocol that is none", func(s *djsite.Site) { s.Session.PickleProtocol = 1 }, "pickle_protocol"},
		{
			"a salt before there was one", func(s *djsite.Site) { s.DjangoVersion, s.Session.KeySalt = "2.2", "x" },
			"session_salt",
		},

		{"an engine that Go does not have", func(s *djsite.Site) { s.Session.Engine = "shop.sessions" }, "SESSION_ENGINE"},
		{
			"a table in a database that is not there", func(s *djsite.Site) { s.Session.Database = "sessions" },
			"SESSION_ENGINE",
		},
		{
			"a cache that is not there", func(s *djsite.Site) {
				s.Session.Engine, s.Session.CacheAlias = djangoBackends+"cached_db", "sessions"
			}, "SESSION_ENGINE",
		},
		{"cached_db", func(s *djsite.Site) { s.Session.Engine = djangoBackends + "cached_db" }, ""},
		{
			"files without a directory", func(s *djsite.Site) { s.Session.Engine = djangoBackends + "file" },
			"SESSION_FILE_PATH",
		},
		{"a directory, and sessions in a table", func(s *djsite.Site) { s.Session.FilePath = "/tmp" }, "SESSION_FILE_PATH"},
		{
			"a prefix of Redis, and sessions in a table", func(s *djsite.Site) { s.Session.RedisPrefix = "shop" },
			"SESSION_REDIS",
		},
		{
			"a prefix of cached sessions, and none are", func(s *djsite.Site) { s.Session.CacheKeyPrefix = "shop" },
			"cache_key_prefix",
		},
		{
			"a table, and sessions in a cache", func(s *djsite.Site) {
				s.Session.Engine, s.Session.Table = djangoBackends+"cache", "django_session"
			}, "table",
		},
		{
			"a reference to sessions, and no table", func(s *djsite.Site) {
				s.Session.Engine, s.Session.References = djangoBackends+"cache", []dbstore.Reference{{Table: "visit"}}
			}, "table",
		},
		{"a table that is not a name", func(s *djsite.Site) { s.Session.Table = "a.b.c" }, "table"},
		{"a table in a schema", func(s *djsite.Site) { s.Session.Table = `crm."the.sessions"` }, ""},

		{
			"a database that Go does not read",
			func(s *djsite.Site) { s.Databases["default"] = djsite.Database{Engine: "django.db.backends.oracle"} },
			"DATABASES",
		},
		{"a database of no kind", func(s *djsite.Site) { s.Databases["default"] = djsite.Database{} }, "DATABASES"},
		{
			"an engine and the URL of another", func(s *djsite.Site) {
				s.Databases["default"] = djsite.Database{Engine: "django.db.backends.mysql", URL: "postgres://localhost/shop"}
			}, "DATABASES",
		},
		{
			"an engine that wraps Django's", func(s *djsite.Site) {
				s.Databases["default"] = djsite.Database{
					Engine: "django_prometheus.db.backends.postgis", URL: "postgis://localhost/shop",
				}
			}, "",
		},
		{
			"a zone of a database next to USE_TZ = False", func(s *djsite.Site) {
				s.NaiveTimes, s.TimeZone = true, "Europe/Berlin"
				s.Databases["default"] = djsite.Database{Engine: "mysql", TimeZone: "UTC"}
			}, "DATABASES",
		},
		{
			"a zone of a database that is none", func(s *djsite.Site) {
				s.Databases["default"] = djsite.Database{Engine: "mysql", TimeZone: "Berlin"}
			}, "DATABASES",
		},

		{
			"a cache in the site's own process", func(s *djsite.Site) {
				s.Session.Engine = djangoBackends + "cache"
				s.Caches["default"] = djsite.Cache{Backend: "django.core.cache.backends.locmem.LocMemCache"}
			}, "CACHES",
		},
		{
			"a cache that Go does not have", func(s *djsite.Site) {
				s.Session.Engine = djangoBackends + "cached_db"
				s.Caches["default"] = djsite.Cache{Backend: "shop.cache.Cache"}
			}, "CACHES",
		},
		{
			"a cache that Go does not have, and does not use",
			func(s *djsite.Site) { s.Caches["other"] = djsite.Cache{Backend: "shop.cache.Cache"} }, "",
		},
		{
			"a cache in a table of a database that is not there", func(s *djsite.Site) {
				s.Session.Engine = djangoBackends + "cache"
				s.Caches["default"] = djsite.Cache{
					Backend: "django.core.cache.backends.db.DatabaseCache", Location: "t", Database: "cache",
				}
			}, "CACHES",
		},
		{
			"a cache in a directory without a name", func(s *djsite.Site) {
				s.Session.Engine = djangoBackends + "cache"
				s.Caches["default"] = djsite.Cache{Backend: "django.core.cache.backends.filebased.FileBasedCache"}
			}, "CACHES",
		},
		{
			"a compressor that only django-redis has", func(s *djsite.Site) {
				s.Session.Engine = djangoBackends + "cache"
				s.Caches["default"] = djsite.Cache{
					Backend: "django.core.cache.backends.filebased.FileBasedCache", Location: "/tmp", Compressor: "zlib",
				}
			}, "CACHES",
		},
		{
			"a serializer of a cache that is none",
			func(s *djsite.Site) { s.Caches["default"] = djsite.Cache{Serializer: "yaml"} }, "CACHES",
		},
		{
			"a compressor that is none", func(s *djsite.Site) { s.Caches["default"] = djsite.Cache{Compressor: "rar"} },
			"CACHES",
		},
		{"a negative version", func(s *djsite.Site) { s.Caches["default"] = djsite.Cache{Version: -1} }, "CACHES"},

		{"a name that no cookie has", func(s *djsite.Site) { s.Session.CookieName = "session id" }, "SESSION_COOKIE_NAME"},
		{"an age that has passed", func(s *djsite.Site) { s.Session.CookieAge = -time.Hour }, "SESSION_COOKIE_AGE"},
		{
			"an age in parts of a second, as 1209600 without a unit", func(s *djsite.Site) { s.Session.CookieAge = 1209600 },
			"SESSION_COOKIE_AGE",
		},
		{
			"a domain with a port", func(s *djsite.Site) { s.Session.CookieDomain = "example.com:8000" },
			"SESSION_COOKIE_DOMAIN",
		},
		{"a domain of more than one host", func(s *djsite.Site) { s.Session.CookieDomain = ".example.com" }, ""},
		{"a path that is none", func(s *djsite.Site) { s.Session.CookiePath = "go" }, "SESSION_COOKIE_PATH"},
		{
			"None without Secure", func(s *djsite.Site) { s.Session.CookieSameSite = http.SameSiteNoneMode },
			"SESSION_COOKIE_SAMESITE",
		},
		{
			"None with Secure", func(s *djsite.Site) {
				s.Session.CookieSameSite, s.Session.CookieSecure = http.SameSiteNoneMode, true
			}, "",
		},
		{
			"SameSite before Django had it", func(s *djsite.Site) {
				s.DjangoVersion, s.Session.CookieSameSite = "1.11", http.SameSiteLaxMode
			}, "SESSION_COOKIE_SAMESITE",
		},
		{
			"a SameSite that net/http does not have", func(s *djsite.Site) { s.Session.CookieSameSite = 9 },
			"SESSION_COOKIE_SAMESITE",
		},
		{
			"__Host- with a domain", func(s *djsite.Site) {
				s.Session.CookieName, s.Session.CookieDomain = "__Host-sessionid", "example.com"
			}, "SESSION_COOKIE_NAME",
		},
		{
			"the same for CSRF", func(s *djsite.Site) { s.CSRF.CookieSameSite = http.SameSiteNoneMode },
			"CSRF_COOKIE_SAMESITE",
		},
		{"a CSRF cookie until the browser closes", func(s *djsite.Site) { s.CSRF.CookieAge = -time.Second }, ""},
		{"one cookie for both", func(s *djsite.Site) { s.CSRF.CookieName = "sessionid" }, "CSRF_COOKIE_NAME"},
		{
			"an origin without a scheme", func(s *djsite.Site) { s.CSRF.TrustedOrigins = []string{"example.com"} },
			"CSRF_TRUSTED_ORIGINS",
		},
		{
			"an origin with one, before 4.0", func(s *djsite.Site) {
				s.DjangoVersion, s.CSRF.TrustedOrigins = "3.2", []string{"https://example.com"}
			}, "CSRF_TRUSTED_ORIGINS",
		},
		{
			"CSRF in sessions before Django had it",
			func(s *djsite.Site) { s.DjangoVersion, s.CSRF.UseSessions = "1.10", true }, "CSRF_USE_SESSIONS",
		},

		{"users in a database that is not there", func(s *djsite.Site) { s.Users.Database = "people" }, "users_database"},
		{"a users' table that is no name", func(s *djsite.Site) { s.Users.Table = `"` }, "users_table"},
		{"a key of no kind", func(s *djsite.Site) { s.Users.PK = 9 }, "users_pk"},
		{"a parameter in a condition", func(s *djsite.Site) { s.Users.Where = "a ? b" }, "users_where"},
		{"a parameter in the other", func(s *djsite.Site) { s.Users.ActiveWhere = "a ? b" }, "users_active_where"},
		{
			"a condition and a column that say the same", func(s *djsite.Site) {
				s.Users.ActiveWhere, s.Users.Columns = "state = 1", dbusers.Columns{IsActive: "active"}
			}, "users_active_where",
		},
		{
			"no session auth hash where every model has one",
			func(s *djsite.Site) { s.DjangoVersion, s.Users.NoSessionHash = "6.1", true }, "session_auth_hash",
		},
		{"no backends", func(s *djsite.Site) { s.AuthenticationBackends = []string{} }, "AUTHENTICATION_BACKENDS"},
		{
			"a backend twice", func(s *djsite.Site) { s.AuthenticationBackends = []string{"a.B", "a.B"} },
			"AUTHENTICATION_BACKENDS",
		},
		{
			"inactive users by a backend that does not count", func(s *djsite.Site) { s.InactiveBackends = []string{"a.B"} },
			"inactive_backends",
		},
		{
			"those that Django itself has", func(s *djsite.Site) { s.InactiveBackends = []string{auth.AllowAllUsersBackend} },
			"",
		},
		{
			"something unsupported that is not known", func(s *djsite.Site) { s.Unsupported = []string{"magic"} },
			"unsupported",
		},
	} {
		t.Run(test.reason, func(t *testing.T) {
			s := shop()
			test.change(s)
			err := s.Validate()
			if got := strings.Join(settingsOf(err), ", "); got != test.want {
				t.Errorf("got %q, want %q: %v", got, test.want, err)
			}
			for _, key := range []string{"the present key", "an older key"} {
				if err != nil && strings.Contains(err.Error(), key) {
					t.Errorf("a key is in the error: %v", err)
				}
			}
		})
	}
}

// TestValidateJoins: one call names all that is wrong.
func TestValidateJoins(t *testing.T) {
	s := shop()
	s.SecretKey, s.TimeZone, s.CSRF.CookiePath = "", "Nowhere", "x"
	if got := strings.Join(settingsOf(s.Validate()), " "); got != "SECRET_KEY TIME_ZONE CSRF_COOKIE_PATH" {
		t.Errorf("got %s", got)
	}
}
