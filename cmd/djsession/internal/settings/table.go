package settings

import (
	"fmt"
	"strings"
)

// A setting is something to know of a site. The table below makes the flags,
// the reading of environment and file, and the help topic.
type setting struct {
	name  string // in djsession.toml; the flag has hyphens
	env   string
	usage string // a word in backquotes is what the flag's value is called
	kind  settingKind
}

type settingKind uint8

const (
	plainSetting  settingKind = iota
	pathSetting               // in a file, relative to that file
	secretSetting             // no flag: arguments are seen by everybody on the machine
	storeSetting              // a path or a URL
	boolSetting               // true or false
)

var settingTable = []setting{
	{"store", "DATABASE_URL", "where the sessions are: the `PATH` of a db.sqlite3, or a URL: see 'djsession help stores'", storeSetting},
	{cacheSetting, "DJSESSION_CACHE", "the cache of a site with cached_db, whose store is the database: its `URL`, or '' for none", storeSetting},
	{"table", "DJSESSION_TABLE", "`NAME` of the table, after its schema and a dot if need be (default django_session)", plainSetting},
	{"secret_key_file", "DJSESSION_SECRET_KEY_FILE", "`FILE` that holds the site's SECRET_KEY", pathSetting},
	{"secret_key", "DJANGO_SECRET_KEY", "the SECRET_KEY itself", secretSetting},
	{"secret_key_base64", "DJANGO_SECRET_KEY_BASE64", "the SECRET_KEY in base64, if it is bytes that are not text", secretSetting},
	{"secret_key_fallbacks_file", "DJSESSION_SECRET_KEY_FALLBACKS_FILE", "`FILE` that holds the SECRET_KEY_FALLBACKS, one a line", pathSetting},
	{"secret_key_fallbacks", "DJANGO_SECRET_KEY_FALLBACKS", "the keys themselves: one a line in the environment, a list in the file", secretSetting},
	{"secret_key_fallbacks_base64", "DJANGO_SECRET_KEY_FALLBACKS_BASE64", "the keys in base64, if one is bytes that are not text or has a line break", secretSetting},
	{"time_zone", "DJSESSION_TIME_ZONE", "`NAME` of the site's TIME_ZONE, if it runs with USE_TZ = False", plainSetting},
	{"serializer", "DJSESSION_SERIALIZER", "`NAME` of the serializer to write with, json or pickle (default the session's own, else json)", plainSetting},
	{"layout", "DJSESSION_LAYOUT", "`NAME` of the layout to write, modern, or legacy for Django up to 3.0 (default the session's own, else modern)", plainSetting},
	{"pickle_protocol", "DJSESSION_PICKLE_PROTOCOL", "`NUMBER` of the pickle protocol to write, 2 to 5 (default 2 where the session had 2 or less, else 4)", plainSetting},
	{"session_cookie_name", "DJSESSION_SESSION_COOKIE_NAME", "`NAME` of the site's session cookie (default sessionid)", plainSetting},
	{"session_cookie_age", "DJSESSION_SESSION_COOKIE_AGE", "`SECONDS` that a session lives (default 1209600, two weeks)", plainSetting},
	{"session_cookie_domain", "DJSESSION_SESSION_COOKIE_DOMAIN", "`DOMAIN` of the session cookie (default none: the host alone)", plainSetting},
	{"session_cookie_path", "DJSESSION_SESSION_COOKIE_PATH", "`PATH` of the session cookie (default /)", plainSetting},
	{"session_cookie_secure", "DJSESSION_SESSION_COOKIE_SECURE", "`TRUE` if the session cookie is for HTTPS alone (default false)", boolSetting},
	{"session_cookie_httponly", "DJSESSION_SESSION_COOKIE_HTTPONLY", "`FALSE` if scripts may read the session cookie (default true)", boolSetting},
	{"session_cookie_samesite", "DJSESSION_SESSION_COOKIE_SAMESITE", "`NAME` of the session cookie's SameSite, Lax, Strict or None; - is for none at all (default Lax)", plainSetting},
	{"session_save_every_request", "DJSESSION_SESSION_SAVE_EVERY_REQUEST", "`TRUE` if the site has SESSION_SAVE_EVERY_REQUEST (default false)", boolSetting},
	{"session_expire_at_browser_close", "DJSESSION_SESSION_EXPIRE_AT_BROWSER_CLOSE", "`TRUE` if the site has SESSION_EXPIRE_AT_BROWSER_CLOSE (default false)", boolSetting},
	{"csrf_use_sessions", "DJSESSION_CSRF_USE_SESSIONS", "`TRUE` if the site has CSRF_USE_SESSIONS: its CSRF secret is in the session (default false)", boolSetting},
	{"csrf_cookie_name", "DJSESSION_CSRF_COOKIE_NAME", "`NAME` of the site's CSRF cookie (default csrftoken)", plainSetting},
	{"csrf_cookie_age", "DJSESSION_CSRF_COOKIE_AGE", "`SECONDS` that the CSRF cookie lives, or - for until the browser closes (default 31449600, a year)", plainSetting},
	{"csrf_cookie_domain", "DJSESSION_CSRF_COOKIE_DOMAIN", "`DOMAIN` of the CSRF cookie (default none: the host alone)", plainSetting},
	{"csrf_cookie_path", "DJSESSION_CSRF_COOKIE_PATH", "`PATH` of the CSRF cookie (default /)", plainSetting},
	{"csrf_cookie_secure", "DJSESSION_CSRF_COOKIE_SECURE", "`TRUE` if the CSRF cookie is for HTTPS alone (default false)", boolSetting},
	{"csrf_cookie_httponly", "DJSESSION_CSRF_COOKIE_HTTPONLY", "`TRUE` if scripts may not read the CSRF cookie (default false)", boolSetting},
	{"csrf_cookie_samesite", "DJSESSION_CSRF_COOKIE_SAMESITE", "`NAME` of the CSRF cookie's SameSite, as of session_cookie_samesite (default Lax)", plainSetting},
	{"csrf_header_name", "DJSESSION_CSRF_HEADER_NAME", "`NAME` of the header with the CSRF token, as in Django's META (default HTTP_X_CSRFTOKEN)", plainSetting},
	{"csrf_trusted_origins", "DJSESSION_CSRF_TRUSTED_ORIGINS", "`ORIGINS` of CSRF_TRUSTED_ORIGINS, one a line or a list", plainSetting},
	{"session_engine", "DJSESSION_SESSION_ENGINE", "`NAME` of the site's SESSION_ENGINE (default django.contrib.sessions.backends.db)", plainSetting},
	{"session_store_name", "DJSESSION_SESSION_STORE_NAME", "`NAME` of the class that the engine calls SessionStore, if it is a class of the site's own", plainSetting},
	{"session_keys", "DJSESSION_SESSION_KEYS", "`KIND` of session keys: django, or custom for a SessionStore that makes other ones, such as UUIDs (default django)", plainSetting},
	{"session_salt", "DJSESSION_SESSION_SALT", "`TEXT` that is this class's key_salt (default django.contrib.sessions. and its name)", plainSetting},
	{"django_version", "DJSESSION_DJANGO_VERSION", "`NUMBER` of the site's Django, such as 5.2", plainSetting},
	{"session_references", "DJSESSION_SESSION_REFERENCES", "`TABLE.COLUMN: ON_DELETE` of each foreign key to the sessions, one a line or a list", plainSetting},
	{"users_store", "DJSESSION_USERS_STORE", "where the users are, a `PATH` or URL, if not in the database of the sessions", storeSetting},
	{"users_table", "DJSESSION_USERS_TABLE", "`NAME` of the table of AUTH_USER_MODEL (default auth_user)", plainSetting},
	{"users_pk", "DJSESSION_USERS_PK", "`KIND` of its primary key: int, uuid or text (default int)", plainSetting},
	{"users_columns", "DJSESSION_USERS_COLUMNS", "`FIELD=COLUMN` of those that are not called as Django calls them, one a line or a list; - is for one that it lacks", plainSetting},
	{"users_parents", "DJSESSION_USERS_PARENTS", "`TABLE: KEY=LINK: COLUMNS` of each parent with a table, one a line or a list: its key, what refers to it, its columns", plainSetting},
	{"users_where", "DJSESSION_USERS_WHERE", "`CONDITION` in SQL that a row meets to be a user, for a default manager that filters", plainSetting},
	{"users_active_where", "DJSESSION_USERS_ACTIVE_WHERE", "`CONDITION` in SQL that active users meet, for a model whose is_active is not a column", plainSetting},
	{"authentication_backends", "DJSESSION_AUTHENTICATION_BACKENDS", "`NAMES` of the AUTHENTICATION_BACKENDS, one a line or a list (default ModelBackend)", plainSetting},
	{"inactive_backends", "DJSESSION_INACTIVE_BACKENDS", "`NAMES` of those that let users in who are not active, one a line or a list (default Django's AllowAllUsers backends)", plainSetting},
	{"session_auth_hash", "DJSESSION_SESSION_AUTH_HASH", "`KIND` of session auth hash: django, or none for a user model without get_session_auth_hash (default django)", plainSetting},
	{"unsupported", "DJSESSION_UNSUPPORTED", "`NAMES` of what the site does in code of its own, one a line or a list: see below", plainSetting},
}

