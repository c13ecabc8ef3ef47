package project

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// cache is the entry of CACHES in which sessions are.
type cache struct {
	Kind        string         `json:"kind"` // cache or cached_db: what the SessionStore is
	Backend     string         `json:"backend"`
	Classes     []string       `json:"classes"` // the backend's class and those that it extends; none from older answers
	Locations   []string       `json:"locations"`
	Prefix      string         `json:"prefix"`
	Version     int            `json:"version"`
	KeyFunction string         `json:"key_function"`
	StorePrefix string         `json:"store_prefix"`
	Options     map[string]any `json:"options"` // null for what JSON does not have
	Database    *database      `json:"database"`
}

// A cacheFamily is a cache backend whose way to store djsession knows, and all
// classes that extend it.
type cacheFamily struct {
	class string
	store func(c *cache, l *leftOut, query url.Values, dir string) string // "" if it cannot be one; a note says why
}

var cacheFamilies = []cacheFamily{
	{"django_redis.cache.RedisCache", (*cache).djangoRedis},
	{"django_valkey.cache.ValkeyCache", (*cache).djangoRedis},
	{"django.core.cache.backends.redis.RedisCache", (*cache).redis},
	{"django.core.cache.backends.memcached.PyMemcacheCache", (*cache).memcached},
	{"django.core.cache.backends.memcached.PyLibMCCache", (*cache).memcached},
	{"django.core.cache.backends.memcached.MemcachedCache", (*cache).memcached},
	{"django.core.cache.backends.filebased.FileBasedCache", (*cache).files},
	{"django.core.cache.backends.db.DatabaseCache", (*cache).table},
}

// privateCaches can be read by no other program.
var privateCaches = []string{"django.core.cache.backends.locmem.LocMemCache", "django.core.cache.backends.dummy.DummyCache"}

// classes are the backend and what it extends.
func (c *cache) classes() []string { return append([]string{c.Backend}, c.Classes...) }

// private reports whether the cache is in the memory of the site's own process,
// or none at all.
func (c *cache) private() bool {
	return slices.ContainsFunc(c.classes(), func(class string) bool { return slices.Contains(privateCaches, class) })
}

// family is the backend as djsession knows it, or nil.
func (c *cache) family() *cacheFamily {
	for _, class := range c.classes() {
		for i := range cacheFamilies {
			if cacheFamilies[i].class == class {
				return &cacheFamilies[i]
			}
		}
	}
	return nil
}

// store is the cache as --store and --cache take it, or "" if it cannot be one;
// notes say what was left out, and why. Dir is the project's.
func (c *cache) store(dir string) (store string, notes []string) {
	left := &leftOut{options: c.Options, where: "CACHES"}
	family := c.family()
	switch {
	case family == nil:
		left.note("djsession does not know how " + cmp.Or(c.Backend, "a cache without BACKEND") + " stores")
		return "", left.notes
	case c.KeyFunction != "" && c.KeyFunction != "django.core.cache.backends.base.default_key_func":
		left.note("the keys of the cache are made by a KEY_FUNCTION of the site's own, " + c.KeyFunction)
		return "", left.notes
	case len(c.Locations) == 0:
		left.note("the cache has no LOCATION")
		return "", left.notes
	}
	query := make(url.Values)
	left.family = family.class
	base := family.store(c, left, query, dir)
	if names := left.rest("djsession does not know whether it changes how sessions are stored"); base == "" || len(names) > 0 {
		return "", left.notes
	}
	if c.Prefix != "" {
		query.Set("prefix", c.Prefix)
	}
	if c.Version > 1 {
		query.Set("version", strconv.Itoa(c.Version))
	}
	if c.StorePrefix != "" && c.StorePrefix != "django.contrib.sessions."+c.Kind {
		query.Set("cache_key_prefix", c.StorePrefix)
	}
	return withParams(base, query), left.notes
}

