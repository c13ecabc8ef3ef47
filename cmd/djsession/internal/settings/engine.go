package settings

import (
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/signing"
)

// An Engine is where a SESSION_ENGINE keeps sessions.
type Engine string

// The places that engines keep sessions in.
const (
	TableEngine  Engine = "a table"
	CacheEngine  Engine = "a cache"
	FilesEngine  Engine = "files"
	CookieEngine Engine = "the cookies of its users"
	RedisEngine  Engine = "Redis, by django-redis-sessions"
	AnyEngine    Engine = "" // a SessionStore that djsession does not know
)

// The engines that djsession knows, by their ends.
var engineKinds = []struct {
	end  string
	kind Engine
}{
	{
		".backends.db",
		TableEngine,
	}, {".backends.cached_db", TableEngine}, {".backends.cache", CacheEngine}, {".backends.file", FilesEngine},
	{".backends.signed_cookies", CookieEngine}, {"redis_sessions.session", RedisEngine},
}

// Engine is where the site's sessions are, if session_engine says so.
func (s *Site) Engine() Engine { return EngineOf(s.Values["session_engine"]) }

// EngineOf is where a SESSION_ENGINE keeps sessions.
func EngineOf(name string) Engine {
	for _, known := range engineKinds {
		if strings.HasSuffix(name, known.end) {
			return known.kind
		}
	}
	return AnyEngine
}

// Closed says why no store holds sessions of this site that can be read, or
// nil.
func (s *Site) Closed() error {
	for _, u := range s.Unsupported() {
		if u.Closes {
			return fail.Hint(
				fail.Usagef("%s: %s", u.Found, u.Effect),
				u.Advice,
				"if that is no longer so, take "+u.Name+" out of unsupported in "+FileName,
			)
		}
	}
	if s.Engine() == CookieEngine {
		return fail.Hint(
			fail.Usagef(
				"the sessions of this site are in the cookies of its users (SESSION_ENGINE signed_cookies): nothing here holds them, so they cannot be listed, counted or ended",
			),
			"'djsession decode' and 'djsession whoami' read such a cookie, and 'djsession create' makes one; a new SECRET_KEY ends all of them, a new password those of one user",
			"for what a table still holds from before: --session-engine django.contrib.sessions.backends.db",
		)
	}
	return nil
}

// CookieStore makes sessions of the signed_cookies backend.
func (s *Site) CookieStore() *cookiestore.Store {
	first, others := serializers(s.serializer, s.Protocol)
	opts := &cookiestore.Options{
		Fallbacks: s.Fallbacks, Serializer: first, AlsoRead: others, AcceptSHA1: true, CookieAge: s.CookieAge, CookieName: s.CookieName, Now: s.Now,
	}
	if s.WritesLegacy() {
		opts.Algorithm = signing.SHA1
	}
	return cookiestore.New(s.SecretKey, opts)
}
