package djsite

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
)

// Validate returns what is wrong with a site, as a [SettingError] for each
// contradiction, joined. It asks no server and no database.
func (s *Site) Validate() error {
	var p problems
	s.checkKeys(&p)
	s.checkVersion(&p)
	s.checkEncoding(&p)
	s.checkEngine(&p)
	s.checkDatabases(&p)
	s.checkCaches(&p)
	s.Session.cookie().check(&p, s)
	s.CSRF.cookie().check(&p, s)
	s.checkCSRF(&p)
	s.checkUsers(&p)
	s.checkBackends(&p)
	s.checkUnsupported(&p)
	return p.err()
}

func (s *Site) checkUnsupported(p *problems) {
	for _, name := range s.Unsupported {
		if unsupportedNamed(name) == nil {
			known := "these are known: " + strings.Join(unsupportedNames(), ", ")
			p.addHint("unsupported", fmt.Sprintf("there is no %q", name), known)
		}
	}
}

func (s *Site) checkKeys(p *problems) {
	if s.SecretKey == "" {
		p.add("SECRET_KEY", "it is empty, and nothing can be verified without it")
	}
	if s.SecretKey == hidden || slices.Contains(s.SecretKeyFallbacks, hidden) {
		p.add(
			"SECRET_KEY", "a key is %q, which stands for one where a Site was written as JSON: the key itself is not there",
			hidden,
		)
	}
	if slices.Contains(s.SecretKeyFallbacks, "") {
		p.add("SECRET_KEY_FALLBACKS", "one of them is empty, and everybody knows that key")
	}
	if s.SecretKey != "" && slices.Contains(s.SecretKeyFallbacks, s.SecretKey) {
		p.add("SECRET_KEY_FALLBACKS", "SECRET_KEY is one of them: after a rotation they hold the old keys only")
	}
}

func (s *Site) checkVersion(p *problems) {
	v, ok := parseVersion(s.DjangoVersion)
	if !ok {
		p.add("django_version", "%q is not a series of Django from 1.4 on, such as 5.2", s.DjangoVersion)
	}
	switch s.HashingAlgorithm {
	case "":
	case "sha1", "sha256":
		if v.since(4, 0) || v.before(3, 1) && s.HashingAlgorithm == "sha256" {
			p.add("DEFAULT_HASHING_ALGORITHM", "it is %q, and Django %s does not have the setting: only 3.1 and 3.2 do",
				s.HashingAlgorithm, s.DjangoVersion)
		}
	default:
		p.add("DEFAULT_HASHING_ALGORITHM", "it must be sha1 or sha256, not %q", s.HashingAlgorithm)
	}
	if s.NaiveTimes && s.TimeZone == "" {
		p.add("TIME_ZONE", "it is empty, and USE_TZ is False: name the zone, such as Europe/Berlin")
	}
	if s.TimeZone != "" {
		if _, err := loadZone(s.TimeZone); err != nil {
			p.add("TIME_ZONE", "this system knows no zone %q", s.TimeZone)
		}
	}
}

func (s *Site) checkEncoding(p *problems) {
	c, v := &s.Session, s.version()
	switch name := serializerName(c.Serializer); {
	case c.Serializer == "":
	case name == "":
		p.add("SESSION_SERIALIZER", "%q is not one that Go has: json and pickle are known", c.Serializer)
	case name == "pickle" && v.since(5, 0):
		p.add("SESSION_SERIALIZER", "it is pickle, which Django %s no longer has", s.DjangoVersion)
	case name == "json" && v.before(1, 5):
		p.add("SESSION_SERIALIZER", "it is json, and Django %s writes pickles only", s.DjangoVersion)
	}
	if c.PickleProtocol != 0 && (c.PickleProtocol < 2 || c.PickleProtocol > 5) {
		p.add("pickle_protocol", "it must be 2 to 5, not %d", c.PickleProtocol)
	}
	if c.KeySalt != "" && v.before(3, 1) {
		p.add("session_salt", "it is set, and no SessionStore of Django %s has a key_salt", s.DjangoVersion)
	}
	checkTable(p, "table", c.Table)
}

func checkTable(p *problems, setting, text string) {
	if _, _, ok := tableName(text); !ok {
		p.addHint(
			setting, fmt.Sprintf("%s is not the name of a table", text),
			`it is table, or schema.table; a name with a dot takes quotes, as in "crm.users"`,
		)
	}
}

