package djsite

import (
	"cmp"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// An engineKind is where an engine keeps sessions.
type engineKind uint8

const (
	unknownEngine engineKind = iota
	tableEngine
	cachedTableEngine
	cacheEngine
	fileEngine
	cookieEngine
	redisEngine
)

// engineEnds are the engines by how their names end.
var engineEnds = map[string]engineKind{
	".backends.db": tableEngine, ".backends.cached_db": cachedTableEngine, ".backends.cache": cacheEngine,
	".backends.file": fileEngine, ".backends.signed_cookies": cookieEngine, "redis_sessions.session": redisEngine,
}

func (c *Session) engine() engineKind {
	if c.Engine == "" {
		return tableEngine
	}
	for end, kind := range engineEnds {
		if strings.HasSuffix(c.Engine, end) {
			return kind
		}
	}
	return unknownEngine
}

// hasTable reports whether the sessions are in a table.
func (k engineKind) hasTable() bool { return k == tableEngine || k == cachedTableEngine }

// hasCache reports whether the sessions are in a cache of CACHES.
func (k engineKind) hasCache() bool { return k == cacheEngine || k == cachedTableEngine }

// app is the app whose engine it is, if that has tables of its own.
func (c *Session) app() string {
	app, _, _ := strings.Cut(c.Engine, ".")
	if app == userSessions || app == qsessions {
		return app
	}
	return ""
}

const (
	userSessions = "user_sessions"
	qsessions    = "qsessions"
)

const standardAlias = "default"

func (c *Session) database() string   { return cmp.Or(c.Database, standardAlias) }
func (c *Session) cacheAlias() string { return cmp.Or(c.CacheAlias, standardAlias) }
func (u *Users) database() string     { return cmp.Or(u.Database, standardAlias) }
func (c *Cache) database() string     { return cmp.Or(c.Database, standardAlias) }

// dialect is how the database wants to be spoken to.
func (d *Database) dialect() (dialect sqldialect.Dialect, ok bool) {
	engine := strings.ToLower(d.Engine)
	if engine == "" {
		p, ok := parsePlace(d.URL)
		if d.URL == "" || !ok {
			return dialect, false
		}
		engine = string(p.kind)
	}
	switch has := func(part string) bool { return strings.Contains(engine, part) }; {
	case has("sqlite"), has("spatialite"):
		return sqldialect.SQLite, true
	case has("postg"), has("psql"), has("cockroach"):
		return sqldialect.PostgreSQL, true
	case has("mysql"), has("mariadb"):
		return sqldialect.MySQL, true
	}
	return dialect, false
}

// A cacheKind is what Open does with an entry of CACHES.
type cacheKind uint8

const (
	unknownCache cacheKind = iota
	givenCache             // the program gives an adapter
	fileCache
	tableCache
	privateCache // it is in the site's own process
)

var cacheKinds = map[string]cacheKind{
	"RedisCache": givenCache, "ValkeyCache": givenCache, "PyMemcacheCache": givenCache, "PyLibMCCache": givenCache,
	"MemcachedCache": givenCache, "FileBasedCache": fileCache, "DatabaseCache": tableCache,
	"LocMemCache": privateCache, "DummyCache": privateCache,
}

func (c *Cache) kind() cacheKind {
	return cacheKinds[c.Backend[strings.LastIndexByte(c.Backend, '.')+1:]]
}

// sortedKeys are the aliases of a map in order, so that errors come in one.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
