// Package cookiestore keeps sessions where Django's signed_cookies backend
// keeps them: in the cookie itself. Its value is the session, signed: the
// browser can read it but not change it. The server keeps nothing.
//
//	store := cookiestore.New(os.Getenv("DJANGO_SECRET_KEY"), nil)
//	m := djsession.NewManager(store, nil)
//
// So no logout is final: a copy of the cookie is a valid session until it is
// older than SESSION_COOKIE_AGE. That age counts from the last save. set_expiry
// does not change it; it only tells the browser.
//
// A session must fit into a cookie, some 4000 bytes. One that does not is a
// [TooLargeError] before anything of the response is sent; Django sends it, and
// the browser drops it silently.
//
// Django: django.contrib.sessions.backends.signed_cookies.
package cookiestore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// DefaultMaxSize is what browsers keep of a cookie's name and value together,
// in bytes (RFC 6265bis).
const DefaultMaxSize = 4096

// salt is the same for every site, whatever its SessionStore class is called.
const salt = "django.contrib.sessions.backends.signed_cookies"

// Options is how a site signs its sessions. Nil and the zero value are Django's
// defaults.
type Options struct {
	// Fallbacks are older secret keys that are still good for reading.
	// Django: SECRET_KEY_FALLBACKS.
	Fallbacks []string

	// Serializer writes sessions, and reads them; AlsoRead are further ones for
	// reading. Default: [djsession.JSON].
	// Django: SESSION_SERIALIZER.
	Serializer djsession.Serializer
	AlsoRead   []djsession.Serializer

	// Algorithm signs. Default: SHA-256. Choose signing.SHA1 while a Django up
	// to 3.0 shares the cookies, or a 3.1 or 3.2 with DEFAULT_HASHING_ALGORITHM
	// = "sha1".
	Algorithm signing.Algorithm

	// AcceptSHA1 accepts signatures by SHA-1 in addition to those by Algorithm,
	// as Django 3.1 and 3.2 do.
	AcceptSHA1 bool

	// CookieAge is how long after its last save a session is good. Default:
	// [djsession.DefaultAge].
	// Django: SESSION_COOKIE_AGE.
	CookieAge time.Duration

	// CookieName is the cookie's name, which counts for MaxSize. Default:
	// "sessionid".
	// Django: SESSION_COOKIE_NAME.
	CookieName string

	// MaxSize bounds the cookie's name and value together when a session is
	// saved, in bytes. Default: [DefaultMaxSize].
	MaxSize int

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// A Store turns sessions into cookies and back. It is safe for concurrent use.
type Store struct {
	codec   *djsession.Codec
	age     time.Duration
	name    string
	maxSize int
	now     func() time.Time
}

var (
	_ djsession.Store     = (*Store)(nil)
	_ djsession.Stateless = (*Store)(nil)
	_ djsession.Sharer    = (*Store)(nil)
)

// New returns a store for a site's SECRET_KEY. An empty key makes every call
// fail with signing.ErrNoKey.
func New(secretKey string, opts *Options) *Store {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.CookieAge == 0 {
		o.CookieAge = djsession.DefaultAge
	}
	if o.CookieName == "" {
		o.CookieName = "sessionid"
	}
	if o.MaxSize == 0 {
		o.MaxSize = DefaultMaxSize
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{
		codec: djsession.NewCodec(secretKey, &djsession.CodecOptions{
			Salt:         salt,
			Fallbacks:    o.Fallbacks,
			Serializer:   o.Serializer,
			AlsoRead:     o.AlsoRead,
			Algorithm:    o.Algorithm,
			AcceptSHA1:   o.AcceptSHA1,
			RejectLegacy: true,
			Now:          o.Now,
		}),
		age:     o.CookieAge,
		name:    o.CookieName,
		maxSize: o.MaxSize,
		now:     o.Now,
	}
}

// Stateless implements [djsession.Stateless].
func (*Store) Stateless() bool { return true }

// Shared implements [djsession.Sharer].
func (s *Store) Shared() []djsession.Shared {
	return []djsession.Shared{{
		Part: "cookiestore.Options", CookieAge: s.age, CookieName: s.name, Keys: s.codec.Keys(),
	}}
}

// Load implements [djsession.Store]. The error for a cookie that fails
// verification matches djsession.ErrNotFound, and by its cause
// signing.ErrBadSignature and the others of a [djsession.CorruptError].
func (s *Store) Load(_ context.Context, key string) (*djsession.Record, error) {
	data, encoding, err := s.codec.Inspect(key)
	if errors.Is(err, djsession.ErrCorrupt) {
		err = fmt.Errorf("%w: %w", djsession.ErrNotFound, err)
	}
	if err != nil {
		return nil, err
	}
	if s.now().Sub(encoding.SignedAt) > s.age {
		return nil, fmt.Errorf("%w: %w", djsession.ErrNotFound, signing.ErrSignatureExpired)
	}
	return &djsession.Record{Key: key, Data: data, Expires: encoding.SignedAt.Add(s.age), Encoding: encoding}, nil
}

// Create implements [djsession.Store]. It sets rec.Key, or returns a
// *[TooLargeError].
func (s *Store) Create(_ context.Context, rec *djsession.Record) error {
	text, err := s.codec.Encode(rec.Data)
	if err != nil {
		return err
	}
	if size := len(s.name) + len(text); size > s.maxSize {
		return &TooLargeError{Size: size, Limit: s.maxSize}
	}
	rec.Key = text
	return nil
}

// Update implements [djsession.Store] as [Store.Create] does.
func (s *Store) Update(ctx context.Context, rec *djsession.Record) error { return s.Create(ctx, rec) }

// Delete implements [djsession.Store]. There is nothing to delete but the
// cookie, which the manager sees to.
func (*Store) Delete(context.Context, string) error { return nil }

// A TooLargeError says that a session does not fit into a cookie, so it was not
// saved.
type TooLargeError struct {
	Size, Limit int // of the cookie's name and value, in bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("djsession: the session makes a cookie of %d bytes, and browsers drop what is over %d: keep less in it, or use another store", e.Size, e.Limit)
}
