package djsite

import (
	"cmp"
	"strconv"
	"strings"
)

// RedisSessions is the alias in [Connections] of the Redis in which
// django-redis-sessions keeps sessions: that is none of CACHES.
// Django: SESSION_REDIS.
const RedisSessions = "SESSION_REDIS"

// places makes databases and caches of store, cache and users_store, and finds
// the engine where only one fits.
func (r *reader) places() {
	s := r.site
	s.Databases, s.Caches = make(map[string]Database), make(map[string]Cache)
	store, ok := r.place("store")
	switch {
	case !ok:
	case store.kind == filesPlace:
		r.files(&store)
	case store.kind == redisPlace && !store.isCache():
		s.Session.RedisPrefix = store.query.Get("prefix")
		s.Caches[RedisSessions] = Cache{Backend: redisBackend, Location: store.url}
	case store.isCache():
		r.cache("store", &store, s.Session.database())
	default:
		s.Databases[s.Session.database()] = Database{Engine: string(store.kind), URL: store.url}
	}
	cache, cached := r.place("cache")
	if cached {
		alias := "cache"
		if cache.url == store.url {
			alias = s.Session.database()
		}
		r.cache("cache", &cache, alias)
	}
	r.engine(&store, ok, cached)
	r.usersPlace(&store)
}

// place is the place that a setting names.
func (r *reader) place(setting string) (place, bool) {
	text := r.Values[setting]
	if text == "" {
		return place{}, false
	}
	p, ok := parsePlace(text)
	if !ok {
		r.add(setting, "it is not a path, nor a URL that is known: 'djsession help stores' lists them")
	}
	return p, ok
}

// files is where the engine file keeps sessions.
func (r *reader) files(store *place) {
	c := &r.site.Session
	path, ok := store.path()
	if !ok {
		r.add("store", "the URL names no directory: an absolute path takes three slashes, as in file:///absolute/directory")
	}
	c.FilePath = path
	name := store.query.Get("name")
	if name != "" && c.CookieName != "" && c.CookieName != name {
		r.add(
			"store", "its name is %q, and session_cookie_name is %q: Django names the files after the cookie", name,
			c.CookieName,
		)
	}
	c.CookieName = cmp.Or(c.CookieName, name)
}

const (
	redisBackend     = "django.core.cache.backends.redis.RedisCache"
	memcachedBackend = "django.core.cache.backends.memcached.PyMemcacheCache"
	fileBackend      = "django.core.cache.backends.filebased.FileBasedCache"
	tableBackend     = "django.core.cache.backends.db.DatabaseCache"
)

// cache is the cache of the sessions. Database is the alias of the database
// that it may be in.
func (r *reader) cache(setting string, p *place, database string) {
	s := r.site
	c := Cache{
		Location:   p.url,
		KeyPrefix:  p.query.Get("prefix"),
		Serializer: p.query.Get("serializer"),
		Compressor: p.query.Get("compressor"),
	}
	if text := p.query.Get("version"); text != "" {
		var err error
		if c.Version, err = strconv.Atoi(text); err != nil || c.Version < 1 {
			r.add(setting, "its version must be a number from 1, not %q", text)
		}
	}
	switch {
	case p.kind == redisPlace:
		c.Backend = redisBackend
		if c.Serializer+c.Compressor != "" {
			c.Backend = "django_redis.cache.RedisCache"
		}
	case p.kind == memcachedPlace:
		c.Backend = memcachedBackend
	case p.kind == fileCachePlace:
		c.Backend = fileBackend
		var ok bool
		if c.Location, ok = p.path(); !ok {
			r.add(
				setting,
				"the URL names no directory: an absolute path takes three slashes, as in filecache:///absolute/directory",
			)
		}
	case p.query.Has(cacheTableParam):
		c.Backend, c.Location, c.Database = tableBackend, p.query.Get(cacheTableParam), database
		s.Databases[database] = Database{Engine: string(p.kind), URL: p.url}
	default:
		r.add(setting, "it is not a cache")
	}
	s.Session.CacheKeyPrefix = p.query.Get("cache_key_prefix")
	s.Caches[s.Session.cacheAlias()] = c
}

// engine is the engine that a store leaves no doubt of, if session_engine does
// not say it.
func (r *reader) engine(store *place, given, cached bool) {
	c := &r.site.Session
	app := store.query.Get("app")
	if app != "" && c.Engine != "" && !strings.HasPrefix(c.Engine, app+".") {
		r.add("store", "its app is %q, and session_engine is %s", app, c.Engine)
	}
	if c.Engine != "" || !given {
		return
	}
	const django = "django.contrib.sessions.backends."
	end := "db"
	if cached {
		end = "cached_db"
	}
	switch {
	case store.kind == filesPlace:
		c.Engine = django + "file"
	case store.kind == redisPlace && !store.isCache():
		c.Engine = "redis_sessions.session"
	case store.isCache():
		c.Engine = django + "cache"
	case app != "":
		c.Engine = app + ".backends." + end
	case cached:
		c.Engine = django + end
	}
}

// usersPlace is the database of the users.
func (r *reader) usersPlace(store *place) {
	s := r.site
	s.Users.Database = r.Values["users_database"]
	p, ok := r.place("users_store")
	switch {
	case !ok && s.Users.Database == "" && store.isDatabase():
		s.Users.Database = r.databaseOf(store)
	case !ok:
	case !p.isDatabase() || p.query.Has(cacheTableParam):
		r.add("users_store", "users are in a database")
	default:
		s.Users.Database = cmp.Or(s.Users.Database, "users")
		if other, taken := s.Databases[s.Users.Database]; taken && other.URL != p.url {
			r.add(
				"users_database", "the sessions are in %q too, and store and users_store are two databases", s.Users.Database,
			)
		}
		s.Databases[s.Users.Database] = Database{Engine: string(p.kind), URL: p.url}
	}
}

// databaseOf is the alias of the database that the store is in, "" if that is
// the standard one.
func (r *reader) databaseOf(store *place) string {
	for alias, database := range r.site.Databases {
		if database.URL == store.url && alias != standardAlias {
			return alias
		}
	}
	return ""
}
