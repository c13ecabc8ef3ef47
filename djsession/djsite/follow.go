package djsite

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/signing"
)

// CodecOptions returns how the site signs and serializes sessions. See
// [Site.Codec].
func (s *Site) CodecOptions() *djsession.CodecOptions {
	opts := &djsession.CodecOptions{
		Fallbacks:    slices.Clone(s.SecretKeyFallbacks),
		Serializer:   s.serializer(),
		RejectLegacy: s.rejectsLegacy(),
		AcceptSHA1:   s.readsSHA1(),
		StoreName:    s.Session.StoreName,
		Salt:         s.Session.KeySalt,
	}
	if s.signsSHA1() {
		opts.Layout = djsession.LayoutLegacy
	}
	return opts
}

// Codec returns the codec of the site's sessions in tables and files.
func (s *Site) Codec() *djsession.Codec {
	return djsession.NewCodec(s.SecretKey, s.CodecOptions())
}

// serializer is that of the sessions.
func (s *Site) serializer() djsession.Serializer {
	if s.pickles() {
		return pickled.New(&pickled.Options{Protocol: s.pickleProtocol()})
	}
	return djsession.JSON
}

func (s *Site) pickles() bool {
	if s.Session.Serializer == "" {
		return s.version().before(1, 6)
	}
	return serializerName(s.Session.Serializer) == "pickle"
}

// serializerName is "json" or "pickle", or "" for a class of the site's own.
func serializerName(name string) string {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "json", "JSONSerializer":
		return "json"
	case "pickle", "PickleSerializer":
		return "pickle"
	}
	return ""
}

func (s *Site) pickleProtocol() int {
	if s.Session.PickleProtocol == 0 && s.version().before(2, 0) {
		return 2 // Python 2 may be the one to read it
	}
	return s.Session.PickleProtocol
}

// CookieOptions returns how the site signs sessions that are cookies, those of
// the engine signed_cookies.
func (s *Site) CookieOptions() *cookiestore.Options {
	opts := &cookiestore.Options{
		Fallbacks:  slices.Clone(s.SecretKeyFallbacks),
		Serializer: s.serializer(),
		AcceptSHA1: s.readsSHA1(),
		CookieAge:  s.cookieAge(),
		CookieName: s.cookieName(),
	}
	if s.signsSHA1() {
		opts.Algorithm = signing.SHA1
	}
	return opts
}

// SessionOptions returns what a manager of the site's sessions is to be told.
func (s *Site) SessionOptions() *djsession.Options {
	c := &s.Session
	opts := &djsession.Options{
		CookieName:       s.cookieName(),
		CookieAge:        s.cookieAge(),
		CookieDomain:     c.CookieDomain,
		CookiePath:       c.CookiePath,
		CookieSecure:     c.CookieSecure,
		CookieAllowJS:    c.CookieAllowJS,
		CookieSameSite:   c.CookieSameSite,
		SaveEveryRequest: c.SaveEveryRequest,
		ExpireOnClose:    c.ExpireOnClose,
		Local:            s.Local(),
		ExpireAsDatetime: s.pickles() && s.version().before(4, 1),
	}
	if opts.CookieSameSite == 0 && s.version().before(2, 1) {
		opts.CookieSameSite = http.SameSiteDefaultMode // there was no such setting
	}
	if s.Session.CustomKeys {
		opts.ValidKey = djsession.ValidCustomKey
	}
	return opts
}

func (s *Site) cookieName() string {
	if s.Session.CookieName == "" {
		return "sessionid"
	}
	return s.Session.CookieName
}

func (s *Site) cookieAge() time.Duration {
	if s.Session.CookieAge == 0 {
		return djsession.DefaultAge
	}
	return s.Session.CookieAge
}

// validKey is the keys that can be sessions'.
func (s *Site) validKey() func(string) bool {
	if s.Session.CustomKeys {
		return djsession.ValidCustomKey
	}
	return djsession.ValidKey
}

// Local returns the site's TIME_ZONE if it runs with USE_TZ = False, and else
// nil: the Local of all options. It is nil too for a zone that is not known,
// which [Site.Validate] names.
func (s *Site) Local() *time.Location {
	if !s.NaiveTimes {
		return nil
	}
	local, err := loadZone(s.TimeZone)
	if err != nil {
		return nil
	}
	return local
}

// UserOptions returns where and how the site keeps its users.
func (s *Site) UserOptions() *dbusers.Options {
	u := &s.Users
	opts := &dbusers.Options{
		Parents:     slices.Clone(u.Parents),
		PK:          u.PK,
		Columns:     u.Columns,
		Where:       u.Where,
		ActiveWhere: u.ActiveWhere,
		Local:       s.Local(),
		TimeZone:    s.zoneOf(u.database()),
	}
	opts.Schema, opts.Table, _ = tableName(u.Table)
	return opts
}

// AuthOptions returns the site's rules for logins.
func (s *Site) AuthOptions() *auth.Options {
	opts := &auth.Options{
		Backends:         slices.Clone(s.AuthenticationBackends),
		InactiveBackends: slices.Clone(s.InactiveBackends),
		Fallbacks:        slices.Clone(s.SecretKeyFallbacks),
		AcceptSHA1:       s.readsSHA1(),
		NoSessionHash:    s.Users.NoSessionHash || s.version().before(1, 7),
		CSRFUseSessions:  s.CSRF.UseSessions,
	}
	if s.signsSHA1() {
		opts.Algorithm = signing.SHA1
	}
	if opts.InactiveBackends == nil && s.version().before(1, 10) {
		opts.InactiveBackends = s.backends()
	}
	return opts
}

// backends are those whose logins count.
func (s *Site) backends() []string {
	if s.AuthenticationBackends == nil {
		return []string{auth.ModelBackend}
	}
	return slices.Clone(s.AuthenticationBackends)
}

// CacheOptions returns how the site names and writes its sessions in a cache of
// Caches. A nil Serializer is that of Python's pickles; for "msgpack", which
// takes another package, it is nil too, and [Site.Open] wants
// Options.CacheStore to say it.
func (s *Site) CacheOptions(alias string) *cachestore.Options {
	c := s.Caches[alias]
	opts := &cachestore.Options{
		KeyPrefix:   c.KeyPrefix,
		Version:     c.Version,
		StorePrefix: s.Session.CacheKeyPrefix,
		CookieAge:   s.cookieAge(),
		Local:       s.Local(),
		ValidKey:    s.validKey(),
	}
	switch c.Serializer {
	case "", "pickle":
		opts.Serializer = pickled.New(&pickled.Options{Protocol: s.pickleProtocol()})
	case "json":
		opts.Serializer = cachestore.DjangoJSON
	}
	return opts
}

// zoneOf is the TIME_ZONE of a database, or nil.
func (s *Site) zoneOf(alias string) *time.Location {
	if name := s.Databases[alias].TimeZone; name != "" {
		if zone, err := loadZone(name); err == nil {
			return zone
		}
	}
	return nil
}
