package djsession

import (
	"errors"
	"fmt"
	"time"

	"github.com/djsession/djsession-go/signing"
)

// Layout is the way a payload and its signature are put together.
type Layout uint8

const (
	// LayoutModern is what Django 3.1 and later write: URL-safe base64,
	// compressed if that pays, with a timestamp.
	LayoutModern Layout = iota
	// LayoutLegacy is what Django up to 3.0 writes, and 3.1 and 3.2 with
	// DEFAULT_HASHING_ALGORITHM = "sha1".
	LayoutLegacy
)

func (l Layout) String() string {
	if l == LayoutLegacy {
		return "legacy"
	}
	return "modern"
}

// CodecOptions is how a site signs and serializes its sessions. Nil and the
// zero value are Django's defaults.
type CodecOptions struct {
	// Fallbacks are older secret keys that are still good for reading. Unlike
	// Django, the legacy layout takes them too.
	// Django: SECRET_KEY_FALLBACKS.
	Fallbacks []string

	// Serializer writes payloads, and reads them. Default: [JSON].
	// Django: SESSION_SERIALIZER.
	Serializer Serializer

	// AlsoRead are further serializers for reading, such as pickled.New(nil)
	// while a site moves to JSON: what they read is written with Serializer
	// when it is next saved.
	AlsoRead []Serializer

	// Layout is the one to write. Both are read. Choose [LayoutLegacy] while a
	// Django that cannot read [LayoutModern] shares the sessions: up to 3.0, or
	// 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM = "sha1".
	Layout Layout

	// RejectLegacy makes the legacy layout a bad signature, as it is to Django
	// 4.0 and later. Set it where no older Django shares the sessions, and
	// those that one wrote have expired: the legacy layout is signed with
	// SHA-1, and its signature has no time. Default: both layouts are read.
	RejectLegacy bool

	// Algorithm signs the modern layout. Default: SHA-256, as every Django does
	// for what it stores; signed cookies had SHA-1 before Django 3.1.
	Algorithm signing.Algorithm

	// AcceptSHA1 takes SHA-1 signatures in the modern layout, as Django 3.1 and
	// 3.2 do.
	AcceptSHA1 bool

	// StoreName is the __name__ of a custom SessionStore class, StoreQualname
	// its __qualname__ if that differs.
	// Default: "SessionStore", which all of Django's own are called.
	StoreName, StoreQualname string

	// Salt replaces the modern layout's salt, for a SessionStore that overrides
	// key_salt.
	// Default: "django.contrib.sessions." and the qualname.
	Salt string

	// MaxSize bounds a payload, in bytes, when it is read and when it is
	// written: a larger one is an [ErrTooLarge].
	// Default: 8 MiB.
	MaxSize int

	// Now is the clock for signatures. Default: time.Now.
	Now func() time.Time
}

// A Codec turns sessions into the text of a session_data column or a session
// file, and back. It is safe for concurrent use; keys are derived once.
// Django: django.contrib.sessions.backends.base.SessionBase.encode, decode.
type Codec struct {
	modern      *signing.TimestampSigner
	legacy      *legacyCodec
	serializers []Serializer // the first one writes
	layout      Layout
	noLegacy    bool
	keys        Keys
}

// NewCodec returns a codec for a site's SECRET_KEY. An empty key makes every
// call fail with signing.ErrNoKey.
func NewCodec(secretKey string, opts *CodecOptions) *Codec {
	if opts == nil {
		opts = new(CodecOptions)
	}
	name := opts.StoreName
	if name == "" {
		name = "SessionStore"
	}
	qualname := opts.StoreQualname
	if qualname == "" {
		qualname = name
	}
	salt := opts.Salt
	if salt == "" {
		salt = "django.contrib.sessions." + qualname
	}
	serializer := opts.Serializer
	if serializer == nil {
		serializer = JSON
	}
	return &Codec{
		modern: signing.NewTimestampSigner(secretKey, &signing.Options{
			Salt:       salt,
			Fallbacks:  opts.Fallbacks,
			Algorithm:  opts.Algorithm,
			AcceptSHA1: opts.AcceptSHA1,
			Compress:   true,
			MaxSize:    opts.MaxSize,
			Now:        opts.Now,
		}),
		legacy:      newLegacyCodec(name, secretKey, opts.Fallbacks, opts.MaxSize),
		serializers: append([]Serializer{serializer}, opts.AlsoRead...),
		layout:      opts.Layout,
		noLegacy:    opts.RejectLegacy,
		keys:        KeysOf(secretKey, opts.Fallbacks),
	}
}

