package signing

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"sync"
)

// Algorithm is the hash of a signature.
type Algorithm uint8

const (
	// SHA256 is what Django 3.1 and later sign with.
	SHA256 Algorithm = iota
	// SHA1 is what Django up to 3.0 signs with, and 3.1 and 3.2 with
	// DEFAULT_HASHING_ALGORITHM = "sha1".
	SHA1
	// SHA384 and SHA512 are for signers that name them, as
	// Signer(algorithm=...) does since Django 3.1.
	SHA384
	SHA512
)

// maxSum is the length of the longest digest.
const maxSum = sha512.Size

func (a Algorithm) String() string {
	switch a {
	case SHA1:
		return "sha1"
	case SHA384:
		return "sha384"
	case SHA512:
		return "sha512"
	}
	return "sha256"
}

func (a Algorithm) new() hash.Hash {
	switch a {
	case SHA1:
		return sha1.New()
	case SHA384:
		return sha512.New384()
	case SHA512:
		return sha512.New()
	}
	return sha256.New()
}

// algorithmOf tells the algorithm by the length of a signature in base64.
func algorithmOf(signatureLength int) Algorithm {
	switch {
	case signatureLength < 43:
		return SHA1
	case signatureLength < 64:
		return SHA256
	case signatureLength < maxSignature:
		return SHA384
	}
	return SHA512
}

// SaltedHMAC returns the raw HMAC of a value under the hash of salt and secret.
// To compute many under one key, make a [MAC].
// Django: django.utils.crypto.salted_hmac.
func SaltedHMAC(keySalt, value, secret string, alg Algorithm) []byte {
	return NewMAC(keySalt, secret, alg).Append(nil, value)
}

// A MAC computes [SaltedHMAC] under one key, which is derived once. It is safe
// for concurrent use.
type MAC struct {
	key    []byte
	alg    Algorithm
	states sync.Pool // of *macState
}

// macState is a keyed hash, which costs less to reset than to make.
type macState struct {
	hash hash.Hash
	sum  [maxSum]byte // here because what goes through an interface goes to the heap
}

// NewMAC derives the key: the digest of salt and secret, however short they
// are.
func NewMAC(keySalt, secret string, alg Algorithm) *MAC {
	h := alg.new()
	h.Write([]byte(keySalt))
	h.Write([]byte(secret))
	return &MAC{key: h.Sum(nil), alg: alg}
}

// Append appends the HMAC of msg to dst.
func (m *MAC) Append(dst []byte, msg string) []byte {
	b := getBuffers()
	defer b.put()
	b.text = append(b.text[:0], msg...)
	return m.AppendBytes(dst, b.text)
}

// AppendBytes is [MAC.Append] of bytes.
func (m *MAC) AppendBytes(dst, msg []byte) []byte {
	s, _ := m.states.Get().(*macState)
	if s == nil {
		s = &macState{hash: hmac.New(m.alg.new, m.key)}
	} else {
		s.hash.Reset()
	}
	s.hash.Write(msg)
	dst = append(dst, s.hash.Sum(s.sum[:0])...)
	m.states.Put(s)
	return dst
}
