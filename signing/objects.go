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
	s := objectSigner(key, opts)
	payload, err := s.core.Serializer.Dumps(v)
	if err != nil {
		return "", err
	}
	return s.SignPayload(payload)
}

// Loads verifies what [Dumps] made, here or in Django, and returns the object.
// Errors are those of [TimestampSigner.UnsignPayload].
// Django: django.core.signing.loads.
func Loads(signed, key string, opts *Options) (any, error) {
	s := objectSigner(key, opts)
	p, err := s.UnsignPayload(signed)
	if err != nil {
		return nil, err
	}
	v, err := s.core.Serializer.Loads([]byte(p.Text))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return v, nil
}

func objectSigner(key string, opts *Options) *TimestampSigner {
	return &TimestampSigner{newSigner(key, opts.orDefault("django.core.signing"))}
}
