package cli

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// An imported is what settings import makes of a project's answer.
type imported struct {
	found  *djangoSettings
	dir    string // the project's
	values map[string]any
	notes  []string // what cannot be a setting, and what follows from it
}

func (m *imported) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

// set is a setting, unless it has the standard value.
func (m *imported) set(name, value, standard string) {
	if value != "" && value != standard {
		m.values[name] = value
	}
}

// lacks says that the site does something in code of its own. Whose it is may
// be named.
func (m *imported) lacks(name string, whose ...string) {
	names, _ := m.values["unsupported"].([]string)
	if !slices.Contains(names, name) {
		m.values["unsupported"] = append(names, name)
	}
	u := unsupportedNamed(name)
	found := u.found
	if len(whose) > 0 {
		found += " (" + strings.Join(whose, ", ") + ")"
	}
	m.note("%s: %s; %s", found, u.effect, u.advice)
}

// settings are those that differ from the defaults, and notes for all that
// cannot be one. Dir is the project's.
func (d *djangoSettings) settings(dir string) *imported {
	m := &imported{found: d, dir: dir, values: make(map[string]any)}
	m.keys()
	m.version()
	m.store()
	m.encoding()
	m.cookies()
	m.users()
	m.middleware()
	for _, name := range slices.Sorted(maps.Keys(d.Failed)) {
		m.note("could not look at %s: %s", name, d.Failed[name])
	}
	return m
}

func (m *imported) keys() {
	d := m.found
	m.set("secret_key", d.SecretKey, "")
	m.set("secret_key_base64", d.SecretBase64, "")
	switch {
	case len(d.FallbacksBase64) > 0:
		m.values["secret_key_fallbacks_base64"] = d.FallbacksBase64
	case len(d.Fallbacks) > 0:
		m.values["secret_key_fallbacks"] = d.Fallbacks
	}
}

// version is the series, as "5.2", or the year of a Django that is called after
// one.
func (m *imported) version() {
	parts := strings.Split(m.found.Django, ".")
	version := digits(parts[0])
	if len(parts) > 1 && version == parts[0] {
		if minor := digits(parts[1]); minor != "" {
			version += "." + minor
		}
	}
	m.set("django_version", version, "")
}

// digits are those that a text begins with.
func digits(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		return text
	}
	return text[:end]
}

// sessionApps are the tables that an app fills in itself, by the engine's
// package.
var sessionApps = map[string]string{"user_sessions": "user_sessions_session", "qsessions": "qsessions_session"}

// store is where the sessions are: a table, files, a cache, Redis, or nowhere
// that djsession reaches.
func (m *imported) store() {
	d := m.found
	m.engine()
	switch site := (&site{values: map[string]string{"session_engine": m.engineName()}}); site.engine() {
	case engineFiles:
		m.values["store"] = "file:" + (&url.URL{Path: pathIn(m.dir, d.FilePath)}).EscapedPath()
	case engineCookie:
		m.note(
			"the sessions of this site are in the cookies of its users: a store needs no place, and nothing can be listed or ended; 'djsession decode' and 'djsession whoami' read a cookie",
		)
	case engineRedis:
		store, notes := d.RedisSessions.store()
		m.set("store", store, "")
		m.notes = append(m.notes, notes...)
	}
	if d.Database != nil {
		store, notes := d.Database.store(m.dir)
		m.set("store", store, "")
		m.notes = append(m.notes, notes...)
		if d.Database.inMemory() {
			m.lacks("session_cache")
		}
	}
	known, others := followable(d.References)
	if len(known) > 0 {
		m.values["session_references"] = known
	}
	if len(others) > 0 {
		m.lacks("session_references", others...)
	}
	m.caches()
	app, _, _ := strings.Cut(m.engineName(), ".")
	standard := "django_session"
	if sessionApps[app] != "" {
		standard = sessionApps[app]
		if store, ok := m.values["store"].(string); ok {
			m.values["store"] = withParams(store, url.Values{"app": {app}})
		}
	}
	if d.Table != standard {
		m.set("table", nameOfTable(d.Table), "")
	}
}

// engineName is the engine that djsession knows: for a SessionStore of the
// site's own, the one that it is made from.
func (m *imported) engineName() string {
	for _, known := range engineKinds {
		if strings.HasSuffix(m.found.Engine, known.end) {
			return m.found.Engine
		}
	}
	if m.found.Extends != "" {
		return m.found.Extends
	}
	return m.found.Engine
}

// ownMethods are what it means that a SessionStore overrides methods.
var ownMethods = []struct {
	name    string // in the table of what is not supported
	methods []string
}{
	{"session_encoding", []string{"encode", "decode"}},
	{"session_store", []string{"load", "save", "create", "exists", "delete"}},
	{"session_columns", []string{"create_model_instance"}},
	{"session_expiry", []string{"get_expiry_age", "get_expiry_date", "get_session_cookie_age"}},
}

