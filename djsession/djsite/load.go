package djsite

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
)

// Load reads a site from a file, such as the djsession.toml that 'djsession
// settings import' writes, and validates it. The environment is not asked: see
// [FromEnv].
func Load(path string) (*Site, error) {
	values, err := ReadValues(path)
	if err != nil {
		return nil, err
	}
	site, err := values.valid()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return site, nil
}

// FromEnv reads a site from the environment, by the names that 'djsession help
// settings' lists, such as DJANGO_SECRET_KEY and DATABASE_URL, and validates
// it. If DJSESSION_CONFIG names a file, what the environment does not say is
// taken from there.
func FromEnv() (*Site, error) {
	values := make(Values)
	if path := os.Getenv("DJSESSION_CONFIG"); path != "" {
		var err error
		if values, err = ReadValues(path); err != nil {
			return nil, err
		}
	}
	values.Override(ReadEnv(os.LookupEnv))
	return values.valid()
}

func (v Values) valid() (*Site, error) {
	site, err := v.Site()
	if err != nil {
		return nil, err
	}
	if err := site.Validate(); err != nil {
		return nil, err
	}
	return site, nil
}

// Site returns the site that has these settings. It reads the files that hold
// keys. The error joins a [SettingError] for each value that is not one of its
// setting's; whether the settings agree is for [Site.Validate].
func (v Values) Site() (*Site, error) {
	r := &reader{Values: v, site: new(Site)}
	r.keys()
	r.general()
	r.session()
	r.csrf()
	r.users()
	r.places()
	return r.site, r.err()
}

// A reader makes a site of values.
type reader struct {
	Values
	problems
	site *Site
}

func (r *reader) keys() {
	s := r.site
	s.SecretKey, s.SecretKeyFallbacks = r.Values["secret_key"], r.list("secret_key_fallbacks")
	if text := r.Values["secret_key_base64"]; text != "" {
		s.SecretKey = r.base64("secret_key_base64", text)
	}
	for _, line := range r.list("secret_key_fallbacks_base64") {
		s.SecretKeyFallbacks = append(s.SecretKeyFallbacks, r.base64("secret_key_fallbacks_base64", line))
	}
	if lines := r.file("secret_key_file"); len(lines) > 1 {
		r.addHint(
			"secret_key_file", fmt.Sprintf("%s holds %d lines: a secret key is one", r.Values["secret_key_file"], len(lines)),
			"older keys go into the file of secret_key_fallbacks_file",
		)
	} else if len(lines) == 1 {
		s.SecretKey = lines[0]
	}
	if lines := r.file("secret_key_fallbacks_file"); len(lines) > 0 {
		s.SecretKeyFallbacks = lines
	}
}

func (r *reader) base64(setting, text string) string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) == 0 {
		r.add(setting, "it is not base64")
	}
	return string(key)
}

// file returns the lines of the file that a setting names.
func (r *reader) file(setting string) []string {
	path := r.Values[setting]
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		r.problems = append(r.problems, fileError("read the key", err))
		return nil
	}
	lines := Values{setting: string(text)}.list(setting)
	if len(lines) == 0 {
		r.add(setting, "%s is empty: it should hold a secret key", path)
	}
	return lines
}

func (r *reader) general() {
	s := r.site
	s.DjangoVersion = r.Values["django_version"]
	s.TimeZone = r.Values["time_zone"]
	s.NaiveTimes = s.TimeZone != ""
	if _, err := loadZone(s.TimeZone); err != nil && s.NaiveTimes {
		r.addHint(
			"time_zone", fmt.Sprintf("unknown time zone %q", s.TimeZone),
			"it is named as in TIME_ZONE, such as Europe/Berlin; leave it out if the site has USE_TZ = True",
		)
	}
	s.Messages.Storage = r.Values["message_storage"]
	s.AuthenticationBackends = r.list("authentication_backends")
	s.InactiveBackends = r.list("inactive_backends")
	s.Unsupported = r.list("unsupported")
	s.checkUnsupported(&r.problems)
	switch r.oneOf("layout", "modern", "legacy") {
	case "legacy":
		if !s.version().before(3, 1) {
			s.HashingAlgorithm = "sha1"
		}
	case "modern":
		if s.version().before(3, 1) {
			r.add("layout", "Django %s cannot read modern", s.DjangoVersion)
		}
	}
}

