package cli

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// djangoCache is the entry of CACHES in which sessions are.
type djangoCache struct {
	Kind        string          `json:"kind"` // cache or cached_db: what the SessionStore is
	Backend     string          `json:"backend"`
	Locations   []string        `json:"locations"`
	Prefix      string          `json:"prefix"`
	Version     int             `json:"version"`
	KeyFunction bool            `json:"key_function"`
	StorePrefix string          `json:"store_prefix"`
	Options     map[string]any  `json:"options"` // null for what is no text or number
	Database    *djangoDatabase `json:"database"`
}

// djangoRedisParts are the serializers and compressors of django-redis, as a store's parameters name them; "" is the default.
var djangoRedisParts = map[string]map[string]string{
	"SERIALIZER": {
		"django_redis.serializers.pickle.PickleSerializer":   "",
		"django_redis.serializers.json.JSONSerializer":       "json",
		"django_redis.serializers.msgpack.MSGPackSerializer": "msgpack",
	},
	"COMPRESSOR": {
		"django_redis.compressors.identity.IdentityCompressor": "",
		"django_redis.compressors.zlib.ZlibCompressor":         "zlib",
		"django_redis.compressors.gzip.GzipCompressor":         "gzip",
		"django_redis.compressors.lz4.Lz4Compressor":           "lz4",
		"django_redis.compressors.lzma.LzmaCompressor":         "lzma",
		"django_redis.compressors.zstd.ZStdCompressor":         "zstd",
	},
	"CLIENT_CLASS": {"django_redis.client.DefaultClient": ""},
}

// sessionApps are the tables that an app fills in itself, by their names.
var sessionApps = map[string]string{"user_sessions_session": "user_sessions", "qsessions_session": "qsessions"}

// harmless are options that are about the connection alone.
var harmless = []string{"SOCKET_CONNECT_TIMEOUT", "SOCKET_TIMEOUT", "IGNORE_EXCEPTIONS", "PICKLE_VERSION", "MAX_ENTRIES", "CULL_FREQUENCY"}

// store is the cache as --store and --cache take it, or "" if it is not plain which that would be. Dir is the project's.
func (c *djangoCache) store(dir string) string {
	if c.KeyFunction || len(c.Locations) == 0 || c.Kind == "" {
		return ""
	}
	query := make(url.Values)
	base := ""
	switch engine := c.Backend[strings.LastIndex(c.Backend, ".")+1:]; {
	case engine == "RedisCache":
		base = c.redis(query)
	case len(c.otherOptions()) > 0:
	case engine == "PyMemcacheCache", engine == "PyLibMCCache", engine == "MemcachedCache":
		base = c.memcached(engine, query)
	case engine == "FileBasedCache":
		base = "filecache:" + (&url.URL{Path: c.Locations[0]}).EscapedPath()
	case engine == "DatabaseCache" && c.Database != nil:
		store, note := c.Database.store(dir)
		if note != "" {
			return ""
		}
		query.Set("cache_table", c.Locations[0])
		base = store
	}
	if base == "" {
		return ""
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
	return withParams(base, query)
}

// withParams adds parameters to a store, which may be the path of an SQLite database.
func withParams(store string, query url.Values) string {
	if len(query) == 0 {
		return store
	}
	if isPath(store) {
		store = "sqlite:" + url.PathEscape(store)
	}
	mark := "?"
	if strings.Contains(store, "?") {
		mark = "&"
	}
	return store + mark + query.Encode()
}

// otherOptions are those that may change where sessions are or how.
func (c *djangoCache) otherOptions() (names []string) {
	for name := range c.Options {
		if !slices.Contains(harmless, name) {
			names = append(names, name)
		}
	}
	return names
}

// redis is the URL of a server, which Django takes too. Of several the first is the one that is written to.
func (c *djangoCache) redis(query url.Values) string {
	ours := kindOf("redis")
	location := strings.Split(c.Locations[0], ",")[0]
	if !strings.Contains(location, "://") {
		location = "redis://" + location // Django's own takes host:port too
	}
	u, err := url.Parse(location)
	if err != nil || kindOf(u.Scheme) != ours || ours.check(u) != nil {
		return ""
	}
	for _, name := range c.otherOptions() {
		value, _ := c.Options[name].(string)
		if name == "PASSWORD" && value != "" && u.User == nil {
			u.User = url.UserPassword("", value)
			continue
		}
		known, ok := djangoRedisParts[name][value]
		if !ok || !strings.HasPrefix(c.Backend, "django_redis.") {
			return ""
		}
		if known != "" {
			query.Set(strings.ToLower(name), known)
		}
	}
	return u.String()
}

func (c *djangoCache) memcached(engine string, query url.Values) string {
	servers := c.Locations
	if len(servers) == 1 {
		servers = strings.FieldsFunc(servers[0], func(r rune) bool { return r == ';' || r == ',' })
	}
	if client := map[string]string{"PyLibMCCache": "pylibmc", "MemcachedCache": "python-memcached"}[engine]; client != "" {
		query.Set("client", client)
	}
	if len(servers) == 1 {
		if path := strings.TrimPrefix(servers[0], "unix:"); strings.HasPrefix(path, "/") {
			return "memcached://" + (&url.URL{Path: path}).EscapedPath()
		}
	}
	for _, server := range servers {
		if strings.Contains(server, "/") {
			return ""
		}
	}
	return "memcached://" + strings.Join(servers, ",")
}

// caches puts the site's cache into the settings. Where it is not plain, a note says what to do.
func (d *djangoSettings) caches(dir string, values map[string]any) []string {
	c := &d.Cache
	if c.Kind == "" {
		return nil
	}
	store := c.store(dir)
	switch {
	case c.Kind == "cached_db" && store != "":
		values["cache"] = store
		return nil
	case c.Kind == "cached_db":
		return []string{"this site caches its sessions too, in the cache " + quote(d.CacheAlias) + ": until cache in " + configName + " names it, what changes in the database is seen when the cache forgets the session"}
	case store != "":
		values["store"] = store
		return nil
	}
	return []string{"this site keeps its sessions in the cache " + quote(d.CacheAlias) + " (" + cmp.Or(c.Backend, "of no backend") + "): set store in " + configName + " to it; 'djsession help stores' says how"}
}