// engine is SESSION_ENGINE, and what its SessionStore does in its own way.
func (m *imported) engine() {
	d := m.found
	m.set("session_engine", m.engineName(), "django.contrib.sessions.backends.db")
	for _, own := range ownMethods {
		var found []string
		for _, method := range own.methods {
			if slices.Contains(d.OwnMethods, method) {
				found = append(found, method)
			}
		}
		if len(found) > 0 {
			m.lacks(own.name, d.Engine+": "+strings.Join(found, ", "))
		}
	}
	if d.CustomKeys {
		m.values["session_keys"] = "custom"
	}
	m.set("session_store_name", d.StoreName, "SessionStore")
	if standard := "django.contrib.sessions." + d.StoreQualname; d.Salt != standard || d.StoreQualname != d.StoreName {
		m.set("session_salt", d.Salt, "")
	}
}

// encoding is how sessions are written, and in which zone times are.
func (m *imported) encoding() {
	d := m.found
	switch {
	case strings.HasSuffix(d.Serializer, ".PickleSerializer"):
		m.values["serializer"] = "pickle"
	case !strings.HasSuffix(d.Serializer, ".JSONSerializer"):
		m.note("SESSION_SERIALIZER is %s, which djsession does not know: it reads and writes JSON", d.Serializer)
	}
	if d.writesLegacy() {
		m.values["layout"] = "legacy"
	}
	if d.Python == 2 {
		m.values["pickle_protocol"] = "2"
	}
	if d.Database != nil && d.Database.TimeZone != "" {
		m.values["time_zone"] = d.Database.TimeZone
	} else if !d.UseTZ {
		m.values["time_zone"] = d.TimeZone
	}
}

// writesLegacy reports whether this Django writes the legacy layout.
func (d *djangoSettings) writesLegacy() bool {
	var major, minor int
	fmt.Sscanf(d.Django, "%d.%d", &major, &minor)
	return major < 3 || major == 3 && minor == 0 || d.Hashing == "sha1"
}

// cookieDefaults are Django's own values of the settings of cookies. A setting
// that an old Django lacks is what it then does.
var cookieDefaults = []struct {
	name    string
	value   any // the default
	missing any // where Django does not have the setting
}{
	{"session_cookie_domain", nil, nil},
	{"session_cookie_path", "/", "/"},
	{"session_cookie_secure", false, false},
	{"session_cookie_httponly", true, true},
	{"session_cookie_samesite", "Lax", noValue},
	{"session_save_every_request", false, false},
	{"session_expire_at_browser_close", false, false},
	{"csrf_use_sessions", false, false},
	{"csrf_cookie_name", "csrftoken", "csrftoken"},
	{"csrf_cookie_age", 31449600.0, 31449600.0},
	{"csrf_cookie_domain", nil, nil},
	{"csrf_cookie_path", "/", "/"},
	{"csrf_cookie_secure", false, false},
	{"csrf_cookie_httponly", false, false},
	{"csrf_cookie_samesite", "Lax", noValue},
	{"csrf_header_name", "HTTP_X_CSRFTOKEN", "HTTP_X_CSRFTOKEN"},
	{"csrf_trusted_origins", nil, nil},
}

// cookies are the settings of the session's cookie and of the CSRF cookie.
func (m *imported) cookies() {
	d := m.found
	m.set("session_cookie_name", d.CookieName, "sessionid")
	if d.CookieAge != 1209600 {
		m.values["session_cookie_age"] = d.CookieAge
	}
	if d.Cookies == nil {
		return
	}
	for _, cookie := range cookieDefaults {
		value, given := d.Cookies[cookie.name]
		if !given {
			value = cookie.missing
		}
		if value == cookie.value {
			continue
		}
		switch v := value.(type) {
		case []any:
			if len(v) > 0 {
				m.values[cookie.name] = v
			}
		case float64:
			m.values[cookie.name] = int64(v)
		case bool:
			m.values[cookie.name] = v
			if _, isBool := cookie.value.(bool); !isBool { // SAMESITE = False
				m.values[cookie.name] = noValue
			}
		case nil:
			if cookie.value != nil {
				m.values[cookie.name] = noValue
			}
		default:
			m.set(cookie.name, fmt.Sprint(v), "")
		}
	}
}

// otherMiddleware are known ones that have a say in who a user is, behind what
// a session says.
var otherMiddleware = []struct{ name, effect string }{
	{
		"django.contrib.auth.middleware.RemoteUserMiddleware",
		"it logs users in by a header of the server before Django, and logs those out whose request comes without: a Go service must be behind the same server, and keeps its own rules",
	},
	{
		"django.contrib.auth.middleware.PersistentRemoteUserMiddleware",
		"it logs users in by a header of the server before Django",
	},
	{
		"django_otp.middleware.OTPMiddleware",
		"a login may lack its second factor: the session then has no otp_device_id, and djsession calls its user logged in, as Django does",
	},
	{
		"impersonate.middleware.ImpersonateMiddleware",
		"request.user may be another one than the session's: the session then has _impersonate",
	},
}

// middleware names classes of the site's own, and others that decide who a user
// is.
func (m *imported) middleware() {
	d := m.found
	if own := d.OwnMiddleware["session"]; own != "" {
		m.lacks("session_middleware", own)
	}
	if own := d.OwnMiddleware["authentication"]; own != "" {
		m.lacks("authentication_middleware", own)
	}
	for _, other := range otherMiddleware {
		if slices.Contains(d.Middleware, other.name) {
			m.note("%s: %s", other.name, other.effect)
		}
	}
}
