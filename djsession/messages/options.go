package messages

import (
	"log/slog"
	"maps"
	"time"

	"github.com/djsession/djsession-go/signing"
)

// Storage is where messages are between two requests.
type Storage uint8

const (
	// StorageFallback is the cookie, and the session for what does not fit.
	// Django: django.contrib.messages.storage.fallback.FallbackStorage.
	StorageFallback Storage = iota
	// StorageCookie is the cookie alone. The oldest messages are dropped when
	// there are too many.
	// Django: django.contrib.messages.storage.cookie.CookieStorage.
	StorageCookie
	// StorageSession is the session alone.
	// Django: django.contrib.messages.storage.session.SessionStorage.
	StorageSession
)

// Layout is how messages are written: that of the oldest Django of the site.
// All forms are read.
type Layout uint8

const (
	// LayoutDjango32 is for Django 3.2 and later.
	LayoutDjango32 Layout = iota
	// LayoutDjango31 is for Django 3.1. Django 3.2 and 4.0 read it, too.
	LayoutDjango31
	// LayoutDjango15 is for Django 1.5 to 3.0. Django 3.1 and 3.2 read it, too.
	LayoutDjango15
	// LayoutDjango14 is for Django 1.4, which knows no safe texts: all are
	// escaped. It keeps messages in the session in a form that is not
	// supported: use StorageCookie.
	LayoutDjango14
)

// Options is a site's settings for messages. Nil and the zero value are
// Django's defaults.
type Options struct {
	// Storage is where messages are. Default: [StorageFallback].
	// Django: MESSAGE_STORAGE.
	Storage Storage

	// Layout is how messages are written. Default: [LayoutDjango32].
	Layout Layout

	// Algorithm signs the cookie. Choose signing.SHA1 while a Django 3.1 or 3.2
	// with DEFAULT_HASHING_ALGORITHM = "sha1" shares the messages. SHA-256 and
	// SHA-1 are both read. Default: signing.SHA256.
	Algorithm signing.Algorithm

	// Fallbacks are older secret keys under which a cookie is still good.
	// Django: SECRET_KEY_FALLBACKS.
	Fallbacks []string

	// MinLevel is the lowest level that is recorded; messages below it are not
	// added. Default: [LevelInfo].
	// Django: MESSAGE_LEVEL.
	MinLevel Level

	// LevelTags are the names of levels in [Message.Tags], in addition to those
	// of Django's levels or instead of them.
	// Django: MESSAGE_TAGS.
	LevelTags map[Level]string

	// Logger gets a warning for each message that was lost. Default:
	// slog.Default().
	Logger *slog.Logger

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

func (o *Options) fillIn() {
	if o.MinLevel == 0 {
		o.MinLevel = LevelInfo
	}
	tags := maps.Clone(defaultTags)
	maps.Copy(tags, o.LevelTags)
	o.LevelTags = tags
}

func (o *Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.Default()
	}
	return o.Logger
}
