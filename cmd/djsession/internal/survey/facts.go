package survey

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
	"github.com/djsession/djsession-go/signing"
)

// Names under which django.contrib.auth keeps a login.
const (
	UserName    = "_auth_user_id"
	BackendName = "_auth_user_backend"
	HashName    = "_auth_user_hash"
)

// User returns the id of the user who is logged in. Django up to 1.7 stored it
// as it is, later ones as text.
func (s *Session) User() (id string, ok bool) {
	if id, ok := s.Data.Text(UserName); ok {
		return id, true
	}
	if !s.Data.Has(UserName) {
		return "", false
	}
	switch v, _, _ := s.Data.Get(UserName); v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10), true
	case nil:
		return "", false
	case bool, float64:
		text, err := pyjson.Append(nil, v)
		return string(text), err == nil
	case *big.Int:
		if v.BitLen() <= maxIDBits {
			return v.String(), true
		}
	}
	return notAnID, true
}

// notAnID stands for a value that no user's id is, and that may be of any size.
const notAnID = "..."

// maxIDBits is more than any database has for an integer. The digits of a large
// number take long.
const maxIDBits = 256

// A Reason is why a session cannot be read.
type Reason string

// The reasons.
const (
	AnotherKey  Reason = "another key" // whole, but no known key signed it
	Damaged     Reason = "damaged"     // not whole, or never a session
	Undecodable Reason = "undecodable" // signed well, but not what its serializer writes
	Unsupported Reason = "unsupported serializer"
	TooLarge    Reason = "too large"
)

// Reasons are all of them, in the order to show them.
var Reasons = []Reason{AnotherKey, Damaged, Undecodable, Unsupported, TooLarge}

// Reason returns why the session cannot be read, or nothing.
func (s *Session) Reason() Reason {
	switch {
	case s.Err == nil:
		return ""
	case errors.Is(s.Err, ErrAnotherKey):
		return AnotherKey
	case errors.Is(s.Err, signing.ErrTooLarge):
		return TooLarge
	case errors.Is(s.Err, djsession.ErrUnsupportedSerializer):
		return Unsupported
	case errors.Is(s.Err, djsession.ErrUndecodable):
		return Undecodable
	}
	return Damaged
}

// KeyTitle names the nth of a site's secret keys.
func KeyTitle(n int) string {
	if n == 0 {
		return "SECRET_KEY"
	}
	return fmt.Sprintf("fallback %d", n)
}

// A Reader is a Django with one of its serializers.
type Reader struct {
	Django     string // "5.0 - 6.1"
	Serializer string // "json" or "pickle"
	reads      func(enc *djsession.Encoding) bool
}

// Readers are the Djangos that differ in what they can read, the newest first.
// See [Reader.Reads].
var Readers = []Reader{
	{"5.0 - 6.1", "json", modern(true)},
	{"4.1 - 4.2", "json", modern(true)},
	{"4.1 - 4.2", "pickle", modern(true)},
	{"4.0", "json", modern(false)},
	{"4.0", "pickle", modern(false)},
	{"3.1 - 3.2", "json", currentKey},
	{"3.1 - 3.2", "pickle", currentKey},
	{"1.6 - 3.0", "json", legacy},
	{"1.4 - 3.0", "pickle", legacy},
}

// modern is Django 4.0 and later: SHA-256 in the modern layout only, and
// SECRET_KEY_FALLBACKS since 4.1.
func modern(fallbacks bool) func(*djsession.Encoding) bool {
	return func(enc *djsession.Encoding) bool {
		return enc.Layout == djsession.LayoutModern && enc.Algorithm == signing.SHA256 && (fallbacks || enc.Key == 0)
	}
}

// currentKey is Django 3.1 and 3.2, which take everything that the current key
// signed.
func currentKey(enc *djsession.Encoding) bool { return enc.Key == 0 }

// legacy is Django up to 3.0.
func legacy(enc *djsession.Encoding) bool {
	return enc.Layout == djsession.LayoutLegacy && enc.Key == 0
}

// Reads reports whether that Django, under the same secret keys, can read a
// session.
func (r *Reader) Reads(s *Session) bool {
	return s.Err == nil && s.Encoding.Serializer == r.Serializer && r.reads(&s.Encoding)
}