// Encode returns the text of a session. It is an [ErrTooLarge] if Decode could
// not read it again.
// Django: SessionBase.encode.
func (c *Codec) Encode(d *Data) (string, error) {
	b := getBuffersFor(c.serializers[0], d)
	defer b.put()
	before := legacyPrefix[:]
	if c.layout == LayoutModern {
		before = nil
	}
	payload, err := c.serializers[0].Dumps(append(b.payload[:0], before...), d)
	if err != nil {
		return "", err
	}
	b.payload = payload
	if len(payload)-len(before) > c.legacy.maxSize {
		return "", ErrTooLarge
	}
	if c.layout == LayoutLegacy {
		return c.legacy.sign(b)
	}
	return c.modern.SignPayload(payload)
}

// Decode verifies and reads the text of a session. Errors are signing.ErrNoKey,
// [ErrTooLarge], and else a *[CorruptError].
// Django: SessionBase.decode.
func (c *Codec) Decode(text string) (*Data, error) {
	d, _, err := c.Inspect(text)
	return d, err
}

// Inspect is [Codec.Decode] that also says how the text was encoded; of a text
// that does not verify, it says nothing.
func (c *Codec) Inspect(text string) (*Data, Encoding, error) {
	payload, enc, err := c.unsign(text)
	if err != nil {
		return nil, enc, corrupt(err)
	}
	d, err := c.loads(payload, &enc)
	if err != nil {
		return nil, enc, corrupt(err)
	}
	return d, enc, nil
}

// InspectUnverified is [Codec.Inspect] for texts that cannot be verified, such
// as those of a lost key. The result may be forged: never trust it.
func (c *Codec) InspectUnverified(text string) (*Data, Encoding, error) {
	p, err := signing.InsecurePayload(text, c.legacy.maxSize)
	enc := encodingOf(&p)
	if err != nil && !errors.Is(err, signing.ErrTooLarge) {
		var legacyErr error
		if _, p.Text, legacyErr = splitLegacy(text, c.legacy.maxSize); legacyErr == nil {
			enc, err = Encoding{Layout: LayoutLegacy, Algorithm: signing.SHA1, Size: len(p.Text)}, nil
		}
	}
	if err != nil {
		return nil, enc, corrupt(err)
	}
	d, err := c.loads(p.Text, &enc)
	if err != nil {
		return nil, enc, corrupt(err)
	}
	return d, enc, nil
}

// unsign tries the modern layout and then the legacy one, as Django 3.1 and 3.2
// do. A text cannot be good in both.
func (c *Codec) unsign(text string) (string, Encoding, error) {
	p, err := c.modern.UnsignPayload(text)
	if err == nil || c.noLegacy || !errors.Is(err, signing.ErrBadSignature) {
		enc := encodingOf(&p)
		enc.Verified = err == nil
		return p.Text, enc, err
	}
	payload, key, err := c.legacy.unsign(text)
	return payload, Encoding{
		Layout:    LayoutLegacy,
		Algorithm: signing.SHA1,
		Key:       key,
		Size:      len(payload),
		Verified:  err == nil,
	}, err
}

func encodingOf(p *signing.Payload) Encoding {
	return Encoding{
		Layout:     LayoutModern,
		Algorithm:  p.Algorithm,
		Key:        p.Key,
		Compressed: p.Compressed,
		SignedAt:   p.SignedAt,
		Size:       len(p.Text),
	}
}

// loads asks each serializer until one knows the payload for its own.
func (c *Codec) loads(payload string, enc *Encoding) (*Data, error) {
	for _, s := range c.serializers {
		d, err := s.Loads(payload)
		if errors.Is(err, ErrUnsupportedSerializer) {
			continue
		}
		enc.Serializer = s.Name()
		return d, err
	}
	return nil, ErrUnsupportedSerializer
}

func corrupt(err error) error {
	if errors.Is(err, signing.ErrNoKey) {
		return fmt.Errorf("djsession: %w", err)
	}
	if errors.Is(err, signing.ErrMalformed) {
		err = fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	return Unreadable(err)
}
