package djsession

import (
	"cmp"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/signing"
)

// legacyCodec is the layout of Django up to 3.0: base64(hex(HMAC-SHA1) ":" payload), not compressed, not dated.
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
		l.macs = append(l.macs, signing.NewMAC(legacySalt+className, key, signing.SHA1))
	}
	return l
}

func (l *legacyCodec) sign(payload []byte) (string, error) {
	if l.noKey {
		return "", fmt.Errorf("djsession: %w", signing.ErrNoKey)
	}
	var mac [20]byte
	text := make([]byte, 0, legacyMACSize+1+len(payload))
	text = hex.AppendEncode(text, l.macs[0].Append(mac[:0], string(payload)))
	text = append(text, ':')
	text = append(text, payload...)
	return base64.StdEncoding.EncodeToString(text), nil
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

// splitLegacy undoes the base64, in which Django 1.4 broke lines, and cuts at the first colon: the payload may have others.
func splitLegacy(text string, maxSize int) (mac, payload string, err error) {
	decoded, ok := signing.DecodeBase64(make([]byte, 0, len(text)/4*3), text, signing.StdBase64)
	if !ok {
		return "", "", signing.ErrBadSignature
	}
	mac, payload, ok = strings.Cut(string(decoded), ":")
	switch {
	case !ok:
		return "", "", signing.ErrBadSignature
	case len(payload) > maxSize:
		return "", "", signing.ErrTooLarge
	}
	return mac, payload, nil
}
