package djsite

import (
	"net/http"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
)

// A Site is the settings of a Django project, as far as sessions, users and
// logins depend on them. The zero value of a field is Django's default. A Site
// is data: see [Load] and [FromEnv], or fill it in, and then [Site.Open] it. It
// holds secrets, which no way of printing it shows.
type Site struct {
	// SecretKey signs sessions and logins.
	// Django: SECRET_KEY.
	SecretKey string

	// SecretKeyFallbacks are older keys that are still good for reading.
	// Django: SECRET_KEY_FALLBACKS.
	SecretKeyFallbacks []string

	// DjangoVersion is the series, such as "5.2". Where several Djangos share
	// the sessions it is the oldest. It decides how sessions and logins are
	// signed, and which old signatures count. Default: the newest, but that
	// sessions of older ones are read too.
	// Django: django.VERSION.
	DjangoVersion string

	// HashingAlgorithm is "sha1" or "sha256", for Django 3.1 and 3.2.
	// Default: "sha256".
	// Django: DEFAULT_HASHING_ALGORITHM.
	HashingAlgorithm string

	// NaiveTimes says that the site runs with USE_TZ = False, the default up to
	// Django 4.2. TimeZone is then needed too.
	// Django: USE_TZ = False.
	NaiveTimes bool

	// TimeZone is the name of the site's zone, such as "Europe/Berlin". It
	// counts with NaiveTimes only.
	// Django: TIME_ZONE.
	TimeZone string

	// Session is how and where sessions are kept.
	Session Session

	// CSRF is how the site protects its forms.
	CSRF CSRF

	// Messages is how the site keeps messages for its users.
	Messages Messages

	// Users is the user model.
	// Django: AUTH_USER_MODEL.
	Users Users

	// AuthenticationBackends are those whose logins count.
	// Default: [auth.ModelBackend].
	// Django: AUTHENTICATION_BACKENDS.
	AuthenticationBackends []string

	// InactiveBackends are those of AuthenticationBackends that let inactive
	// users in. Default: Django's two AllowAllUsers backends, and up to Django
	// 1.9 all.
	InactiveBackends []string

	// Databases are the databases by alias. The connections themselves are
	// given to [Site.Open].
	// Django: DATABASES.
	Databases map[string]Database

	// Caches are the caches by alias, likewise.
	// Django: CACHES.
	Caches map[string]Cache

	// Unsupported names what the site does in code of its own, which Go cannot
	// run: see [Unsupported]. Open refuses such a site until the program deals
	// with each.
	Unsupported []string
}

// Session is the settings of sessions.
type Session struct {
	// Engine is where sessions are: one of Django's, of django-user-sessions,
	// django-qsessions or django-redis-sessions.
	// Default: "django.contrib.sessions.backends.db".
	// Django: SESSION_ENGINE.
	Engine string

	// Database is the alias of the database that has the table.
	// Default: "default".
	Database string

	// Table is the table, after its schema and a dot if need be.
	// Default: the engine's, "django_session".
	// Django: Session._meta.db_table.
	Table string

	// References are the foreign keys of other tables to the sessions.
	References []dbstore.Reference

	// CacheAlias is the cache of the engines cache and cached_db.
	// Default: "default".
	// Django: SESSION_CACHE_ALIAS.
	CacheAlias string

	// CacheKeyPrefix stands before a session's key in the cache.
	// Default: the engine's.
	// Django: SessionStore.cache_key_prefix.
	CacheKeyPrefix string

	// FilePath is the directory of the engine file.
	// Django: SESSION_FILE_PATH.
	FilePath string

	// RedisPrefix is for the engine redis_sessions.session.
	// Django: SESSION_REDIS["prefix"].
	RedisPrefix string

	// Serializer is "json" or "pickle", or its class by Django's name.
	// Default: "json"; up to Django 1.5 "pickle".
	// Django: SESSION_SERIALIZER.
	Serializer string

	// PickleProtocol is the one to write, 2 to 5. Default: 4; up to Django 1.11
	// 2, which Python 2 reads.
	PickleProtocol int

	// StoreName is the name of a SessionStore class of the site's own.
	// Default: "SessionStore".
	StoreName string

	// KeySalt is the class's key_salt, if it has one of its own.
	// Django: SessionStore.key_salt.
	KeySalt string

	// CustomKeys says that the SessionStore makes keys that are not Django's,
	// such as UUIDs.
	CustomKeys bool

	// CookieName is the name of the cookie. Default: "sessionid".
	// Django: SESSION_COOKIE_NAME.
	CookieName string

	// CookieAge is how long a session lives, in whole seconds.
	// Default: two weeks.
	// Django: SESSION_COOKIE_AGE.
	CookieAge time.Duration

	// CookieDomain is the cookie's domain. Default: only the host.
	// Django: SESSION_COOKIE_DOMAIN.
	CookieDomain string

	// CookiePath is the cookie's path. Default: "/".
	// Django: SESSION_COOKIE_PATH.
	CookiePath string

	// CookieSecure keeps the cookie off plain HTTP.
	// Django: SESSION_COOKIE_SECURE.
	CookieSecure bool

	// CookieAllowJS lets scripts see the cookie.
	// Django: SESSION_COOKIE_HTTPONLY = False.
	CookieAllowJS bool

	// CookieSameSite is the cookie's SameSite. Default: Lax; up to Django 2.0
	// http.SameSiteDefaultMode, which leaves the attribute out.
	// Django: SESSION_COOKIE_SAMESITE.
	CookieSameSite http.SameSite

	// SaveEveryRequest saves every session at every request.
	// Django: SESSION_SAVE_EVERY_REQUEST.
	SaveEveryRequest bool

	// ExpireOnClose ends the cookie with the browser.
	// Django: SESSION_EXPIRE_AT_BROWSER_CLOSE.
	ExpireOnClose bool
}