// checkEngine compares the engine with the places that are given.
func (s *Site) checkEngine(p *problems) {
	c := &s.Session
	kind := c.engine()
	if kind == unknownEngine {
		p.add(
			"SESSION_ENGINE",
			"%q is not one that Go has: for a SessionStore of the site's own, name the engine that it extends", c.Engine,
		)
	}
	if _, ok := s.Databases[c.database()]; kind.hasTable() && !ok {
		p.add("SESSION_ENGINE", "it is %s, and DATABASES has no %q%s", c.engineName(), c.database(), s.elsewhere())
	}
	if _, ok := s.Caches[c.cacheAlias()]; kind == cacheEngine && !ok {
		p.add("SESSION_ENGINE", "it is %s, and CACHES has no %q%s", c.engineName(), c.cacheAlias(), s.elsewhere())
	} else if kind == cachedTableEngine && !ok {
		p.add(
			"SESSION_ENGINE", "it is %s, and CACHES has no %q: without it Django would show sessions as they were before "+
				"a logout; to put up with that, set the engine to that of the table alone", c.engineName(), c.cacheAlias(),
		)
	}
	if kind == fileEngine && c.FilePath == "" {
		p.add(
			"SESSION_FILE_PATH", "it is empty, and SESSION_ENGINE is %s: name the directory, also if it is Django's default",
			c.engineName(),
		)
	}
	if kind != fileEngine && c.FilePath != "" {
		p.add("SESSION_FILE_PATH", "it is set, and SESSION_ENGINE is %s", c.engineName())
	}
	if kind != redisEngine && c.RedisPrefix != "" {
		p.add("SESSION_REDIS", "it has a prefix, and SESSION_ENGINE is %s", c.engineName())
	}
	if !kind.hasTable() && (c.Table != "" || len(c.References) > 0) {
		p.add("table", "a table of sessions is named, or a reference to it, and SESSION_ENGINE is %s", c.engineName())
	}
	if !kind.hasCache() && c.CacheKeyPrefix != "" {
		p.add("cache_key_prefix", "it is set, and SESSION_ENGINE is %s", c.engineName())
	}
}

func (c *Session) engineName() string {
	if c.Engine == "" {
		return "django.contrib.sessions.backends.db"
	}
	return c.Engine
}

// elsewhere says which place was given instead.
func (s *Site) elsewhere() string {
	if _, ok := s.Caches[RedisSessions]; ok {
		return ": the store is that of django-redis-sessions"
	}
	if s.Session.FilePath != "" {
		return ": the store is a directory"
	}
	return ""
}

func (s *Site) checkDatabases(p *problems) {
	for _, alias := range sortedKeys(s.Databases) {
		d := s.Databases[alias]
		dialect, ok := d.dialect()
		if !ok {
			p.add(
				"DATABASES", "the ENGINE of %q is not one that Go has: it reads PostgreSQL, MySQL, MariaDB and SQLite", alias,
			)
		}
		if byURL, known := (&Database{URL: d.URL}).dialect(); ok && known && d.Engine != "" && byURL != dialect {
			p.add("DATABASES", "the ENGINE of %q is %s, and its URL that of %s", alias, d.Engine, byURL)
		}
		if d.TimeZone == "" {
			continue
		}
		if s.NaiveTimes {
			p.add("DATABASES", "%q has a TIME_ZONE, and USE_TZ is False", alias)
		}
		if _, err := loadZone(d.TimeZone); err != nil {
			p.add("DATABASES", "the TIME_ZONE of %q: this system knows no zone %q", alias, d.TimeZone)
		}
	}
}

func (s *Site) checkCaches(p *problems) {
	for _, alias := range sortedKeys(s.Caches) {
		c := s.Caches[alias]
		used := alias == s.Session.cacheAlias() && s.Session.engine().hasCache()
		if c.Version < 0 {
			p.add("CACHES", "the VERSION of %q is negative", alias)
		}
		if !slices.Contains([]string{"", "pickle", "json", "msgpack"}, c.Serializer) {
			p.add("CACHES", "the serializer of %q is %q: pickle, json and msgpack are known", alias, c.Serializer)
		}
		if !slices.Contains([]string{"", "zlib", "gzip", "lz4", "lzma", "zstd"}, c.Compressor) {
			p.add("CACHES", "the compressor of %q is %q: zlib, gzip, lz4, lzma and zstd are known", alias, c.Compressor)
		}
		if !used {
			continue
		}
		switch c.kind() {
		case unknownCache:
			p.add("CACHES", "the BACKEND of %q is %q, which is not one that Go has", alias, c.Backend)
		case privateCache:
			if s.Session.engine() == cacheEngine {
				p.add("CACHES", "%q is %s, in the site's own process: its sessions cannot be shared", alias, c.Backend)
			}
		case tableCache:
			if _, ok := s.Databases[c.database()]; !ok {
				p.add("CACHES", "%q is a table, and DATABASES has no %q", alias, c.database())
			}
			fallthrough
		case fileCache:
			if c.Location == "" {
				p.add("CACHES", "the LOCATION of %q is empty", alias)
			}
		}
		if (c.kind() == fileCache || c.kind() == tableCache) && c.Serializer+c.Compressor != "" {
			p.add("CACHES", "%q has a serializer or compressor, which only django-redis has", alias)
		}
	}
}

// aCookie is what the session's cookie and that of CSRF have in common.
type aCookie struct {
	setting, name, domain, path string
	age                         time.Duration
	endsWithBrowser             bool // so may a negative age say
	secure                      bool
	sameSite                    http.SameSite
}

func (c *Session) cookie() *aCookie {
	return &aCookie{
		"SESSION_COOKIE_", c.CookieName, c.CookieDomain, c.CookiePath, c.CookieAge, false, c.CookieSecure, c.CookieSameSite,
	}
}

