package cachestore

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
)

// Options is how a site names and writes the sessions in its cache. Nil and the
// zero value are Django's defaults.
type Options struct {
	// KeyPrefix and Version are those of the cache, in CACHES. Default: "" and
	// 1.
	// Django: KEY_PREFIX, VERSION.
	KeyPrefix string
	Version   int

	// KeyFunc makes the whole key. Default: prefix, version and key, with
	// colons between.
	// Django: KEY_FUNCTION.
	KeyFunc func(key, prefix string, version int) string

	// StorePrefix stands before the session's key: cache_key_prefix of a
	// SessionStore, such as "qsessions.q_cached_db".
	// Default: "django.contrib.sessions.cache" or
	// "django.contrib.sessions.cached_db".
	// Django: SessionStore.cache_key_prefix.
	StorePrefix string

	// Serializer is that of the cache. Default: pickled.New(nil). django-redis
	// can be told to use others: [DjangoJSON] and those of package msgpacked.
	Serializer djsession.Serializer

	// CookieAge is how long a session lives that does not say and is saved
	// without Expires. Default: djsession.DefaultAge.
	// Django: SESSION_COOKIE_AGE.
	CookieAge time.Duration

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False. Nil: USE_TZ
	// = True.
	Local *time.Location

	// NoExpires leaves Expires of loaded sessions zero instead of asking how
	// long they have left, which saves a part of each load. The caches in Redis
	// ask in any case. Do not set it with djsession.Options.TouchInterval:
	// every session would count as due. Default: false.
	NoExpires bool

	// MaxSize bounds a value, in bytes, when it is read and when it is written:
	// a larger one is a djsession.ErrTooLarge. The caches have a bound of their
	// own. Default: 8 MiB.
	MaxSize int

	// ValidKey decides which keys can be sessions'. Default:
	// djsession.ValidKey.
	ValidKey func(key string) bool

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// CachedDBOptions is [Options] and what only a cache before a database needs.
type CachedDBOptions struct {
	Options

	// CacheTimeout bounds what a load waits for the cache, and what a save
	// spends on it after the database. A context with a deadline bounds it
	// further, to half of the time that is left. Default: 1 second.
	CacheTimeout time.Duration

	// CacheRequired makes a save or a deletion fail if the cache could neither
	// take the session nor forget it. The error matches
	// djsession.ErrUnavailable. The database has the change by then, and the
	// cache is still told to forget the session as soon as it answers. It is
	// for sites where Django reads the same cache, and must never show a
	// session as it was before an outage. Default: false, as in Django 5.1 and
	// later.
	CacheRequired bool

	// Logger is told when the cache fails, when it counts as away, and when it
	// is back. Keys appear as fingerprints. Default: slog.Default().
	Logger *slog.Logger
}

const defaultMaxSize = 8 << 20

func (o *Options) fillIn(storePrefix string) {
	if o.Version == 0 {
		o.Version = 1
	}
	if o.KeyFunc == nil {
		o.KeyFunc = makeKey
	}
	if o.StorePrefix == "" {
		o.StorePrefix = storePrefix
	}
	if o.Serializer == nil {
		o.Serializer = pickled.New(nil)
	}
	if o.CookieAge == 0 {
		o.CookieAge = djsession.DefaultAge
	}
	if o.MaxSize == 0 {
		o.MaxSize = defaultMaxSize
	}
	if o.ValidKey == nil {
		o.ValidKey = djsession.ValidKey
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// makeKey is Django's default.
// Django: django.core.cache.backends.base.default_key_func.
func makeKey(key, prefix string, version int) string {
	return prefix + ":" + strconv.Itoa(version) + ":" + key
}

// keyLast reports whether a session's key ends the complete key, so that the
// one can be told from the other.
func (o *Options) keyLast() bool {
	const key = "a0b1c2d3e4f5"
	return o.cacheKey(key) == o.cacheKey("")+key
}

// cacheKey returns the complete key of a session.
func (o *Options) cacheKey(key string) string {
	return o.KeyFunc(o.StorePrefix+key, o.KeyPrefix, o.Version)
}
