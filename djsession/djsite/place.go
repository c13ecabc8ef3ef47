package djsite

import (
	"net/url"
	"slices"
	"strings"
)

// A place is where sessions, a cache or users are, as store, cache and
// users_store name it: the path of an SQLite database, or a URL.
type place struct {
	kind  placeKind
	url   string // without the parameters below
	query url.Values
}

type placeKind string

const (
	sqlitePlace     placeKind = "sqlite3"
	postgresPlace   placeKind = "postgresql"
	mysqlPlace      placeKind = "mysql"
	redisPlace      placeKind = "redis"
	memcachedPlace  placeKind = "memcached"
	fileCachePlace  placeKind = "filecache"
	filesPlace      placeKind = "file"
	unknownPlace    placeKind = ""
	cacheTableParam           = "cache_table"
)

var placeSchemes = map[string]placeKind{
	"sqlite": sqlitePlace, "sqlite3": sqlitePlace, "spatialite": sqlitePlace,
	"postgres": postgresPlace, "postgresql": postgresPlace, "pgsql": postgresPlace, "postgis": postgresPlace,
	"mysql": mysqlPlace, "mysql2": mysqlPlace, "mysqlgis": mysqlPlace, "mariadb": mysqlPlace,
	"redis": redisPlace, "rediss": redisPlace, "unix": redisPlace,
	"redis+sentinel": redisPlace, "rediss+sentinel": redisPlace,
	"redis+cluster": redisPlace, "rediss+cluster": redisPlace,
	"memcached": memcachedPlace, "filecache": fileCachePlace, "file": filesPlace,
}

// placeParams are parameters of a URL that say how sessions are kept, and mean
// nothing to what connects to it.
var placeParams = []string{
	"app", cacheTableParam, "prefix", "version", "cache_key_prefix", "engine", "serializer", "compressor", "client",
	"compress", "name",
}

// parsePlace reads the name of a place. Its error does not quote the name,
// because of the password.
func parsePlace(text string) (p place, ok bool) {
	if isPath(text) {
		return place{kind: sqlitePlace, url: text}, true
	}
	scheme, _, _ := strings.Cut(text, ":")
	p.kind = placeSchemes[scheme]
	base, query, _ := strings.Cut(text, "?")
	values, err := url.ParseQuery(query)
	if err != nil || p.kind == unknownPlace {
		return p, false
	}
	p.query = make(url.Values)
	for _, name := range placeParams {
		if values.Has(name) {
			p.query[name] = values[name]
			values.Del(name)
		}
	}
	p.url = base
	if len(values) > 0 {
		p.url += "?" + values.Encode()
	}
	return p, true
}

// isDatabase reports whether it is a table in a database.
func (p *place) isDatabase() bool {
	return slices.Contains([]placeKind{sqlitePlace, postgresPlace, mysqlPlace}, p.kind)
}

// isCache reports whether it is an entry of CACHES.
func (p *place) isCache() bool {
	switch p.kind {
	case redisPlace:
		return p.query.Get("engine") != redisSessionsParam
	case memcachedPlace, fileCachePlace:
		return true
	}
	return p.query.Has(cacheTableParam)
}

const redisSessionsParam = "django-redis-sessions"

// isPath reports whether a place is named by the path of a file, which is then
// an SQLite database.
func isPath(text string) bool {
	scheme, _, found := strings.Cut(text, ":")
	return !found || len(scheme) < 2 || strings.ContainsAny(scheme, `/\.`) // C: is a drive
}

// path is the path that the URL of a file or directory names.
func (p *place) path() (string, bool) {
	_, rest, isURL := strings.Cut(p.url, ":")
	if !isURL || isPath(p.url) {
		return p.url, true
	}
	switch {
	case p.kind == sqlitePlace && strings.HasPrefix(rest, "///"):
		rest = rest[len("///"):] // three slashes are relative, and four are not
	case strings.HasPrefix(rest, "///"):
		rest = rest[len("//"):]
	case strings.HasPrefix(rest, "//"):
		return "", false // it names a host
	}
	path, err := url.PathUnescape(rest)
	return path, err == nil && path != ""
}
