package signing

import (
	"fmt"
	"strings"
	"time"
)

// A TimestampSigner signs text together with the time. It is safe for concurrent use; keys are derived once.
// Django: django.core.signing.TimestampSigner.
type TimestampSigner struct {
	core signer
}

// NewTimestampSigner returns a signer like [NewSigner].
func NewTimestampSigner(key string, opts *Options) *TimestampSigner {
	return &TimestampSigner{newSigner(key, opts.orDefault("django.core.signing.TimestampSigner"))}
}

// Sign returns value with the time, in whole seconds, and the signature of both.
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

// Unsign returns the value of a signed text and when it was signed, or [ErrBadSignature], [ErrSignatureExpired] if Options.MaxAge is set,
// or [ErrMalformed] if there is no time in it.
func (s *TimestampSigner) Unsign(signed string) (value string, signedAt time.Time, err error) {
	v, signedAt, err := s.unsign(signed)
	return v.value, signedAt, err
}

func (s *TimestampSigner) unsign(signed string) (verified, time.Time, error) {
	v, err := s.core.unsign(signed)
	if err != nil {
		return verified{}, time.Time{}, err
	}
	value, signedAt, err := splitTime(v.value, s.core.Sep)
	if err != nil {
		return verified{}, time.Time{}, err
	}
	if s.core.MaxAge > 0 && s.core.Now().Sub(signedAt) > s.core.MaxAge {
		return verified{}, time.Time{}, ErrSignatureExpired
	}
	v.value = value
	return v, signedAt, nil
}

func splitTime(value, sep string) (string, time.Time, error) {
	i := strings.LastIndex(value, sep)
	if i < 0 {
		return "", time.Time{}, fmt.Errorf("%w: there is no timestamp", ErrMalformed)
	}
	seconds, ok := parseBase62(value[i+len(sep):])
	if !ok {
		return "", time.Time{}, fmt.Errorf("%w: its timestamp is not base62", ErrMalformed)
	}
	return value[:i], time.Unix(seconds, 0), nil
}
