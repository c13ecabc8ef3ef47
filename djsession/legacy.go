package djsession

import (
	"cmp"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/internal/pybase64"
	"github.com/djsession/djsession-go/signing"
)

// legacyCodec is the layout of Django up to 3.0: base64(hex(HMAC-SHA1) ":"
// payload), not compressed, not dated.
type legacyCodec struct {
	macs    []*signing.MAC
	maxSize int
	noKey   bool
}

const (
	legacySalt    = "django.contrib.sessions" // no dot before the class name, unlike the modern salt
	legacyMACSize = 40                        // SHA-1 in hex
)

func newLegacyCodec(className, secretKey string, fallbacks []string, maxSize int) *legacyCodec {
	l := &legacyCodec{maxSize: cmp.Or(maxSize, signing.DefaultMaxSize), noKey: secretKey == ""}
	for _, key := range append([]string{secretKey}, fallbacks...) {
		if key == "" { // with which any client can sign
			key = secretKey
		}
		l.macs = append(l.macs, signing.NewMAC(legacySalt+className, key, signing.SHA1))
	}
	return l
}

// legacyPrefix is room for what comes before the payload.
var legacyPrefix [legacyMACSize + 1]byte

// sign signs a payload that has room for its prefix in front.
func (l *legacyCodec) sign(b *buffers) (string, error) {
	if l.noKey {
		return "", fmt.Errorf("djsession: %w", signing.ErrNoKey)
	}
	var mac [20]byte
	payload := b.payload[len(legacyPrefix):]
	hex.Encode(b.payload, l.macs[0].AppendBytes(mac[:0], payload))
	b.payload[legacyMACSize] = ':'
	b.text = base64.StdEncoding.AppendEncode(b.text[:0], b.payload)
	return string(b.text), nil
}

// unsign returns the payload and which key signed it.
func (l *legacyCodec) unsign(text string) (payload string, key int, err error) {
	if l.noKey {
		return "", 0, signing.ErrNoKey
	}
	mac, payload, err := splitLegacy(text, l.maxSize)
	if err != nil {
		return "", 0, err
	}
	var sum [20]byte
	var want [legacyMACSize]byte
	for i, m := range l.macs {
		hex.Encode(want[:], m.Append(sum[:0], payload))
		if subtle.ConstantTimeCompare(want[:], []byte(mac)) == 1 {
			return payload, i, nil
		}
	}
	return "", 0, signing.ErrBadSignature
}

// splitLegacy undoes the base64, in which Django 1.4 broke lines, and cuts at
// the first colon: the payload may have others.
func splitLegacy(text string, maxSize int) (mac, payload string, err error) {
	b := getBuffers()
	defer b.put()
	var ok bool
	b.text = append(b.text[:0], text...)
	if b.payload, ok = pybase64.Decode(b.payload[:0], b.text, pybase64.Std); !ok {
		return "", "", signing.ErrBadSignature
	}
	mac, payload, ok = strings.Cut(string(b.payload), ":")
	switch {
	case !ok:
		return "", "", signing.ErrBadSignature
	case len(payload) > maxSize:
		return "", "", signing.ErrTooLarge
	}
	return mac, payload, nil
}
