package cli

import (
	"strings"

	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/signing"
)

// An engineKind is where a SESSION_ENGINE keeps sessions.
type engineKind string

const (
	engineTable  engineKind = "a table"
	engineCache  engineKind = "a cache"
	engineFiles  engineKind = "files"
	engineCookie engineKind = "the cookies of its users"
	engineRedis  engineKind = "Redis, by django-redis-sessions"
	engineAny    engineKind = "" // a SessionStore that djsession does not know
)

// The engines that djsession knows, by their ends.
var engineKinds = []struct {
	end  string
	kind engineKind
}{
	{
		".backends.db",
		engineTable,
	}, {".backends.cached_db", engineTable}, {".backends.cache", engineCache}, {".backends.file", engineFiles},
	{".backends.signed_cookies", engineCookie}, {"redis_sessions.session", engineRedis},
}

// engine is where the site's sessions are, if session_engine says so.
func (s *site) engine() engineKind {
	for _, known := range engineKinds {
		if strings.HasSuffix(s.values["session_engine"], known.end) {
			return known.kind
		}
	}
	return engineAny
}

// closed says why no store holds sessions of this site that can be read, or
// nil.
func (s *site) closed() error {
	for _, u := range s.unsupported() {
		if u.closes {
			return hint(
				usagef("%s: %s", u.found, u.effect),
				u.advice,
				"if that is no longer so, take "+u.name+" out of unsupported in "+configName,
			)
		}
	}
	if s.engine() == engineCookie {
		return hint(
			usagef(
				"the sessions of this site are in the cookies of its users (SESSION_ENGINE signed_cookies): nothing here holds them, so they cannot be listed, counted or ended",
			),
			"'djsession decode' and 'djsession whoami' read such a cookie, and 'djsession create' makes one; a new SECRET_KEY ends all of them, a new password those of one user",
			"for what a table still holds from before: --session-engine django.contrib.sessions.backends.db",
		)
	}
	return nil
}

// misplaced says that a store is not where the engine keeps sessions, or nil.
func (s *site) misplaced(b *backend) error {
	engine := s.engine()
	if engine == engineAny || engine == b.holds() {
		return nil
	}
	return hint(
		usagef(
			"this site keeps its sessions in %s (SESSION_ENGINE %s), and the store %s is %s",
			engine,
			s.values["session_engine"],
			b.Where,
			b.holds(),
		),
		"name the store of the site with --store, or store in "+configName,
		"--session-engine names another engine, for example while sessions move from one to another",
	)
}

// holds is the kind of engine whose sessions the place holds.
func (b *backend) holds() engineKind {
	switch {
	case b.DB != nil:
		return engineTable
	case b.Cache != nil:
		return engineCache
	case b.Redis:
		return engineRedis
	}
	return engineFiles
}

// cookieStore makes sessions of the signed_cookies backend.
func (s *site) cookieStore() *cookiestore.Store {
	first, others := serializers(s.serializer, s.protocol)
	opts := &cookiestore.Options{
		Fallbacks: s.fallbacks, Serializer: first, AlsoRead: others, AcceptSHA1: true, CookieAge: s.cookieAge, CookieName: s.cookieName, Now: s.now,
	}
	if s.writesLegacy() {
		opts.Algorithm = signing.SHA1
	}
	return cookiestore.New(s.secretKey, opts)
}
