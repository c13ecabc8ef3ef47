package signing

import (
	"errors"
	"strconv"
	"time"
	"unicode/utf8"
)

// CookieSalt is how a signed cookie's salt is made of its name and salt.
type CookieSalt uint8

const (
	// CookieSaltV2 signs as Django 5.2.15, 6.0.6 and later, and takes nothing
	// else.
	CookieSaltV2 CookieSalt = iota
	// CookieSaltBoth signs like CookieSaltV2, and takes the older form too.
	// Django: SIGNED_COOKIE_LEGACY_SALT_FALLBACK = True, which is the default
	// before 6.1.
	CookieSaltBoth
	// CookieSaltV1 signs as earlier Djangos, 4.2 for example, which read
	// nothing else, and takes both forms. In it the cookie "cook" with the salt
	// "ie" is the cookie "cookie" without one (CVE-2026-6873).
	CookieSaltV1
)

// A CookieSigner signs the values of one cookie as set_signed_cookie does, and
// verifies those that it set. It is safe for concurrent use; keys are derived
// once.
//
// Signed text holds the value as it is, so that it may need the quotes of a
// cookie. Those that Django sets are not always read by
// [net/http.Request.Cookie]: see SiteCookie in package djsession.
// Django: django.core.signing.get_cookie_signer.
type CookieSigner struct {
	write *TimestampSigner
	read  []*TimestampSigner // the first that verifies counts
}

// cookieKey begins the secret key of all that Django signs for cookies.
const cookieKey = "django.http.cookies"

// NewCookieSigner returns the signer of the cookie with this name, for a site
// with this SECRET_KEY. Options.Salt is the argument salt of set_signed_cookie;
// by default there is none. Errors are those of [NewTimestampSigner].
func NewCookieSigner(key, name string, form CookieSalt, opts *Options) *CookieSigner {
	o := opts.orDefault("")
	salt := o.Salt
	o.Salt = cookieKey + ".v2:" + strconv.Itoa(utf8.RuneCountInString(salt)) + ":" + salt + name
	v2 := newCookieSigner(key, &o)
	o.Salt = name + salt
	v1 := newCookieSigner(key, &o)
	switch form {
	case CookieSaltV1:
		return &CookieSigner{v1, []*TimestampSigner{v2, v1}}
	case CookieSaltBoth:
		return &CookieSigner{v2, []*TimestampSigner{v2, v1}}
	}
	return &CookieSigner{v2, []*TimestampSigner{v2}}
}

// newCookieSigner returns the signer of get_cookie_signer(salt).
func newCookieSigner(key string, opts *Options) *TimestampSigner {
	key, o := CookieKey(key, opts)
	return NewTimestampSigner(key, o)
}

// CookieKey returns the key and options with which Django signs what it keeps
// in cookies, such as messages: "django.http.cookies" before the secret key and
// each fallback. Empty keys stay empty. This is a low-level function that most
// users won't need: see [NewCookieSigner].
// Django: django.core.signing.get_cookie_signer.
func CookieKey(key string, opts *Options) (string, *Options) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if key != "" {
		key = cookieKey + key
	}
	fallbacks := o.Fallbacks
	o.Fallbacks = nil
	for _, fallback := range fallbacks {
		if fallback != "" { // the key of an empty one is known to all
			o.Fallbacks = append(o.Fallbacks, cookieKey+fallback)
		}
	}
	return key, &o
}

// Sign returns value with the time and the signature of both.
// Django: HttpResponse.set_signed_cookie.
func (s *CookieSigner) Sign(value string) (string, error) { return s.write.Sign(value) }

// Unsign returns the value of a signed cookie and when it was signed. Errors
// are those of [TimestampSigner.Unsign].
// Django: HttpRequest.get_signed_cookie.
func (s *CookieSigner) Unsign(signed string) (value string, signedAt time.Time, err error) {
	for _, form := range s.read {
		value, signedAt, err = form.Unsign(signed)
		if !errors.Is(err, ErrBadSignature) || errors.Is(err, ErrSignatureExpired) {
			break // the other form does not make it younger
		}
	}
	return value, signedAt, err
}
