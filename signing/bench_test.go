package signing_test

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/pyjson"
	"github.com/djsession/djsession-go/signing"
)

// payloads are sessions of the sizes that sites have.
var payloads = []struct{ name, text string }{
	{"login", login + "}"},
	{"cart", login + `,"cart":{"items":[{"sku":"A-1001","qty":2,"price":"19.90"},{"sku":"B-2002","qty":1,"price":"5.00"}],"total":"44.80"},"_language":"de"}`},
	{"big4k", login + `,"history":[` + strings.TrimSuffix(many(60), ",") + `]}`},
	{"wire22k", login + `,"history":[` + strings.TrimSuffix(many(330), ",") + `]}`},
}

const login = `{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"6b1f3e0a4a0b3c8d9e7f00112233445566778899aabbccddeeff001122334455"`

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":%d,"path":"/shop/item/%d/","seen":%d.25,"ok":true},`, i, i*7919%10007, 1700000000+i*37)
	}
	return b.String()
}

// BenchmarkUnsignPayload reads a session's payload, beside the work that nobody
// can skip: an HMAC with a keyed state, base64, and an inflater that is used
// again.
func BenchmarkUnsignPayload(b *testing.B) {
	for _, compress := range []bool{true, false} {
		for _, p := range payloads {
			s := signing.NewTimestampSigner("a secret key of a usual length, fifty characters long", &signing.Options{Compress: compress})
			signed, err := s.SignPayload([]byte(p.text))
			if err != nil {
				b.Fatal(err)
			}
			name := p.name
			if !compress {
				name += "/uncompressed"
			}
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := s.UnsignPayload(signed); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(name+"/user", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					p, err := s.UnsignPayload(signed)
					if err != nil {
						b.Fatal(err)
					}
					pyjson.ScanObject(p.Text, func(name, raw string) error { return nil })
				}
			})
			b.Run(name+"/floor", func(b *testing.B) { floor(b, signed) })
		}
	}
}

func floor(b *testing.B, signed string) {
	mac := hmac.New(sha256.New, make([]byte, 32))
	body, _, _ := strings.Cut(signed, ":")
	value := []byte(signed[:strings.LastIndexByte(signed, ':')])
	packed := []byte(strings.TrimPrefix(body, "."))
	raw := make([]byte, len(packed))
	out := make([]byte, 64<<10)
	var sum [32]byte
	var src bytes.Reader
	var z io.ReadCloser
	b.ReportAllocs()
	for b.Loop() {
		mac.Reset()
		mac.Write(value)
		mac.Sum(sum[:0])
		n, _ := base64.RawURLEncoding.Decode(raw, packed)
		if body[0] != '.' {
			continue
		}
		src.Reset(raw[:n])
		if z == nil {
			z, _ = zlib.NewReader(&src)
		} else {
			z.(zlib.Resetter).Reset(&src, nil)
		}
		for {
			if _, err := z.Read(out); err != nil {
				break
			}
		}
	}
}

func BenchmarkSignPayload(b *testing.B) {
	for _, p := range payloads {
		s := signing.NewTimestampSigner("a secret key of a usual length, fifty characters long", &signing.Options{Compress: true})
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.SignPayload([]byte(p.text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