// UserFields are the fields of a user model that users_columns can name.
var UserFields = []string{"id", "username", "password", "last_login", "is_superuser", "is_staff", "is_active", "email", "first_name", "last_name", "date_joined"}

func (s *setting) flag() string { return strings.ReplaceAll(s.name, "_", "-") }

// shownFlags are in the help of every command. The others are for few sites,
// which have them in djsession.toml.
var shownFlags = map[string]bool{"store": true, "table": true, "secret_key_file": true, "secret_key_fallbacks_file": true, "time_zone": true, "serializer": true}

// FileName is the name of the file with a site's settings.
const FileName = "djsession.toml"

// cacheSetting is the one that says something when it is empty.
const cacheSetting = "cache"

// Names are the names of all settings, in the order of the table.
func Names() []string {
	names := make([]string, len(settingTable))
	for i := range settingTable {
		names[i] = settingTable[i].name
	}
	return names
}

// Help is the documentation of all settings.
func Help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %-26s %-33s %s\n\n", "IN "+strings.ToUpper(FileName), "FLAG", "ENVIRONMENT")
	for i := range settingTable {
		s := &settingTable[i]
		value := strings.Split(s.usage, "`")
		flag := ""
		if s.kind != secretSetting {
			flag = "--" + s.flag() + " " + value[1]
		}
		fmt.Fprintf(&b, "  %-26s %-33s %s\n", s.name, flag, s.env)
		fmt.Fprintf(&b, "      %s\n", strings.ReplaceAll(s.usage, "`", ""))
	}
	return b.String()
}