func (r *reader) session() {
	c := &r.site.Session
	c.Engine = r.Values["session_engine"]
	c.CacheAlias = r.Values["session_cache_alias"]
	c.Database = r.Values["session_database"]
	c.Table = r.Values["table"]
	checkTable(&r.problems, "table", c.Table)
	c.Serializer = r.oneOf("serializer", "json", "pickle")
	c.StoreName, c.KeySalt = r.Values["session_store_name"], r.Values["session_salt"]
	c.CustomKeys = r.oneOf("session_keys", "django", "custom") == "custom"
	if protocol := r.oneOf("pickle_protocol", "2", "3", "4", "5"); protocol != "" {
		c.PickleProtocol = int(protocol[0] - '0')
	}
	var err error
	if c.References, err = parseReferences(r.list("session_references")); err != nil {
		r.add("session_references", "%v", err)
	}
	c.CookieName = r.Values["session_cookie_name"]
	c.CookieAge = r.seconds("session_cookie_age")
	c.CookieDomain = r.Values["session_cookie_domain"]
	c.CookiePath = r.Values["session_cookie_path"]
	c.CookieSecure = r.flag("session_cookie_secure", false)
	c.CookieAllowJS = !r.flag("session_cookie_httponly", true)
	c.CookieSameSite = r.sameSite("session_cookie_samesite")
	c.SaveEveryRequest = r.flag("session_save_every_request", false)
	c.ExpireOnClose = r.flag("session_expire_at_browser_close", false)
}

func (r *reader) csrf() {
	c := &r.site.CSRF
	c.UseSessions = r.flag("csrf_use_sessions", false)
	c.CookieName = r.Values["csrf_cookie_name"]
	if r.Values["csrf_cookie_age"] == noValue {
		c.CookieAge = -time.Second
	} else {
		c.CookieAge = r.seconds("csrf_cookie_age")
	}
	c.CookieDomain = r.Values["csrf_cookie_domain"]
	c.CookiePath = r.Values["csrf_cookie_path"]
	c.CookieSecure = r.flag("csrf_cookie_secure", false)
	c.CookieHTTPOnly = r.flag("csrf_cookie_httponly", false)
	c.CookieSameSite = r.sameSite("csrf_cookie_samesite")
	c.HeaderName = r.Values["csrf_header_name"]
	c.TrustedOrigins = r.list("csrf_trusted_origins")
}

func (r *reader) users() {
	u := &r.site.Users
	u.Table = r.Values["users_table"]
	checkTable(&r.problems, "users_table", u.Table)
	switch r.oneOf("users_pk", "int", "uuid", "text") {
	case "uuid":
		u.PK = auth.PKUUID
	case "text":
		u.PK = auth.PKText
	}
	var err error
	if u.Columns, err = parseColumns(r.list("users_columns")); err != nil {
		r.add("users_columns", "%v", err)
	}
	if u.Parents, err = parseParents(r.list("users_parents")); err != nil {
		r.add("users_parents", "%v", err)
	}
	u.Where, u.ActiveWhere = r.Values["users_where"], r.Values["users_active_where"]
	u.NoSessionHash = r.oneOf("session_auth_hash", "django", "none") == "none"
}

// noValue is for what Django would call None or False, in a setting whose
// default is something else.
const noValue = "-"

// oneOf is a setting that has few values, or "" if it is not given.
func (r *reader) oneOf(name string, known ...string) string {
	value := r.Values[name]
	for _, k := range known {
		if value == k {
			return value
		}
	}
	if value != "" {
		r.add(name, "it must be %s, not %q", strings.Join(known, " or "), value)
	}
	return ""
}

// flag is a setting that is true or false.
func (r *reader) flag(name string, standard bool) bool {
	text := r.Values[name]
	if text == "" {
		return standard
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		r.add(name, "it must be true or false, not %q", text)
	}
	return value
}

// seconds is a setting in seconds, 0 if it is not given.
func (r *reader) seconds(name string) time.Duration {
	text := r.Values[name]
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > int64(maxAge/time.Second) {
		r.add(name, "it must be a number of seconds, not %q", text)
		return 0
	}
	return time.Duration(n) * time.Second
}

// maxAge is more than any site has: a hundred years.
const maxAge = 100 * 365 * 24 * time.Hour

func (r *reader) sameSite(name string) http.SameSite {
	switch r.oneOf(name, "Lax", "Strict", "None", noValue) {
	case "Lax":
		return http.SameSiteLaxMode
	case "Strict":
		return http.SameSiteStrictMode
	case "None":
		return http.SameSiteNoneMode
	case noValue:
		return http.SameSiteDefaultMode
	}
	return 0
}
