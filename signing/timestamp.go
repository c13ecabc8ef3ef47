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
	return string(s.core.sign(s.core.stamp([]byte(value)))), nil
}

// stamp appends the separator and the time.
func (s *signer) stamp(value []byte) []byte {
	return appendBase62(append(value, s.Sep...), s.Now().Unix())
}

// Unsign returns the value of a signed text and when it was signed, or
// [ErrBadSignature], [ErrSignatureExpired] if Options.MaxAge is set, or
// [ErrMalformed] if there is no time in it.
func (s *TimestampSigner) Unsign(signed string) (value string, signedAt time.Time, err error) {
	b := getBuffers()
	defer b.put()
	b.text = append(b.text[:0], signed...)
	v, err := s.core.unsign(b.text)
	if err == nil {
		v, signedAt, err = s.core.unstamp(b.text, v)
	}
	return signed[:v.size], signedAt, err
}

// unstamp takes the time off a verified value, and checks its age.
func (s *signer) unstamp(signed []byte, v verified) (verified, time.Time, error) {
	size, signedAt, err := splitTime(signed[:v.size], s.Sep)
	if err != nil {
		return verified{}, time.Time{}, err
	}
	if s.expired(signedAt) {
		return verified{}, time.Time{}, ErrSignatureExpired
	}
	v.size = size
	return v, signedAt, nil
}

func (s *signer) expired(signedAt time.Time) bool {
	age := s.Now().Sub(signedAt)
	switch s.MaxAge {
	case 0:
		return false
	case ZeroMaxAge:
		return age > 0
	}
	return age > s.MaxAge
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