// withParams adds parameters to a store, which may be the path of an SQLite
// database.
func withParams(store string, query url.Values) string {
	if len(query) == 0 {
		return store
	}
	if storeurl.IsPath(store) {
		store = "sqlite:" + url.PathEscape(store)
	}
	mark := "?"
	if strings.Contains(store, "?") {
		mark = "&"
	}
	return store + mark + query.Encode()
}

// files is the directory of a FileBasedCache. A relative one is taken from the
// project's, where manage.py runs.
func (c *cache) files(left *leftOut, _ url.Values, dir string) string {
	left.harmless("MAX_ENTRIES", "CULL_FREQUENCY")
	return "filecache:" + (&url.URL{Path: pathIn(dir, c.Locations[0])}).EscapedPath()
}

// pathIn is a path that counts from a directory.
func pathIn(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// table is the table of a DatabaseCache.
func (c *cache) table(left *leftOut, query url.Values, dir string) string {
	left.harmless("MAX_ENTRIES", "CULL_FREQUENCY")
	if c.Database == nil {
		left.note("the database of the cache is not known")
		return ""
	}
	store, notes := c.Database.store(dir)
	left.notes = append(left.notes, notes...)
	query.Set("cache_table", settings.NameOfTable(c.Locations[0]))
	return store
}

// memcached is all the servers, because their number and order say where a key
// is.
func (c *cache) memcached(left *leftOut, query url.Values, _ string) string {
	left.harmless("MAX_ENTRIES", "CULL_FREQUENCY", "no_delay", "ignore_exc", "max_pool_size", "use_pooling", "timeout", "connect_timeout", "pool_idle_timeout",
		"allow_unicode_keys", "default_noreply", "lock_generator", "retry_attempts", "retry_timeout", "dead_timeout", "pickleProtocol", "PICKLE_VERSION")
	servers := c.Locations
	if len(servers) == 1 {
		servers = strings.FieldsFunc(servers[0], func(r rune) bool { return r == ';' || r == ',' })
	}
	engine := left.family
	client := map[string]string{"PyLibMCCache": "pylibmc", "MemcachedCache": "python-memcached"}[engine[strings.LastIndexByte(engine, '.')+1:]]
	if client != "" {
		query.Set("client", client)
	}
	if len(servers) == 1 {
		if path := strings.TrimPrefix(servers[0], "unix:"); strings.HasPrefix(path, "/") {
			return "memcached://" + (&url.URL{Path: path}).EscapedPath()
		}
	}
	for _, server := range servers {
		if strings.Contains(server, "/") {
			left.note("the servers are named in a way that djsession does not read: several sockets, or a URL")
			return ""
		}
	}
	return "memcached://" + strings.Join(servers, ",")
}

// caches puts the site's cache into the settings. Where it cannot be one, a
// note says why, and what to do.
func (m *Result) caches() {
	d := m.Found
	c := &d.Cache
	if c.Kind == "" {
		return
	}
	named := fmt.Sprintf("the cache %s (%s)", human.Quote(d.CacheAlias), cmp.Or(c.Backend, "without BACKEND"))
	if c.private() {
		if c.Kind == "cached_db" {
			m.note("this site caches its sessions in %s, in the memory of each of its processes, which cannot be shared: it sees what changes in the database when the cache forgets the session", named)
		} else {
			m.lacks("session_cache")
		}
		return
	}
	store, notes := c.store(m.dir)
	for _, note := range notes {
		m.note("%s: %s", named, note)
	}
	switch {
	case store != "" && c.Kind == "cached_db":
		m.Values["cache"] = store
	case store != "":
		m.Values["store"] = store
	case c.Kind == "cached_db":
		m.note("this site caches its sessions too, in %s: until cache in %s names it, what changes in the database is seen when the cache forgets the session", named, settings.FileName)
	default:
		m.note("this site keeps its sessions in %s: set store in %s to it, if 'djsession help stores' has its like", named, settings.FileName)
	}
}
