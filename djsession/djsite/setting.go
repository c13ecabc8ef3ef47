package djsite

import "slices"

// A Setting is a name in djsession.toml, with its name in the environment.
type Setting struct {
	Name  string // in the file, such as "session_cookie_name"
	Env   string // in the environment
	Usage string // a word in backquotes is what the value is called
	Kind  SettingKind
}

// SettingKind is what the value of a [Setting] is.
type SettingKind uint8

// The kinds.
const (
	PlainSetting  SettingKind = iota // text, or a list: one a line
	PathSetting                      // a path; in a file, relative to that file
	SecretSetting                    // not for a flag: all users of a machine see arguments
	StoreSetting                     // a path or a URL
	BoolSetting                      // true or false
)

// Settings returns all settings, in the order in which a file has them.
func Settings() []Setting { return slices.Clone(settingTable) }

var settingTable = []Setting{
	{
		"store", "DATABASE_URL",
		"where the sessions are: the `PATH` of a db.sqlite3, or a URL: see 'djsession help stores'",
		StoreSetting,
	},
	{
		"cache", "DJSESSION_CACHE",
		"the cache of a site with cached_db, whose store is the database: its `URL`, or '' for none",
		StoreSetting,
	},
	{
		"table", "DJSESSION_TABLE",
		"`NAME` of the table, after its schema and a dot if need be (default django_session)",
		PlainSetting,
	},
	{"secret_key_file", "DJSESSION_SECRET_KEY_FILE", "`FILE` that holds the site's SECRET_KEY", PathSetting},
	{"secret_key", "DJANGO_SECRET_KEY", "the SECRET_KEY itself", SecretSetting},
	{
		"secret_key_base64", "DJANGO_SECRET_KEY_BASE64",
		"the SECRET_KEY in base64, if it is bytes that are not text",
		SecretSetting,
	},
	{
		"secret_key_fallbacks_file", "DJSESSION_SECRET_KEY_FALLBACKS_FILE",
		"`FILE` that holds the SECRET_KEY_FALLBACKS, one a line",
		PathSetting,
	},
	{
		"secret_key_fallbacks", "DJANGO_SECRET_KEY_FALLBACKS",
		"the keys themselves: one a line in the environment, a list in the file",
		SecretSetting,
	},
	{
		"secret_key_fallbacks_base64", "DJANGO_SECRET_KEY_FALLBACKS_BASE64",
		"the keys in base64, if one is bytes that are not text or has a line break",
		SecretSetting,
	},
	{
		"time_zone", "DJSESSION_TIME_ZONE",
		"`NAME` of the site's TIME_ZONE, if it runs with USE_TZ = False",
		PlainSetting,
	},
	{
		"serializer", "DJSESSION_SERIALIZER",
		"`NAME` of the serializer to write with, json or pickle (default the session's own, else json)",
		PlainSetting,
	},
	{
		"layout", "DJSESSION_LAYOUT",
		"`NAME` of the layout to write, modern, or legacy for Django up to 3.0 (default the session's own, " +
			"else modern)",
		PlainSetting,
	},
	{
		"pickle_protocol", "DJSESSION_PICKLE_PROTOCOL",
		"`NUMBER` of the pickle protocol to write, 2 to 5 (default 2 where the session had 2 or less, else 4)",
		PlainSetting,
	},
	{
		"session_cookie_name", "DJSESSION_SESSION_COOKIE_NAME",
		"`NAME` of the site's session cookie (default sessionid)",
		PlainSetting,
	},
	{
		"session_cookie_age", "DJSESSION_SESSION_COOKIE_AGE",
		"`SECONDS` that a session lives (default 1209600, two weeks)",
		PlainSetting,
	},
	{
		"session_cookie_domain", "DJSESSION_SESSION_COOKIE_DOMAIN",
		"`DOMAIN` of the session cookie (default none: the host alone)",
		PlainSetting,
	},
	{
		"session_cookie_path", "DJSESSION_SESSION_COOKIE_PATH",
		"`PATH` of the session cookie (default /)",
		PlainSetting,
	},
	{
		"session_cookie_secure", "DJSESSION_SESSION_COOKIE_SECURE",
		"`TRUE` if the session cookie is for HTTPS alone (default false)",
		BoolSetting,
	},
	{
		"session_cookie_httponly", "DJSESSION_SESSION_COOKIE_HTTPONLY",
		"`FALSE` if scripts may read the session cookie (default true)",
		BoolSetting,
	},
	{
		"session_cookie_samesite", "DJSESSION_SESSION_COOKIE_SAMESITE",
		"`NAME` of the session cookie's SameSite, Lax, Strict or None; - is for none at all (default Lax)",
		PlainSetting,
	},
	{
		"session_save_every_request", "DJSESSION_SESSION_SAVE_EVERY_REQUEST",
		"`TRUE` if the site has SESSION_SAVE_EVERY_REQUEST (default false)",
		BoolSetting,
	},
	{
		"session_expire_at_browser_close", "DJSESSION_SESSION_EXPIRE_AT_BROWSER_CLOSE",
		"`TRUE` if the site has SESSION_EXPIRE_AT_BROWSER_CLOSE (default false)",
		BoolSetting,
	},
	{
		"csrf_use_sessions", "DJSESSION_CSRF_USE_SESSIONS",
		"`TRUE` if the site has CSRF_USE_SESSIONS: its CSRF secret is in the session (default false)",
		BoolSetting,
	},
	{
		"csrf_cookie_name", "DJSESSION_CSRF_COOKIE_NAME",
		"`NAME` of the site's CSRF cookie (default csrftoken)",
		PlainSetting,
	},
	{
		"csrf_cookie_age", "DJSESSION_CSRF_COOKIE_AGE",
		"`SECONDS` that the CSRF cookie lives, or - for until the browser closes (default 31449600, a year)",
		PlainSetting,
	},
	{
		"csrf_cookie_domain", "DJSESSION_CSRF_COOKIE_DOMAIN",
		"`DOMAIN` of the CSRF cookie (default none: the host alone)",
		PlainSetting,
	},
	{"csrf_cookie_path", "DJSESSION_CSRF_COOKIE_PATH", "`PATH` of the CSRF cookie (default /)", PlainSetting},
	{
		"csrf_cookie_secure", "DJSESSION_CSRF_COOKIE_SECURE",
		"`TRUE` if the CSRF cookie is for HTTPS alone (default false)",
		BoolSetting,
	},
	{
		"csrf_cookie_httponly", "DJSESSION_CSRF_COOKIE_HTTPONLY",
		"`TRUE` if scripts may not read the CSRF cookie (default false)",
		BoolSetting,
	},
	{
		"csrf_cookie_samesite", "DJSESSION_CSRF_COOKIE_SAMESITE",
		"`NAME` of the CSRF cookie's SameSite, as of session_cookie_samesite (default Lax)",
		PlainSetting,
	},
	{
		"csrf_header_name", "DJSESSION_CSRF_HEADER_NAME",
		"`NAME` of the header with the CSRF token, as in Django's META (default HTTP_X_CSRFTOKEN)",
		PlainSetting,
	},
	{
		"csrf_trusted_origins", "DJSESSION_CSRF_TRUSTED_ORIGINS",
		"`ORIGINS` of CSRF_TRUSTED_ORIGINS, one a line or a list",
		PlainSetting,
	},
	{
		"message_storage", "DJSESSION_MESSAGE_STORAGE",
		"`NAME` of the site's MESSAGE_STORAGE (default django.contrib.messages.storage.fallback.FallbackStorage)",
		PlainSetting,
	},
	{
		"session_engine", "DJSESSION_SESSION_ENGINE",
		"`NAME` of the site's SESSION_ENGINE (default django.contrib.sessions.backends.db)",
		PlainSetting,
	},
	{
		"session_cache_alias", "DJSESSION_SESSION_CACHE_ALIAS",
		"`ALIAS` of the sessions' cache in CACHES (default default)",
		PlainSetting,
	},
	{
		"session_database", "DJSESSION_SESSION_DATABASE",
		"`ALIAS` of the sessions' database in DATABASES (default default)",
		PlainSetting,
	},
	{
		"session_store_name", "DJSESSION_SESSION_STORE_NAME",
		"`NAME` of the class that the engine calls SessionStore, if it is a class of the site's own",
		PlainSetting,
	},
	{
		"session_keys", "DJSESSION_SESSION_KEYS",
		"`KIND` of session keys: django, or custom for a SessionStore that makes other ones, such as UUIDs " +
			"(default django)",
		PlainSetting,
	},
	{
		"session_salt", "DJSESSION_SESSION_SALT",
		"`TEXT` that is this class's key_salt (default django.contrib.sessions. and its name)",
		PlainSetting,
	},
	{"django_version", "DJSESSION_DJANGO_VERSION", "`NUMBER` of the site's Django, such as 5.2", PlainSetting},
	{
		"session_references", "DJSESSION_SESSION_REFERENCES",
		"`TABLE.COLUMN: ON_DELETE` of each foreign key to the sessions, one a line or a list",
		PlainSetting,
	},
	{
		"users_store", "DJSESSION_USERS_STORE",
		"where the users are, a `PATH` or URL, if not in the database of the sessions",
		StoreSetting,
	},
	{
		"users_database", "DJSESSION_USERS_DATABASE",
		"`ALIAS` of the users' database in DATABASES (default default; with users_store, users)",
		PlainSetting,
	},
	{
		"users_table", "DJSESSION_USERS_TABLE",
		"`NAME` of the table of AUTH_USER_MODEL (default auth_user)",
		PlainSetting,
	},
	{"users_pk", "DJSESSION_USERS_PK", "`KIND` of its primary key: int, uuid or text (default int)", PlainSetting},
	{
		"users_columns", "DJSESSION_USERS_COLUMNS",
		"`FIELD=COLUMN` of those that are not called as Django calls them, one a line or a list; - is for " +
			"one that it lacks",
		PlainSetting,
	},
	{
		"users_parents", "DJSESSION_USERS_PARENTS",
		"`TABLE: KEY=LINK: COLUMNS` of each parent with a table, one a line or a list: its key, what refers " +
			"to it, its columns",
		PlainSetting,
	},
	{
		"users_where", "DJSESSION_USERS_WHERE",
		"`CONDITION` in SQL that a row meets to be a user, for a default manager that filters",
		PlainSetting,
	},
	{
		"users_active_where", "DJSESSION_USERS_ACTIVE_WHERE",
		"`CONDITION` in SQL that active users meet, for a model whose is_active is not a column",
		PlainSetting,
	},
	{
		"authentication_backends", "DJSESSION_AUTHENTICATION_BACKENDS",
		"`NAMES` of the AUTHENTICATION_BACKENDS, one a line or a list (default ModelBackend)",
		PlainSetting,
	},
	{
		"inactive_backends", "DJSESSION_INACTIVE_BACKENDS",
		"`NAMES` of those that let users in who are not active, one a line or a list (default Django's " +
			"AllowAllUsers backends)",
		PlainSetting,
	},
	{
		"session_auth_hash", "DJSESSION_SESSION_AUTH_HASH",
		"`KIND` of session auth hash: django, or none for a user model without get_session_auth_hash " +
			"(default django)",
		PlainSetting,
	},
	{
		"unsupported", "DJSESSION_UNSUPPORTED",
		"`NAMES` of what the site does in code of its own, one a line or a list: see below",
		PlainSetting,
	},
}
