package djsite

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/dbstore"
)

// Connections are what a program has opened, by the aliases of the site's
// DATABASES and CACHES. They stay the program's to close. Only those are needed
// that sessions and users are in.
type Connections struct {
	// DB are databases, of any driver.
	DB map[string]*sql.DB

	// Caches are caches on servers: adapters such as that of package
	// rediscache. Tables and directories are opened without one.
	Caches map[string]cachestore.Cache
}

// Options is what a program adds to what a site says. Nil and the zero value
// are the site as it is. Each function may change what follows from the site
// before it is used. It is called by [Site.Open], and by
// each [App.Reload].
type Options struct {
	// Codec changes how sessions are signed and serialized.
	Codec func(o *djsession.CodecOptions)

	// Table changes how sessions are kept in a table.
	Table func(o *dbstore.UserOptions)

	// Cache changes how sessions are kept in a cache.
	Cache func(o *cachestore.CachedDBOptions)

	// Sessions changes the options of the manager: a Logger, TouchInterval or
	// ReadOnly.
	Sessions func(o *djsession.Options)

	// Users changes where and how users are kept.
	Users func(o *dbusers.Options)

	// Logins changes the rules for logins: Passwords, LoginURL, AllowedHosts,
	// or Accept and SessionHash for a site with rules of its own.
	Logins func(o *auth.Options)

	// Store returns where the sessions are, for an engine of the site's own. It
	// is given the site's codec. Default: what Session.Engine says.
	Store func(codec *djsession.Codec) djsession.Store

	// UserFinder finds users, for a user model that dbusers cannot read.
	// Default: package dbusers, if the site has their database.
	UserFinder auth.UserFinder

	// Known names entries of Site.Unsupported that the program deals with
	// itself, or that do not matter to it.
	Known []string
}

// Open validates the site and returns its sessions, users and logins, over
// connections that the program has opened. Nothing is asked of them yet. It
// refuses a site with an [UnsupportedError] that the program has not dealt
// with.
func (s *Site) Open(conns Connections, opts *Options) (*App, error) {
	a := new(App)
	if opts != nil {
		a.opts = *opts
	}
	p, err := s.build(&conns, &a.opts)
	if err != nil {
		return nil, err
	}
	a.parts.Store(p)
	return a, nil
}

// parts are what an App is made of, all from one Site.
type parts struct {
	site *Site
	opts *Options

	ownSerializer bool // a hook replaced it
	tableOptions  *dbstore.UserOptions
	cacheOptions  *cachestore.CachedDBOptions
	userOptions   *dbusers.Options
	authOptions   *auth.Options

	codec    *djsession.Codec
	table    djsession.Store  // of the engines db and cached_db
	given    cachestore.Cache // the program's own, or nil
	store    djsession.Store
	finder   auth.UserFinder // nil without users
	sessions *djsession.Manager
	auth     *auth.Auth // nil without users
}

// build makes the parts.
func (s *Site) build(conns *Connections, opts *Options) (*parts, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if err := s.checkAliases(conns); err != nil {
		return nil, err
	}
	p := &parts{site: s.clone(), opts: opts}
	p.applyHooks()
	if err := p.unsolved(); err != nil {
		return nil, err
	}
	if err := p.openStore(conns); err != nil {
		return nil, err
	}
	if err := p.openUsers(conns); err != nil {
		return nil, err
	}
	p.manage()
	return p, nil
}

// applyHooks fills in the options, and lets the program change them.
func (p *parts) applyHooks() {
	s := p.site
	codec := s.CodecOptions()
	serializer := codec.Serializer
	call(p.opts.Codec, codec)
	p.ownSerializer = codec.Serializer != serializer
	p.codec = djsession.NewCodec(s.SecretKey, codec)
	p.tableOptions = s.TableOptions()
	call(p.opts.Table, p.tableOptions)
	p.cacheOptions = &cachestore.CachedDBOptions{Options: *s.CacheOptions(s.Session.cacheAlias())}
	call(p.opts.Cache, p.cacheOptions)
	p.userOptions = s.UserOptions()
	call(p.opts.Users, p.userOptions)
	p.authOptions = s.AuthOptions()
	call(p.opts.Logins, p.authOptions)
}

func call[T any](hook func(*T), o *T) {
	if hook != nil {
		hook(o)
	}
}

// openUsers finds users, if the site has any.
func (p *parts) openUsers(conns *Connections) error {
	alias := p.site.Users.database()
	d, ok := p.site.Databases[alias]
	if p.finder = p.opts.UserFinder; p.finder != nil || !ok {
		return nil
	}
	db, err := conns.database(alias)
	if err != nil {
		return fmt.Errorf("%w, and the users are there", err)
	}
	dialect, _ := d.dialect()
	p.finder = dbusers.New(db, dialect, p.userOptions)
	return nil
}

// manage makes what serves requests.
func (p *parts) manage() {
	sessions := p.site.SessionOptions()
	call(p.opts.Sessions, sessions)
	p.sessions = djsession.NewManager(p.store, sessions)
	if p.finder != nil {
		logins := *p.authOptions
		if logins.Sessions == nil {
			logins.Sessions = p.sessions
		}
		p.auth = auth.New(p.finder, p.site.SecretKey, &logins)
	}
}

// checkAliases refuses connections that no part of the site would use, because
// their aliases are not the site's.
func (s *Site) checkAliases(conns *Connections) error {
	for _, alias := range sortedKeys(conns.DB) {
		if _, ok := s.Databases[alias]; !ok {
			return fmt.Errorf("djsite: Connections.DB has %q, and the site's Databases do not", alias)
		}
	}
	for _, alias := range sortedKeys(conns.Caches) {
		if _, ok := s.Caches[alias]; !ok && alias != RedisSessions {
			return fmt.Errorf("djsite: Connections.Caches has %q, and the site's Caches do not", alias)
		}
	}
	return nil
}

func (c *Connections) database(alias string) (*sql.DB, error) {
	if db := c.DB[alias]; db != nil {
		return db, nil
	}
	return nil, fmt.Errorf("djsite: Connections.DB has no %q", alias)
}

var errNoUsers = errors.New(
	"djsite: the site has no users: its Databases lack the alias of Users.Database, and Options no UserFinder",
)
