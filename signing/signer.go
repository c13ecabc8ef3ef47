package signing

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

var urlEncoding = base64.RawURLEncoding

// A Signer signs text. It is safe for concurrent use; keys are derived once.
// Django: django.core.signing.Signer.
type Signer struct {
	core signer
}

// NewSigner returns a signer with a site's SECRET_KEY. An empty key or an
// unsafe separator makes every call fail with [ErrNoKey] or [ErrBadSeparator].
func NewSigner(key string, opts *Options) *Signer {
	return &Signer{newSigner(key, opts.orDefault("django.core.signing.Signer"))}
}

// Sign returns value with its signature.
func (s *Signer) Sign(value string) (string, error) {
	if s.core.err != nil {
		return "", s.core.err
	}
	return string(s.core.sign([]byte(value))), nil
}

// Unsign returns the value of a signed text, or [ErrBadSignature].
func (s *Signer) Unsign(signed string) (string, error) {
	b := getBuffers()
	defer b.put()
	b.text = append(b.text[:0], signed...)
	v, err := s.core.unsign(b.text)
	return signed[:v.size], err
}

// signer is what all signers share.
type signer struct {
	Options
	keys []keyMACs // the current key, then the fallbacks
	err  error     // why nothing can be signed
}

// keyMACs is what one secret key makes of a salt.
type keyMACs struct {
	mac  *MAC
	sha1 *MAC // nil unless SHA-1 is accepted too
}

func newSigner(key string, o Options) signer {
	s := signer{Options: o}
	switch {
	case key == "":
		s.err = ErrNoKey
	case !safeSeparator(o.Sep):
		s.err = ErrBadSeparator
	}
	for _, k := range append([]string{key}, o.Fallbacks...) {
		if k == "" {
			k = key // as Django: an empty fallback is the key itself
		}
		macs := keyMACs{mac: NewMAC(o.Salt+"signer", k, o.Algorithm)}
		if o.AcceptSHA1 && o.Algorithm != SHA1 {
			macs.sha1 = NewMAC(o.Salt+"signer", k, SHA1)
		}
		s.keys = append(s.keys, macs)
	}
	s.Fallbacks = nil // secrets are kept no longer than they are needed
	return s
}

// safeSeparator refuses what Django 1.10 and later refuse: ^[A-z0-9-_=]*$, in
// which $ also takes a newline at the end.
func safeSeparator(sep string) bool {
	for _, c := range strings.TrimSuffix(sep, "\n") {
		if !('A' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '=') {
			return true
		}
	}
	return false
}

// sign appends separator and signature to value.
func (s *signer) sign(value []byte) []byte {
	var sum [maxSum]byte
	signature := s.keys[0].mac.AppendBytes(sum[:0], value)
	return urlEncoding.AppendEncode(append(value, s.Sep...), signature)
}

// maxSignature is the length of the longest signature in base64.
const maxSignature = (maxSum*8 + 5) / 6

// verified is a value whose signature is good.
type verified struct {
	size      int // of the value, with which the signed text begins
	key       int // which one signed it
	algorithm Algorithm
}

func (s *signer) unsign(signed []byte) (verified, error) {
	if s.err != nil {
		return verified{}, s.err
	}
	i := lastIndex(signed, s.Sep)
	if i < 0 {
		return verified{}, ErrBadSignature
	}
	value, signature := signed[:i], signed[i+len(s.Sep):]
	for k := range s.keys {
		if matches(s.keys[k].mac, value, signature) {
			return verified{i, k, s.Algorithm}, nil
		}
		if m := s.keys[k].sha1; m != nil && matches(m, value, signature) {
			return verified{i, k, SHA1}, nil
		}
	}
	return verified{}, ErrBadSignature
}

func lastIndex(b []byte, sep string) int {
	if len(sep) == 1 {
		return bytes.LastIndexByte(b, sep[0])
	}
	return bytes.LastIndex(b, []byte(sep))
}

func matches(mac *MAC, value, signature []byte) bool {
	var sum [maxSum]byte
	var want [maxSignature]byte
	expected := urlEncoding.AppendEncode(want[:0], mac.AppendBytes(sum[:0], value))
	return subtle.ConstantTimeCompare(expected, signature) == 1
}
