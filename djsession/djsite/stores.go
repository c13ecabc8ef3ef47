package djsite

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/filestore"
	"github.com/djsession/djsession-go/djsession/redisstore"
)

// TableOptions returns where and how the site keeps its sessions in a table.
// The fields besides dbstore.Options are for tables with a column for the user.
func (s *Site) TableOptions() *dbstore.UserOptions {
	opts := &dbstore.UserOptions{UserUUIDs: s.Users.PK == auth.PKUUID}
	opts.Schema, opts.Table, _ = tableName(s.Session.Table)
	opts.Local, opts.TimeZone = s.Local(), s.zoneOf(s.Session.database())
	opts.References = s.Session.References
	opts.ValidKey = s.validKey()
	if s.Users.PK == auth.PKText {
		opts.UserID = func(id string) any { return id } // also if it looks like a number
	}
	return opts
}

// FileOptions returns how the site keeps its sessions in files.
func (s *Site) FileOptions() *filestore.Options {
	return &filestore.Options{CookieName: s.cookieName(), CookieAge: s.cookieAge(), Local: s.Local()}
}

// openStore makes the store that the engine is.
func (p *parts) openStore(conns *Connections) (err error) {
	if p.opts.Store != nil {
		p.store = p.opts.Store(p.codec)
		return nil
	}
	engine := p.site.Session.engine()
	if engine.hasTable() {
		if p.table, err = p.openTable(conns); err != nil {
			return err
		}
	}
	var cache cachestore.Cache
	if engine.hasCache() {
		if cache, err = p.openCache(conns); err != nil {
			return err
		}
	}
	switch engine {
	case tableEngine:
		p.store = p.table
	case cachedTableEngine:
		p.store = cachestore.NewCachedDB(p.table, cache, p.cacheOptions)
	case cacheEngine:
		p.store = cachestore.New(cache, &p.cacheOptions.Options)
	case fileEngine:
		p.store = filestore.New(p.site.Session.FilePath, p.codec, p.site.FileOptions())
	case cookieEngine:
		p.store = p.openCookies()
	case redisEngine:
		if p.given = conns.Caches[RedisSessions]; p.given == nil {
			return missingCache(RedisSessions, redisBackend)
		}
		p.store = p.openRedisSessions()
	}
	return nil
}

// openTable opens the table of sessions.
func (p *parts) openTable(conns *Connections) (djsession.Store, error) {
	c := &p.site.Session
	db, err := conns.database(c.database())
	if err != nil {
		return nil, fmt.Errorf("%w, and the sessions are there", err)
	}
	d := p.site.Databases[c.database()]
	dialect, _ := d.dialect()
	switch c.app() {
	case userSessions:
		return dbstore.NewUserSessions(db, dialect, p.codec, p.tableOptions), nil
	case qsessions:
		return dbstore.NewQSessions(db, dialect, p.codec, p.tableOptions), nil
	}
	return dbstore.New(db, dialect, p.codec, &p.tableOptions.Options), nil
}

// openCache opens the cache of sessions, or takes the adapter that is given.
func (p *parts) openCache(conns *Connections) (cachestore.Cache, error) {
	alias := p.site.Session.cacheAlias()
	c := p.site.Caches[alias]
	if p.cacheOptions.Serializer == nil {
		return nil, fmt.Errorf("djsite: the serializer of cache %q is %s: set it in Options.Cache", alias, c.Serializer)
	}
	if given := conns.Caches[alias]; given != nil {
		return given, nil
	}
	switch c.kind() {
	case fileCache:
		return filecache.New(c.Location, nil), nil
	case tableCache:
		db, err := conns.database(c.database())
		if err != nil {
			return nil, fmt.Errorf("%w, and cache %q is there", err, alias)
		}
		return p.openCacheTable(db, &c), nil
	}
	return nil, missingCache(alias, c.Backend)
}

func (p *parts) openCacheTable(db *sql.DB, c *Cache) cachestore.Cache {
	d := p.site.Databases[c.database()]
	dialect, _ := d.dialect()
	schema, table, _ := tableName(c.Location)
	return dbcache.New(db, dialect, table, &dbcache.Options{
		Schema: schema, Local: p.site.Local(), TimeZone: p.site.zoneOf(c.database()),
	})
}

// openCookies makes what keeps sessions in the cookies.
func (p *parts) openCookies() djsession.Store {
	return cookiestore.New(p.site.SecretKey, p.site.CookieOptions())
}

// openRedisSessions opens what django-redis-sessions keeps.
func (p *parts) openRedisSessions() djsession.Store {
	s := p.site
	return redisstore.New(p.given, p.codec, &redisstore.Options{
		Prefix: s.Session.RedisPrefix, CookieAge: s.cookieAge(), Local: s.Local(), ValidKey: s.validKey(),
	})
}

// missingCache says which package makes the adapter that a program has not
// given.
func missingCache(alias, backend string) error {
	advice := "package memcached makes its adapter"
	switch {
	case (&Cache{Backend: backend}).kind() == privateCache:
		advice = "the site keeps it in its own process, and other programs see a change when it has forgotten the session: " +
			"set SESSION_ENGINE to db"
	case strings.HasSuffix(backend, "RedisCache"), strings.HasSuffix(backend, "ValkeyCache"):
		advice = "package rediscache or rueidiscache makes its adapter"
	}
	return fmt.Errorf("djsite: Connections.Caches has no %q, and the sessions are there: %s", alias, advice)
}
