package signing_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/pyjson"
	"github.com/djsession/djsession-go/signing"
)

func TestSaltedHMAC(t *testing.T) {
	// Python: hmac.new(hashlib.sha1(b"saltsecret").digest(), b"value",
	// "sha1").hexdigest(), and with sha256
	for _, row := range []struct {
		alg  signing.Algorithm
		want string
	}{
		{signing.SHA1, "a82be9ba6efe61405ee8d2e8a3781c37e103360a"},
		{signing.SHA256, "debaddcd9ecbaab181289870baf8af49b0af0a7050d620d1a63f1e69bd87ceb8"},
	} {
		if got := hex.EncodeToString(signing.SaltedHMAC("salt", "value", "secret", row.alg)); got != row.want {
			t.Errorf("%v: got %s, want %s", row.alg, got, row.want)
		}
	}
}

func TestErrors(t *testing.T) {
	at := time.Unix(1700000000, 0)
	now := func() time.Time { return at.Add(time.Minute + time.Nanosecond) }
	old, _ := signing.NewTimestampSigner("key", &signing.Options{Now: func() time.Time { return at }}).SignPayload([]byte(`{}`))
	raw := func(value string) string { // signed like an object, but it is none
		s, err := signing.NewSigner("key", &signing.Options{Salt: "django.core.signing.TimestampSigner"}).Sign(value)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	z.Write(make([]byte, 1<<20))
	z.Close()
	packed := "." + base64.RawURLEncoding.EncodeToString(bomb.Bytes())
	for _, row := range []struct {
		reason, key, signed string
		opts                signing.Options
		want                error
	}{
		{"no key", "", old, signing.Options{}, signing.ErrNoKey},
		{"unsafe separator", "key", old, signing.Options{Sep: "_"}, signing.ErrBadSeparator},
		{"nothing", "key", "", signing.Options{}, signing.ErrBadSignature},
		{"no separator", "key", "abc", signing.Options{}, signing.ErrBadSignature},
		{"another key", "other", old, signing.Options{}, signing.ErrBadSignature},
		{"another salt", "key", old, signing.Options{Salt: "other"}, signing.ErrBadSignature},
		{"another algorithm", "key", old, signing.Options{Algorithm: signing.SHA1}, signing.ErrBadSignature},
		{"a fraction too old", "key", old, signing.Options{MaxAge: time.Minute}, signing.ErrSignatureExpired},
		{"expired is a bad signature too", "key", old, signing.Options{MaxAge: time.Minute}, signing.ErrBadSignature},
		{"just young enough", "key", old, signing.Options{MaxAge: time.Minute + time.Nanosecond}, nil},
		{"a limit that lies before the time itself, as one computed can", "key", old, signing.Options{MaxAge: -time.Second}, signing.ErrSignatureExpired},
		{"a limit of zero", "key", old, signing.Options{MaxAge: signing.ZeroMaxAge}, signing.ErrSignatureExpired},
		{"a limit of zero at that instant", "key", old, signing.Options{MaxAge: signing.ZeroMaxAge, Now: func() time.Time { return at }}, nil},
		{"a limit of zero a fraction later", "key", old, signing.Options{MaxAge: signing.ZeroMaxAge, Now: func() time.Time { return at.Add(1) }}, signing.ErrSignatureExpired},
		{"from the future", "key", old, signing.Options{MaxAge: time.Nanosecond, Now: func() time.Time { return at.Add(-time.Hour) }}, nil},
		{"no timestamp", "key", raw("e30"), signing.Options{}, signing.ErrMalformed},
		{"timestamp not base62", "key", raw("e30:!!"), signing.Options{}, signing.ErrMalformed},
		{"empty timestamp", "key", raw("e30:"), signing.Options{}, signing.ErrMalformed},
		{"timestamp beyond 64 bits", "key", raw("e30:zzzzzzzzzzzzzz"), signing.Options{}, signing.ErrMalformed},
		{"negative timestamp", "key", raw("e30:-5"), signing.Options{}, nil},
		{"not base64", "key", raw("e:0"), signing.Options{}, signing.ErrMalformed},
		{"marked as packed, but not", "key", raw(".e30:0"), signing.Options{}, signing.ErrMalformed},
		{"padded, which Python allows", "key", raw("e30=:0"), signing.Options{}, nil},
		{"a bomb", "key", raw(packed + ":0"), signing.Options{MaxSize: 1<<20 - 1}, signing.ErrTooLarge},
		{"as large as allowed", "key", raw(packed + ":0"), signing.Options{MaxSize: 1 << 20}, nil},
		{"of any size", "key", raw(packed + ":0"), signing.Options{MaxSize: math.MaxInt}, nil},
		{"of any size unpacked", "key", raw("e30:0"), signing.Options{MaxSize: math.MaxInt}, nil},
		{"too large unpacked", "key", raw(strings.Repeat("A", 100) + ":0"), signing.Options{MaxSize: 74}, signing.ErrTooLarge},
		{"as large as allowed unpacked", "key", raw(strings.Repeat("A", 100) + ":0"), signing.Options{MaxSize: 75}, nil},
	} {
		if row.opts.Now == nil {
			row.opts.Now = now
		}
		p, err := signing.NewTimestampSigner(row.key, &row.opts).UnsignPayload(row.signed)
		if !errors.Is(err, row.want) || row.want == nil && err != nil {
			t.Errorf("%s: got error %v, want %v", row.reason, err, row.want)
		}
		if err != nil && p != (signing.Payload{}) {
			t.Errorf("%s: an error with a payload", row.reason)
		}
	}
}

func TestFallbacks(t *testing.T) {
	signed := func(key string, alg signing.Algorithm) string {
		s, _ := signing.NewTimestampSigner(key, &signing.Options{Algorithm: alg}).SignPayload([]byte(`{}`))
		return s
	}
	s := signing.NewTimestampSigner("new", &signing.Options{Fallbacks: []string{"old", "older"}, AcceptSHA1: true})
	for i, key := range []string{"new", "old", "older"} {
		for _, alg := range []signing.Algorithm{signing.SHA256, signing.SHA1} {
			p, err := s.UnsignPayload(signed(key, alg))
			if err != nil || p.Key != i || p.Algorithm != alg || p.Text != `{}` {
				t.Errorf("key %d, %v: got %+v, %v", i, alg, p, err)
			}
		}
	}
	if _, err := s.UnsignPayload(signed("stranger", signing.SHA256)); !errors.Is(err, signing.ErrBadSignature) {
		t.Errorf("a stranger's key: got error %v", err)
	}
}

func TestObjectsWithoutTimestamp(t *testing.T) {
	s := signing.NewSigner("key", &signing.Options{MaxSize: 10})
	sign := func(payload string) string {
		signed, err := s.SignPayload([]byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	timed, _ := signing.NewTimestampSigner("key", nil).SignPayload([]byte(`{}`))
	for _, row := range []struct {
		reason, signed string
		want           error
	}{
		{"an object", sign(`{"a":1}`), nil},
		{"no JSON", sign(`{"a":1`), signing.ErrMalformed},
		{"too large", sign(`{"a":"bcde"}`), signing.ErrTooLarge},
		{"of a signer with timestamps", timed, signing.ErrBadSignature},
		{"changed", "A" + sign(`{}`), signing.ErrBadSignature},
	} {
		if v, err := s.UnsignObject(row.signed); !errors.Is(err, row.want) || row.want == nil && err != nil || err != nil && v != nil {
			t.Errorf("%s: got %v, %v; want error %v", row.reason, v, err, row.want)
		}
	}
	if p, err := s.UnsignPayload(sign(`{}`)); err != nil || !p.SignedAt.IsZero() || p.Text != "{}" {
		t.Errorf("got %q signed at %v, %v", p.Text, p.SignedAt, err)
	}
	if p, err := signing.InsecurePayload("e30:0:"+strings.Repeat("A", 86), 10); err != nil || p.Algorithm != signing.SHA512 {
		t.Errorf("a signature of 86 characters is of %v, %v", p.Algorithm, err)
	}
}

func TestCompressionPays(t *testing.T) {
	s := signing.NewTimestampSigner("key", &signing.Options{Compress: true})
	for _, row := range []struct {
		reason, payload string
		packed          bool
	}{
		{"too short", `{}`, false},
		{"random", `{"k":"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}`, false},
		{"repetitive", `{"k":"` + strings.Repeat("a", 100) + `"}`, true},
	} {
		signed, err := s.SignPayload([]byte(row.payload))
		if err != nil || (signed[0] == '.') != row.packed {
			t.Errorf("%s: %.5q..., %v", row.reason, signed, err)
		}
		p, err := s.UnsignPayload(signed)
		if err != nil || p.Text != row.payload || p.Compressed != row.packed {
			t.Errorf("%s: read %d bytes, %v", row.reason, len(p.Text), err)
		}
	}
}

func TestObjectsOfAnyKind(t *testing.T) {
	object := pyjson.Object{{Name: "f", Value: 1.0}, {Name: "l", Value: []any{nil, true, int64(1)}}}
	signed, err := signing.Dumps(object, "key", nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := signing.Loads(signed, "key", nil)
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := v.(pyjson.Object).Get("f"); f != 1.0 {
		t.Errorf("1.0 came back as %v", f)
	}
	if _, err := signing.Dumps(func() {}, "key", nil); err == nil {
		t.Error("a function was signed")
	}
}

// FuzzMalleability: no other text than the signed one is good.
func FuzzMalleability(f *testing.F) {
	s := signing.NewTimestampSigner("key", &signing.Options{Compress: true, Now: frozen})
	good, _ := s.SignPayload([]byte(`{"a":1}`))
	f.Add(good)
	f.Add(good + "=")
	f.Add(" " + good)
	f.Add(strings.ToLower(good))
	f.Add(":::")
	f.Add("")
	f.Fuzz(func(t *testing.T, signed string) {
		p, err := s.UnsignPayload(signed)
		if (err == nil) != (signed == good) {
			t.Errorf("%q: %v", signed, err)
		}
		if err != nil && p != (signing.Payload{}) {
			t.Errorf("%q: an error with a payload", signed)
		}
	})
}

func FuzzSignPayload(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add(bytes.Repeat([]byte("ab"), 1000))
	s := signing.NewTimestampSigner("key", &signing.Options{Compress: true})
	f.Fuzz(func(t *testing.T, payload []byte) {
		signed, err := s.SignPayload(payload)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := s.UnsignPayload(signed); err != nil || p.Text != string(payload) {
			t.Errorf("%q came back as %q, %v", payload, p.Text, err)
		}
	})
}

// FuzzInsecurePayload: whatever anybody sends, it is an error or a bounded
// payload.
func FuzzInsecurePayload(f *testing.F) {
	s := signing.NewTimestampSigner("key", &signing.Options{Compress: true})
	good, _ := s.SignPayload(bytes.Repeat([]byte("ab"), 1000))
	f.Add(good)
	f.Add(".eJw:0:")
	f.Fuzz(func(t *testing.T, signed string) {
		if p, err := signing.InsecurePayload(signed, 1000); len(p.Text) > 1000 || err != nil && p.Text != "" {
			t.Errorf("%d bytes, %v", len(p.Text), err)
		}
	})
}

// TestAllocations: reading costs the payload's string, and writing the text.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("pools forget under the race detector")
	}
	for _, compress := range []bool{false, true} {
		s := signing.NewTimestampSigner("key", &signing.Options{Compress: compress})
		signed, err := s.SignPayload([]byte(payloads[0].text))
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { s.UnsignPayload(signed) }); n > 1 {
			t.Errorf("compressed %v: reading takes %v allocations", compress, n)
		}
		payload := []byte(payloads[0].text)
		if n := testing.AllocsPerRun(100, func() { s.SignPayload(payload) }); n > 1 {
			t.Errorf("compressed %v: writing takes %v allocations", compress, n)
		}
	}
}
