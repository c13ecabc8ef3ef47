package signing

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/djsession/djsession-go/internal/pybase64"
	"github.com/djsession/djsession-go/internal/pyzlib"
)

// A Payload is what a serializer made, as it was found in a signed text.
type Payload struct {
	Text       string
	SignedAt   time.Time // whole seconds; zero if there is no timestamp
	Algorithm  Algorithm
	Key        int // which secret key signed it: 0 the current one, n the nth of the fallbacks
	Compressed bool
}

// SignPayload returns the signed text of what a serializer made.
// Options.Compress decides whether packing it is tried.
// Django: django.core.signing.TimestampSigner.sign_object.
func (s *TimestampSigner) SignPayload(payload []byte) (string, error) {
	return s.core.signPayload(payload, true)
}

// UnsignPayload verifies a signed text and returns what the serializer made.
// Errors are those of [TimestampSigner.Unsign], and [ErrTooLarge].
// Django: django.core.signing.TimestampSigner.unsign_object.
func (s *TimestampSigner) UnsignPayload(signed string) (Payload, error) {
	return s.core.unsignPayload(signed, true)
}

// SignPayload is [TimestampSigner.SignPayload] without a timestamp.
// Django: django.core.signing.Signer.sign_object.
func (s *Signer) SignPayload(payload []byte) (string, error) {
	return s.core.signPayload(payload, false)
}

// UnsignPayload is [TimestampSigner.UnsignPayload] without a timestamp. Errors
// are those of [Signer.Unsign], [ErrMalformed] and [ErrTooLarge].
// Django: django.core.signing.Signer.unsign_object.
func (s *Signer) UnsignPayload(signed string) (Payload, error) {
	return s.core.unsignPayload(signed, false)
}

func (s *signer) signPayload(payload []byte, timed bool) (string, error) {
	if s.err != nil {
		return "", s.err
	}
	b := getBuffersFor(len(payload))
	defer b.put()
	body, mark := payload, ""
	if s.Compress {
		if b.large {
			b.packed = slices.Grow(b.packed[:0], len(payload))
		}
		b.packed = pyzlib.Compress(b.packed[:0], payload)
		if len(b.packed) < len(payload)-1 {
			body, mark = b.packed, "."
		}
	}
	if b.large {
		b.text = slices.Grow(b.text[:0], urlEncoding.EncodedLen(len(body))+maxMarks)
	}
	b.text = urlEncoding.AppendEncode(append(b.text[:0], mark...), body)
	if timed {
		b.text = s.stamp(b.text)
	}
	b.text = s.sign(b.text)
	return string(b.text), nil
}

// maxMarks is room for what surrounds a value: a dot, a time and a signature.
const maxMarks = 256

func (s *signer) unsignPayload(signed string, timed bool) (Payload, error) {
	b := getBuffersFor(len(signed))
	defer b.put()
	b.text = append(b.text[:0], signed...)
	v, err := s.unsign(b.text)
	var signedAt time.Time
	if err == nil && timed {
		v, signedAt, err = s.unstamp(b.text, v)
	}
	if err != nil {
		return Payload{}, err
	}
	text, compressed, err := b.unpack(v.size, s.MaxSize)
	if err != nil {
		return Payload{}, err
	}
	return Payload{Text: text, SignedAt: signedAt, Algorithm: v.algorithm, Key: v.key, Compressed: compressed}, nil
}

// InsecurePayload returns the payload of a signed text without verifying the
// signature. It is for tools that show texts that cannot be verified, and
// bounded like [TimestampSigner.UnsignPayload]; no more than maxSize bytes are
// unpacked.
func InsecurePayload(signed string, maxSize int) (Payload, error) {
	b := getBuffersFor(len(signed))
	defer b.put()
	b.text = append(b.text[:0], signed...)
	i := lastIndex(b.text, ":")
	if i < 0 {
		return Payload{}, fmt.Errorf("%w: there is no signature", ErrMalformed)
	}
	p := Payload{Algorithm: algorithmOf(len(signed) - i - 1)}
	size, signedAt, err := splitTime(b.text[:i], ":")
	if err != nil {
		return Payload{}, err
	}
	p.SignedAt = signedAt
	p.Text, p.Compressed, err = b.unpack(size, maxSize)
	return p, err
}

// unpack undoes base64 and compression of the body of a signed text, which
// b.text begins with.
func (b *buffers) unpack(size, maxSize int) (text string, compressed bool, err error) {
	body, compressed := bytes.CutPrefix(b.text[:size], []byte("."))
	if !compressed && urlEncoding.DecodedLen(len(body))-2 > maxSize {
		return "", false, ErrTooLarge
	}
	decoded, ok := pybase64.DecodeUnpadded(b.packed[:0], body)
	if !ok {
		return "", compressed, fmt.Errorf("%w: it is not base64", ErrMalformed)
	}
	b.packed = decoded
	if compressed {
		unpacked, err := pyzlib.Decompress(b.text[:0], decoded, maxSize)
		switch {
		case errors.Is(err, pyzlib.ErrTooLarge):
			return "", true, ErrTooLarge
		case err != nil:
			return "", true, ErrMalformed
		}
		b.text = unpacked
		return string(b.text), true, nil
	}
	if len(decoded) > maxSize {
		return "", false, ErrTooLarge
	}
	return string(decoded), false, nil
}