// CSRF is the settings of the protection against forged requests.
type CSRF struct {
	// UseSessions keeps the secret in the session, not in a cookie.
	// Django: CSRF_USE_SESSIONS.
	UseSessions bool

	// CookieName is the name of the cookie. Default: "csrftoken".
	// Django: CSRF_COOKIE_NAME.
	CookieName string

	// CookieAge is how long the cookie lives, in whole seconds; a negative one
	// is until the browser closes. Default: 52 weeks.
	// Django: CSRF_COOKIE_AGE.
	CookieAge time.Duration

	// CookieDomain is the cookie's domain. Default: only the host.
	// Django: CSRF_COOKIE_DOMAIN.
	CookieDomain string

	// CookiePath is the cookie's path. Default: "/".
	// Django: CSRF_COOKIE_PATH.
	CookiePath string

	// CookieSecure keeps the cookie off plain HTTP.
	// Django: CSRF_COOKIE_SECURE.
	CookieSecure bool

	// CookieHTTPOnly hides the cookie from scripts.
	// Django: CSRF_COOKIE_HTTPONLY.
	CookieHTTPOnly bool

	// CookieSameSite is as Session.CookieSameSite.
	// Django: CSRF_COOKIE_SAMESITE.
	CookieSameSite http.SameSite

	// HeaderName is the header with the token, as Django's META has it.
	// Default: "HTTP_X_CSRFTOKEN".
	// Django: CSRF_HEADER_NAME.
	HeaderName string

	// TrustedOrigins are other origins whose forms are taken.
	// Django: CSRF_TRUSTED_ORIGINS.
	TrustedOrigins []string
}

// Messages is the settings of the messages framework.
type Messages struct {
	// Storage is the class of the storage.
	// Default: "django.contrib.messages.storage.fallback.FallbackStorage".
	// Django: MESSAGE_STORAGE.
	Storage string
}

// Users is how the site keeps its users.
type Users struct {
	// Database is the alias of their database. Default: "default". A site
	// whose Databases lack it has no users, as far as Go can tell.
	Database string

	// Table is the model's table, after its schema and a dot if need be.
	// Default: "auth_user".
	Table string

	// PK is the kind of its primary key. Default: [auth.PKInt].
	PK auth.PK

	// Columns are the model's, where they are not called as Django calls them.
	Columns dbusers.Columns

	// Parents are the tables of models that it inherits from.
	Parents []dbusers.Parent

	// Where is a condition in SQL that a row meets to be a user, for a default
	// manager that filters.
	Where string

	// ActiveWhere is a condition in SQL that active users meet, for a model
	// whose is_active is not a column.
	ActiveWhere string

	// NoSessionHash says that the model has no get_session_auth_hash, which no
	// model had up to Django 1.6.
	NoSessionHash bool
}

// A Database is an entry of DATABASES.
type Database struct {
	// Engine is the kind of server: "postgresql", "mysql" (MariaDB too) or
	// "sqlite3", alone or as in "django.db.backends.postgresql".
	// Default: what URL says.
	// Django: ENGINE.
	Engine string

	// URL is where the database is, as in DATABASE_URL: for the program that
	// opens it. It may hold a password. pgx takes it as it is; the MySQL driver
	// wants a DSN, which djsession/examples/mysql makes of it.
	URL string

	// TimeZone is the zone of times in a database that has none, under USE_TZ
	// = True. Default: UTC.
	// Django: TIME_ZONE of DATABASES.
	TimeZone string
}

// A Cache is an entry of CACHES.
type Cache struct {
	// Backend is the class of the cache, by Django's name.
	// Django: BACKEND.
	Backend string

	// Location is the table of a DatabaseCache or the directory of a
	// FileBasedCache, which Open opens itself. Else it is where the servers
	// are, for the program that connects to them; it may hold a password.
	// Django: LOCATION.
	Location string

	// Database is the alias of the database of a DatabaseCache.
	// Default: "default".
	Database string

	// KeyPrefix and Version are part of each key. Default: "" and 1.
	// Django: KEY_PREFIX, VERSION.
	KeyPrefix string
	Version   int

	// Serializer is that of django-redis: "pickle", "json" or "msgpack".
	// Default: "pickle", which all other backends have.
	// Django: SERIALIZER in OPTIONS.
	Serializer string

	// Compressor is that of django-redis: "zlib", "gzip", "lz4", "lzma" or
	// "zstd", for the program that makes the adapter. Default: none.
	// Django: COMPRESSOR in OPTIONS.
	Compressor string
}
