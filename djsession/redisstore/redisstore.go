// Package redisstore keeps sessions where django-redis-sessions keeps them:
// under plain keys of a Redis, as the signed text that Django's database
// backend keeps too.
//
//	cache := rediscache.New(client, nil)
//	store := redisstore.New(cache, djsession.NewCodec(secretKey, nil), nil)
//
// Unlike that package, an update never brings a deleted session back, and an
// outage is an error, not a logout. The setting POOL is not supported: in
// version 0.6.2 it fails for every new session, and sends all others to
// localhost.
//
// Django: redis_sessions.session.SessionStore.
package redisstore

import (
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// Options is how a site keeps its sessions. Nil and the zero value are the
// defaults of the other side.
type Options struct {
	// Prefix stands before each key, with a colon. Default: none.
	// Django: SESSION_REDIS["prefix"].
	Prefix string

	// CookieAge is how long a session lives that does not say and is saved
	// without Expires. Default: djsession.DefaultAge.
	// Django: SESSION_COOKIE_AGE.
	CookieAge time.Duration

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False. Nil: USE_TZ
	// = True.
	Local *time.Location

	// ValidKey decides which keys can be sessions'. Default:
	// djsession.ValidKey.
	ValidKey func(key string) bool

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// New returns a store over a cache of package rediscache or rueidiscache. It is
// a djsession.Modifier, as those are, and a djsession.Lister if the cache is a
// cachestore.Walker: see cachestore.New. Without a Prefix, every key of that
// Redis which could be a session's counts as one.
func New(cache cachestore.Cache, codec *djsession.Codec, opts *Options) djsession.Store {
	return cachestore.New(cache, cacheOptions(codec, opts))
}

func cacheOptions(codec *djsession.Codec, opts *Options) *cachestore.Options {
	if opts == nil {
		opts = new(Options)
	}
	skip := 0
	if opts.Prefix == "" {
		skip = len(":") // which is there so that the prefix of the cache is not the default
	}
	return &cachestore.Options{
		StorePrefix: opts.Prefix + ":",
		KeyFunc:     func(key, _ string, _ int) string { return key[skip:] },
		Serializer:  signed{codec},
		CookieAge:   opts.CookieAge,
		Local:       opts.Local,
		ValidKey:    opts.ValidKey,
		Now:         opts.Now,
	}
}

// signed is a codec as the serializer of a cache. By Inspect the store learns
// how a session was signed.
type signed struct{ *djsession.Codec }

func (signed) Name() string { return "signed" }

func (s signed) Loads(text string) (*djsession.Data, error) { return s.Decode(text) }

func (s signed) Dumps(dst []byte, d *djsession.Data) ([]byte, error) {
	text, err := s.Encode(d)
	return append(dst, text...), err
}
