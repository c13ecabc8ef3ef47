package signing

import (
	"math"
	"time"
)

// DefaultMaxSize is the bound on a payload when Options has none.
const DefaultMaxSize = 8 << 20

// ZeroMaxAge as Options.MaxAge is a max age of zero: good is only what was
// signed at this very instant, or later.
// Django: max_age=0.
const ZeroMaxAge = time.Duration(math.MinInt64)

// Options is how values are signed. Nil and the zero value are Django's
// defaults.
type Options struct {
	// Salt keeps what was signed for one purpose from being taken for another.
	// Default: the name of the class in Django, or "django.core.signing" for
	// [Dumps] and [Loads].
	Salt string

	// Sep stands between value, timestamp and signature. Default: ":".
	Sep string

	// Algorithm is the hash to sign with. Default: [SHA256].
	Algorithm Algorithm

	// AcceptSHA1 takes signatures by SHA-1 too, as Django 3.1 and 3.2 do.
	AcceptSHA1 bool

	// Fallbacks are older secret keys, good for reading only.
	// Django: SECRET_KEY_FALLBACKS.
	Fallbacks []string

	// MaxAge is how old a signature may be, to the second fraction; only those
	// with a timestamp can be too old.
	// Default: any age; zero is said by [ZeroMaxAge]. With a negative one all
	// is too old but what comes from the future.
	// Django: max_age.
	MaxAge time.Duration

	// Compress packs objects where that makes them shorter.
	// Django: compress=True.
	Compress bool

	// MaxSize bounds an object's payload, in bytes, when it is read. Default:
	// [DefaultMaxSize].
	MaxSize int

	// Serializer is the form of objects. Default: [JSON].
	Serializer Serializer

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

func (o *Options) orDefault(salt string) Options {
	var set Options
	if o != nil {
		set = *o
	}
	if set.Salt == "" {
		set.Salt = salt
	}
	if set.Sep == "" {
		set.Sep = ":"
	}
	if set.MaxSize == 0 {
		set.MaxSize = DefaultMaxSize
	}
	if set.Serializer == nil {
		set.Serializer = JSON
	}
	if set.Now == nil {
		set.Now = time.Now
	}
	return set
}
