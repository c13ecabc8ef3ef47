package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// name is what a session is called: @ and its fingerprint, or its key if that
// is to be revealed.
func (a *app) name(key string) string {
	if a.reveal {
		return key
	}
	return "@" + djsession.Fingerprint(key)
}

// at is a time for people: on their clock, and from now.
func (a *app) at(t time.Time) string { return human.Time(t, a.now()) }

// relative is a time as people say it, from now.
func (a *app) relative(t time.Time) string { return human.Relative(t, a.now()) }

// encodedBriefly says in a word or three how a session was encoded.
func encodedBriefly(found *session) string {
	e := found.Encoding
	if found.Unsigned {
		return e.Serializer + ", cached"
	}
	text := e.Layout.String() + " " + e.Serializer
	switch {
	case !e.Verified:
		text += ", not verified"
	case e.Key > 0:
		text += fmt.Sprintf(", fallback key %d", e.Key)
	}
	return text
}

// encoded says how a session was encoded.
func (a *app) encoded(found *session) string {
	e := found.Encoding
	if found.Unsigned {
		return fmt.Sprintf("in a cache, not signed, %s, %s", e.Serializer, human.Bytes(e.Size))
	}
	text := fmt.Sprintf("%s layout, %s, %s", e.Layout, e.Serializer, human.Bytes(e.Size))
	if e.Compressed {
		text += " compressed"
	}
	switch {
	case !e.Verified:
		text += ", NOT VERIFIED"
	case e.Key == 0:
		text += ", signed with the current key"
	default:
		text += fmt.Sprintf(", signed with fallback key %d", e.Key)
	}
	if e.Verified {
		text += " (" + e.Algorithm.String() + ")"
	}
	if !e.SignedAt.IsZero() {
		text += " " + a.relative(e.SignedAt)
	}
	return text
}

// problem is why a session cannot be read, in a few words that stay the same.
func problem(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, signing.ErrSignatureExpired):
		return "signature expired"
	case errors.Is(err, signing.ErrBadSignature):
		return "bad signature"
	case errors.Is(err, signing.ErrNoKey):
		return "no key"
	case errors.Is(err, signing.ErrTooLarge):
		return "too large"
	case errors.Is(err, djsession.ErrUnsupportedSerializer):
		return "unsupported serializer"
	}
	return "undecodable"
}

// encodingJSON is a part of the contract of --json.
type encodingJSON struct {
	Layout     string  `json:"layout"`
	Serializer string  `json:"serializer"`
	Algorithm  string  `json:"algorithm"`
	Key        *int    `json:"key"` // 0 the current one, n the nth fallback; null if not verified
	Compressed bool    `json:"compressed"`
	SignedAt   *string `json:"signed_at"` // null in the legacy layout
	Verified   bool    `json:"verified"`
}

func encodingOf(found *session) encodingJSON {
	e := found.Encoding
	if found.Unsigned {
		return encodingJSON{Layout: "none", Serializer: e.Serializer, Algorithm: "none"}
	}
	j := encodingJSON{
		Layout:     e.Layout.String(),
		Serializer: e.Serializer,
		Algorithm:  e.Algorithm.String(),
		Compressed: e.Compressed,
		Verified:   e.Verified,
	}
	if e.Verified {
		j.Key = &e.Key
	}
	if !e.SignedAt.IsZero() {
		j.SignedAt = utc(e.SignedAt)
	}
	return j
}

// utc is a time for programs.
func utc(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(time.RFC3339Nano)
	return &text
}

// orEmpty is what utc says, as a text.
func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// orNull is a text for programs, null if there is none.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
