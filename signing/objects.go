package signing

import (
	"fmt"

	"github.com/djsession/djsession-go/pyjson"
)

// A Serializer is the form of signed objects. It must be safe for concurrent
// use.
type Serializer interface {
	Dumps(v any) ([]byte, error)
	Loads(payload []byte) (any, error)
}

// JSON is Django's default serializer, byte for byte. It reads the types that
// [pyjson.Unmarshal] stores in an any.
// Django: django.core.signing.JSONSerializer.
var JSON Serializer = jsonSerializer{}

type jsonSerializer struct{}

func (jsonSerializer) Dumps(v any) ([]byte, error) { return pyjson.Append(nil, v) }

func (jsonSerializer) Loads(payload []byte) (v any, err error) {
	err = pyjson.Unmarshal(string(payload), &v)
	return v, err
}

// Dumps returns an object as signed text, safe in URLs and cookies.
// Django: django.core.signing.dumps.
func Dumps(v any, key string, opts *Options) (string, error) {
	return objectSigner(key, opts).SignObject(v)
}

// Loads verifies what [Dumps] made, here or in Django, and returns the object.
// Errors are those of [TimestampSigner.UnsignPayload].
// Django: django.core.signing.loads.
func Loads(signed, key string, opts *Options) (any, error) {
	return objectSigner(key, opts).UnsignObject(signed)
}

// SignObject returns an object as signed text, in the form that
// Options.Serializer writes. Options.Compress decides whether packing it is
// tried.
// Django: django.core.signing.TimestampSigner.sign_object.
func (s *TimestampSigner) SignObject(v any) (string, error) { return s.core.signObject(v, true) }

// UnsignObject verifies what [TimestampSigner.SignObject] made and returns the
// object. Errors are those of [TimestampSigner.UnsignPayload].
// Django: django.core.signing.TimestampSigner.unsign_object.
func (s *TimestampSigner) UnsignObject(signed string) (any, error) {
	return s.core.unsignObject(signed, true)
}

// SignObject is [TimestampSigner.SignObject] without a timestamp.
// Django: django.core.signing.Signer.sign_object.
func (s *Signer) SignObject(v any) (string, error) { return s.core.signObject(v, false) }

// UnsignObject verifies what [Signer.SignObject] made and returns the object.
// Errors are those of [Signer.UnsignPayload].
// Django: django.core.signing.Signer.unsign_object.
func (s *Signer) UnsignObject(signed string) (any, error) { return s.core.unsignObject(signed, false) }

func (s *signer) signObject(v any, timed bool) (string, error) {
	payload, err := s.Serializer.Dumps(v)
	if err != nil {
		return "", err
	}
	return s.signPayload(payload, timed)
}

func (s *signer) unsignObject(signed string, timed bool) (any, error) {
	p, err := s.unsignPayload(signed, timed)
	if err != nil {
		return nil, err
	}
	v, err := s.Serializer.Loads([]byte(p.Text))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return v, nil
}

func objectSigner(key string, opts *Options) *TimestampSigner {
	return &TimestampSigner{newSigner(key, opts.orDefault("django.core.signing"))}
}
