package peers

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/signing"
)

func uncompressed(b *testing.B, json string) string {
	s := signing.NewTimestampSigner(Secret, &signing.Options{Salt: "django.contrib.sessions.SessionStore"})
	text, err := s.SignPayload([]byte(json))
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// BenchmarkUser reads a stored session and says whose it is, beside the work
// that nobody can skip.
func BenchmarkUser(b *testing.B) {
	eachStored(b, readable, func(b *testing.B, s *stored) {
		b.Run("djsession", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				data, err := s.codec.Decode(s.text)
				if err != nil {
					b.Fatal(err)
				}
				if id, _ := data.Text("_auth_user_id"); id != "42" {
					b.Fatal(id)
				}
			}
		})
		b.Run("floor", func(b *testing.B) { floor(b, s.text) })
		inDjango(b, s, `
				start = time.perf_counter_ns()
				for _ in range(n):
					s.decode(text)["_auth_user_id"]
		`)
	})
}

// BenchmarkParse reads a stored session and every value in it. Django always
// does.
func BenchmarkParse(b *testing.B) {
	eachStored(b, readable, func(b *testing.B, s *stored) {
		b.Run("djsession", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				data, err := s.codec.Decode(s.text)
				if err != nil {
					b.Fatal(err)
				}
				for name := range data.Names() {
					if _, _, err := data.Get(name); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run("floor", func(b *testing.B) { floor(b, s.text) })
		inDjango(b, s, `
				start = time.perf_counter_ns()
				for _ in range(n):
					s.decode(text)
		`)
		if s.layout != "modern" {
			return
		}
		b.Run("securecookie", func(b *testing.B) { // its own format, with a signature too
			cookies := securecookie.New(make([]byte, 32), nil).MaxLength(0).SetSerializer(securecookie.JSONEncoder{})
			text, err := cookies.Encode("sessionid", jsonValue(b, s.json))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				var values map[string]any
				if err := cookies.Decode("sessionid", text, &values); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// BenchmarkEncode writes a session of which one value was set.
func BenchmarkEncode(b *testing.B) {
	eachStored(b, writable, func(b *testing.B, s *stored) {
		b.Run("djsession", func(b *testing.B) {
			data := dataOf(b, s.json)
			data.Set("seen", 1)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.codec.Encode(data); err != nil {
					b.Fatal(err)
				}
			}
		})
		inDjango(b, s, `
				d = s.decode(text)
				d["seen"] = 1
				start = time.perf_counter_ns()
				for _ in range(n):
					s.encode(d)
		`)
	})
}

// inDjango measures Python in real Django 5.2 on CPython 3.12: text is a stored
// session, s a session store, n how often to do it.
func inDjango(b *testing.B, s *stored, source string) {
	if s.layout == "legacy" {
		return // no Django since 4.0 has it
	}
	b.Run("django", func(b *testing.B) { measureDjango(b, s, source) })
}

func measureDjango(b *testing.B, s *stored, source string) {
	dj := testenv.GetDjango(b, "5.2").With(testenv.Settings{"SECRET_KEY": Secret})
	var took int64
	dj.Run(b, `
		import textwrap, time
		from django.contrib.sessions.backends.db import SessionStore
		names = {"time": time}
		body = textwrap.dedent(args["source"]) + "return time.perf_counter_ns() - start"
		exec("def work(n, s, text):\n" + textwrap.indent(body, " "), names)
		result = names["work"](args["n"], SessionStore(), args["text"])
	`, map[string]any{"text": s.text, "n": b.N, "source": source}, &took)
	b.ReportMetric(float64(took)/float64(b.N), "ns/op")
}

// floor is one HMAC with a keyed state, one base64 and one inflater that is
// used again: none of it can be left out, and nothing is parsed.
func floor(b *testing.B, text string) {
	body, rest, modern := strings.Cut(text, ":")
	var mac hash.Hash
	value := []byte(text)
	encoding := base64.RawURLEncoding
	if modern {
		mac = hmac.New(sha256.New, make([]byte, 32))
		value = []byte(body + ":" + rest[:strings.IndexByte(rest, ':')])
	} else {
		mac = hmac.New(sha1.New, make([]byte, 20))
		encoding = base64.StdEncoding
	}
	packed := []byte(strings.TrimPrefix(body, "."))
	raw, out := make([]byte, len(packed)), make([]byte, 64<<10)
	var sum [64]byte
	var src bytes.Reader
	var z io.ReadCloser
	b.ReportAllocs()
	for b.Loop() {
		n, err := encoding.Decode(raw, packed)
		if err != nil {
			b.Fatal(err)
		}
		mac.Reset()
		if !modern {
			value = raw[:n]
		}
		mac.Write(value)
		mac.Sum(sum[:0])
		if body[0] != '.' {
			continue
		}
		src.Reset(raw[:n])
		if z == nil {
			z, err = zlib.NewReader(&src)
		} else {
			err = z.(zlib.Resetter).Reset(&src, nil)
		}
		for err == nil {
			_, err = z.Read(out)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}

// BenchmarkGrowth is how the cost of reading and writing grows with the
// session.
func BenchmarkGrowth(b *testing.B) {
	for _, items := range []int{0, 10, 30, 100, 300, 1000, 3000, 10000} {
		json := Login + `,"history":[` + History(items) + `]}`
		codec := djsession.NewCodec(Secret, &djsession.CodecOptions{Now: func() time.Time { return time.Unix(1700000000, 0) }})
		data := dataOf(b, json)
		text, err := codec.Encode(data)
		if err != nil {
			b.Fatal(err)
		}
		size := func(b *testing.B) { b.ReportMetric(float64(len(json)), "payload-bytes"); b.ReportAllocs() }
		b.Run("read/"+itoa(items)+"/djsession", func(b *testing.B) {
			for b.Loop() {
				if _, err := codec.Decode(text); err != nil {
					b.Fatal(err)
				}
			}
			size(b)
		})
		b.Run("write/"+itoa(items)+"/djsession", func(b *testing.B) {
			for b.Loop() {
				if _, err := codec.Encode(data); err != nil {
					b.Fatal(err)
				}
			}
			size(b)
		})
	}
}