func (c *CSRF) cookie() *aCookie {
	return &aCookie{
		"CSRF_COOKIE_", c.CookieName, c.CookieDomain, c.CookiePath, c.CookieAge, true, c.CookieSecure, c.CookieSameSite,
	}
}

// check names what browsers refuse, or no cookie can have.
func (c *aCookie) check(p *problems, s *Site) {
	if c.name != "" && (&http.Cookie{Name: c.name, Value: "x"}).Valid() != nil {
		p.add(c.setting+"NAME", "%q cannot be the name of a cookie", c.name)
	}
	if c.age < 0 && !c.endsWithBrowser {
		p.add(c.setting+"AGE", "it is negative: sessions would end before they begin")
	}
	if c.age%time.Second != 0 || c.age > maxAge {
		p.add(c.setting+"AGE", "it must be a number of whole seconds, at most a hundred years")
	}
	if strings.ContainsAny(c.domain, "/:; \t") {
		p.add(c.setting+"DOMAIN", "%q is not a domain: it has no scheme, port or path", c.domain)
	}
	if c.path != "" && c.path[0] != '/' || strings.ContainsAny(c.path, ";\r\n") {
		p.add(c.setting+"PATH", "%q is not a path that begins with /", c.path)
	}
	host := strings.HasPrefix(c.name, "__Host-")
	if host && (c.domain != "" || c.path != "" && c.path != "/") {
		p.add(
			c.setting+"NAME",
			"it begins with __Host-, and browsers refuse such a cookie with a domain, or a path other than /",
		)
	}
	if c.sameSite == http.SameSiteNoneMode && !c.secure && !host && !strings.HasPrefix(c.name, "__Secure-") {
		p.add(c.setting+"SAMESITE", "it is None, and %sSECURE is False: browsers refuse such a cookie", c.setting)
	}
	if c.sameSite < 0 || c.sameSite > http.SameSiteNoneMode {
		p.add(c.setting+"SAMESITE", "it is not one of net/http's")
	}
	if c.sameSite != 0 && c.sameSite != http.SameSiteDefaultMode && s.version().before(2, 1) {
		p.add(c.setting+"SAMESITE", "it is set, and Django %s does not have the setting", s.DjangoVersion)
	}
}

func (s *Site) checkCSRF(p *problems) {
	for _, origin := range s.CSRF.TrustedOrigins {
		switch hasScheme := strings.Contains(origin, "://"); {
		case hasScheme && s.version().before(4, 0):
			p.add("CSRF_TRUSTED_ORIGINS", "%q has a scheme, and Django %s takes a host alone", origin, s.DjangoVersion)
		case !hasScheme && !s.version().before(4, 0):
			p.add("CSRF_TRUSTED_ORIGINS", "%q has no scheme, such as https://, which Django 4.0 and later ask for", origin)
		}
	}
	if !s.CSRF.UseSessions && cmp.Or(s.CSRF.CookieName, "csrftoken") == s.cookieName() {
		p.add("CSRF_COOKIE_NAME", "it is %q, and so is SESSION_COOKIE_NAME", s.cookieName())
	}
	if s.CSRF.UseSessions && s.version().before(1, 11) {
		p.add("CSRF_USE_SESSIONS", "it is set, and Django %s does not have the setting", s.DjangoVersion)
	}
}

func (s *Site) checkUsers(p *problems) {
	u := &s.Users
	checkTable(p, "users_table", u.Table)
	if u.PK > auth.PKText {
		p.add("users_pk", "it must be int, uuid or text")
	}
	if strings.Contains(u.Where, "?") {
		p.add("users_where", "it must not hold a question mark, which stands for a parameter")
	}
	if strings.Contains(u.ActiveWhere, "?") {
		p.add("users_active_where", "it must not hold a question mark, which stands for a parameter")
	}
	if u.ActiveWhere != "" && u.Columns.IsActive != "" && u.Columns.IsActive != dbusers.None {
		p.add("users_active_where", "it takes the place of the column is_active, and users_columns names one")
	}
	if u.NoSessionHash && s.version().since(6, 1) {
		p.add("session_auth_hash", "it is none, and Django %s asks every user model for one", s.DjangoVersion)
	}
	if _, ok := s.Databases[u.database()]; u.Database != "" && !ok {
		p.add("users_database", "it is %q, and DATABASES has no such alias", u.Database)
	}
}

func (s *Site) checkBackends(p *problems) {
	if s.AuthenticationBackends != nil && len(s.AuthenticationBackends) == 0 {
		p.add("AUTHENTICATION_BACKENDS", "it is empty: no login would count")
	}
	for i, name := range s.AuthenticationBackends {
		if name == "" || slices.Contains(s.AuthenticationBackends[:i], name) {
			p.add("AUTHENTICATION_BACKENDS", "%q is empty, or there twice", name)
		}
	}
	standard := []string{auth.AllowAllUsersBackend, auth.AllowAllUsersRemoteUsers}
	for _, name := range s.InactiveBackends {
		if !slices.Contains(s.backends(), name) && !slices.Contains(standard, name) {
			p.add("inactive_backends", "%q is not one of AUTHENTICATION_BACKENDS", name)
		}
	}
}
