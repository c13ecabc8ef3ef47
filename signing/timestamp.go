package signing

import (
	"fmt"
	"time"
)

// A TimestampSigner signs text together with the time. It is safe for
// concurrent use; keys are derived once.
// Django: django.core.signing.TimestampSigner.
type TimestampSigner struct {
	core signer
}

// NewTimestampSigner returns a signer like [NewSigner].
func NewTimestampSigner(key string, opts *Options) *TimestampSigner {
	return &TimestampSigner{newSigner(key, opts.orDefault("django.core.signing.TimestampSigner"))}
}

// Sign returns value with the time, in whole seconds, and the signature of
// both.
func (s *TimestampSigner) Sign(value string) (string, error) {
	if s.core.err != nil {
		return "", s.core.err
	}
	return string(s.sign([]byte(value))), nil
}

func (s *TimestampSigner) sign(value []byte) []byte {
	value = append(value, s.core.Sep...)
	value = appendBase62(value, s.core.Now().Unix())
	return s.core.sign(value)
}

// Unsign returns the value of a signed text and when it was signed, or
// [ErrBadSignature], [ErrSignatureExpired] if Options.MaxAge is set, or
// [ErrMalformed] if there is no time in it.
func (s *TimestampSigner) Unsign(signed string) (value string, signedAt time.Time, err error) {
	b := getBuffers()
	defer b.put()
	b.text = append(b.text[:0], signed...)
	v, signedAt, err := s.unsign(b.text)
	return signed[:v.size], signedAt, err
}

func (s *TimestampSigner) unsign(signed []byte) (verified, time.Time, error) {
	v, err := s.core.unsign(signed)
	if err != nil {
		return verified{}, time.Time{}, err
	}
	size, signedAt, err := splitTime(signed[:v.size], s.core.Sep)
	if err != nil {
		return verified{}, time.Time{}, err
	}
	if s.core.MaxAge != 0 && s.core.Now().Sub(signedAt) > s.core.MaxAge {
		return verified{}, time.Time{}, ErrSignatureExpired
	}
	v.size = size
	return v, signedAt, nil
}

// splitTime returns how long the value before the timestamp is, and the time.
func splitTime(value []byte, sep string) (int, time.Time, error) {
	i := lastIndex(value, sep)
	if i < 0 {
		return 0, time.Time{}, fmt.Errorf("%w: there is no timestamp", ErrMalformed)
	}
	seconds, ok := parseBase62(value[i+len(sep):])
	if !ok {
		return 0, time.Time{}, fmt.Errorf("%w: its timestamp is not base62", ErrMalformed)
	}
	return i, time.Unix(seconds, 0), nil
}
