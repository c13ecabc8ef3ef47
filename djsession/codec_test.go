package djsession_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

func mustLoad(t testing.TB, json string) *djsession.Data {
	t.Helper()
	d, err := djsession.JSON.Loads(json)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustEncode(t testing.TB, c *djsession.Codec, json string) string {
	t.Helper()
	text, err := c.Encode(mustLoad(t, json))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestLegacyFallback(t *testing.T) {
	codec := djsession.NewCodec("new", &djsession.CodecOptions{Fallbacks: []string{"old"}})
	for _, layout := range []djsession.Layout{djsession.LayoutModern, djsession.LayoutLegacy} {
		for i, key := range []string{"new", "old"} {
			_, enc, err := codec.Inspect(mustEncode(t, djsession.NewCodec(key, &djsession.CodecOptions{Layout: layout}), `{"a":1}`))
			if err != nil || enc.Key != i || enc.Layout != layout || !enc.Verified {
				t.Errorf("%v, key %d: got %+v, %v", layout, i, enc, err)
			}
		}
		_, err := codec.Decode(mustEncode(t, djsession.NewCodec("stranger", &djsession.CodecOptions{Layout: layout}), `{"a":1}`))
		if !errors.Is(err, djsession.ErrCorrupt) || !errors.Is(err, signing.ErrBadSignature) {
			t.Errorf("%v, a stranger's key: got error %v", layout, err)
		}
	}
}

// Everybody has the empty key: as a fallback, which is what splitting an unset
// variable gives, it is the current key, as in Django.
func TestEmptyFallback(t *testing.T) {
	codec := djsession.NewCodec("new", &djsession.CodecOptions{Fallbacks: []string{"", "old"}})
	for reason, forged := range map[string]string{
		"modern": "e30:1vOXfl:6mZTLpRcjSfx52NK31iD8Dtx7ivgXD02PqAdG_j9g-I",
		"legacy": "MmNlZWYwZWJlZjRlN2NlMTc5MTBmYjJmM2M1NDY3ZWI5ZDBjMTIwNDp7fQ==",
	} {
		if _, err := codec.Decode(forged); !errors.Is(err, signing.ErrBadSignature) {
			t.Errorf("%s: got error %v", reason, err)
		}
	}
	_, enc, err := codec.Inspect(mustEncode(t, djsession.NewCodec("old", &djsession.CodecOptions{Layout: djsession.LayoutLegacy}), `{}`))
	if err != nil || enc.Key != 2 {
		t.Errorf("the fallback after it: got %+v, %v", enc, err)
	}
}

func TestCodecBounds(t *testing.T) {
	large := `{"a":"` + strings.Repeat("x", 5000) + `"}`
	for _, layout := range []djsession.Layout{djsession.LayoutModern, djsession.LayoutLegacy} {
		text := mustEncode(t, djsession.NewCodec("key", &djsession.CodecOptions{Layout: layout}), large)
		for _, row := range []struct {
			max  int
			want error
		}{{len(large), nil}, {len(large) - 1, signing.ErrTooLarge}} {
			_, err := djsession.NewCodec("key", &djsession.CodecOptions{MaxSize: row.max}).Decode(text)
			if row.want == nil && err != nil || row.want != nil && (!errors.Is(err, djsession.ErrTooLarge) || errors.Is(err, djsession.ErrCorrupt)) {
				t.Errorf("%v, at most %d: got error %v", layout, row.max, err)
			}
		}
	}
	// A bomb of 9 MiB, which only somebody with the key can plant, costs no
	// more than the bound.
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	z.Write(make([]byte, 9<<20))
	z.Close()
	signed, err := signing.NewTimestampSigner("key", &signing.Options{Salt: "django.contrib.sessions.SessionStore"}).
		Sign("." + base64.RawURLEncoding.EncodeToString(bomb.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := djsession.NewCodec("key", nil).Decode(signed); !errors.Is(err, signing.ErrTooLarge) {
		t.Errorf("a bomb: got error %v", err)
	}
}

func TestNoKey(t *testing.T) {
	for _, layout := range []djsession.Layout{djsession.LayoutModern, djsession.LayoutLegacy} {
		codec := djsession.NewCodec("", &djsession.CodecOptions{Layout: layout})
		if _, err := codec.Encode(new(djsession.Data)); !errors.Is(err, signing.ErrNoKey) {
			t.Errorf("%v: encoding: got error %v", layout, err)
		}
		if _, err := codec.Decode("e30:1r31eq:x"); !errors.Is(err, signing.ErrNoKey) || errors.Is(err, djsession.ErrCorrupt) {
			t.Errorf("%v: decoding: got error %v, and nobody is logged out by a missing setting", layout, err)
		}
	}
}

// The names of Data behave like those of a Python dict, few or many.
func TestDataKeepsOrder(t *testing.T) {
	for _, n := range []int{3, 40} {
		d := new(djsession.Data)
		var want []string
		for i := range n {
			name := strings.Repeat("n", i+1)
			d.Set(name, i)
			want = append(want, name)
		}
		d.Set("n", "again") // keeps its place
		if !d.Delete("nn") || d.Delete("nn") || d.Has("nn") {
			t.Error("deleted twice, or not at all")
		}
		d.Set("nn", 0) // comes last
		want = append(slices.Delete(want, 1, 2), "nn")
		if got := slices.Collect(d.Names()); !slices.Equal(got, want) || d.Len() != n {
			t.Errorf("%d names: got %v", n, got)
		}
		clone := d.Clone()
		clone.Set("n", "other")
		clone.Delete("nnn")
		if v, _ := d.Text("n"); v != "again" || !d.Has("nnn") {
			t.Error("a clone changed its original")
		}
	}
}

func TestExpiryReading(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip(err)
	}
	for _, row := range []struct {
		reason, json string
		local        *time.Location
		want         djsession.Expiry
		bad          bool
	}{
		{"none", `{}`, nil, djsession.ExpireDefault, false},
		{"null", `{"_session_expiry":null}`, nil, djsession.ExpireDefault, false},
		{"the empty text, which is false in Python", `{"_session_expiry":""}`, nil, djsession.ExpireDefault, false},
		{"zero", `{"_session_expiry":0}`, nil, djsession.ExpireOnClose, false},
		{"false is 0", `{"_session_expiry":false}`, nil, djsession.ExpireOnClose, false},
		{"true is 1", `{"_session_expiry":true}`, nil, djsession.ExpireAfter(time.Second), false},
		{"seconds", `{"_session_expiry":300}`, nil, djsession.ExpireAfter(5 * time.Minute), false},
		{"seconds as a float", `{"_session_expiry":300.0}`, nil, djsession.ExpireAfter(5 * time.Minute), false},
		{"passed", `{"_session_expiry":-300}`, nil, djsession.ExpireAfter(-5 * time.Minute), false},
		{"an instant", `{"_session_expiry":"2023-11-15T00:00:00+00:00"}`, nil, djsession.ExpireAt(time.Unix(1700006400, 0)), false},
		{"in another zone", `{"_session_expiry":"2023-11-15T01:00:00+01:00"}`, nil, djsession.ExpireAt(time.Unix(1700006400, 0)), false},
		{"with microseconds", `{"_session_expiry":"2023-11-15T00:00:00.000001+00:00"}`, nil, djsession.ExpireAt(time.UnixMicro(1700006400000001)), false},
		{"Z, which new Pythons read", `{"_session_expiry":"2023-11-15T00:00:00Z"}`, nil, djsession.ExpireAt(time.Unix(1700006400, 0)), false},
		{"naive is UTC", `{"_session_expiry":"2023-11-15T00:00:00"}`, nil, djsession.ExpireAt(time.Unix(1700006400, 0)), false},
		{"naive is local without USE_TZ", `{"_session_expiry":"2023-11-14T19:00:00"}`, newYork, djsession.ExpireAt(time.Unix(1700006400, 0)), false},
		{"huge", `{"_session_expiry":123456789012345678901234567890}`, nil, djsession.ExpireDefault, false},
		{"words", `{"_session_expiry":"soon"}`, nil, djsession.ExpireDefault, true},
		{"a list", `{"_session_expiry":[]}`, nil, djsession.ExpireDefault, true},
	} {
		got, err := mustLoad(t, row.json).Expiry(row.local)
		if errors.Is(err, djsession.ErrBadExpiry) != row.bad {
			t.Errorf("%s: got error %v", row.reason, err)
		}
		if row.reason == "huge" { // as long as there is
			if after, ok := got.After(); !ok || after < 290*365*24*time.Hour {
				t.Errorf("%s: got %v", row.reason, got)
			}
			continue
		}
		if got != row.want && !equalInstants(got, row.want) {
			t.Errorf("%s: got %v, want %v", row.reason, got, row.want)
		}
	}
}

// FuzzDecode: of any text there is a session, or an error that says what it is;
// and nothing but what the key signed is a session.
func FuzzDecode(f *testing.F) {
	codec := djsession.NewCodec("key", &djsession.CodecOptions{Now: func() time.Time { return time.Unix(1700000000, 0) }})
	legacy := djsession.NewCodec("key", &djsession.CodecOptions{Layout: djsession.LayoutLegacy})
	good := mustEncode(f, codec, `{"a":1}`)
	oldGood := mustEncode(f, legacy, `{"a":1}`)
	for _, text := range []string{"", ":", "::", good, oldGood, good + "=", "." + good, strings.Repeat(":", 1000), "e30:1r31eq:", "\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		data, err := codec.Decode(text)
		if err != nil && (data != nil || !errors.Is(err, djsession.ErrCorrupt)) {
			t.Errorf("%q: %v, %v", text, data, err)
		}
		if err == nil { // the legacy layout's base64 may have anything between its characters, but only that was signed
			if json, _ := djsession.JSON.Dumps(nil, data); string(json) != `{"a":1}` {
				t.Errorf("%q is a session: %s", text, json)
			}
		}
		if data, _, err := codec.InspectUnverified(text); err != nil && data != nil {
			t.Errorf("%q: an error with data", text)
		}
	})
}

// FuzzPayload: what is read as JSON is written as it was read, through either
// layout.
func FuzzPayload(f *testing.F) {
	f.Add(`{"a":1,"b":[1.0,NaN,-Infinity,1e+16,"\ud800\u007f<>&"],"c":{"x":null,"y":true}}`)
	f.Add(`{ "a" : 1 , "a" : 2 }`)
	f.Add(`{"":{}}`)
	f.Add(`{"a":"` + strings.Repeat("b", 3000) + `"}`)
	codecs := []*djsession.Codec{djsession.NewCodec("key", nil), djsession.NewCodec("key", &djsession.CodecOptions{Layout: djsession.LayoutLegacy})}
	f.Fuzz(func(t *testing.T, payload string) {
		data, err := djsession.JSON.Loads(payload)
		if err != nil {
			return
		}
		want, err := djsession.JSON.Dumps(nil, data)
		if err != nil {
			t.Fatalf("%q was read, but cannot be written: %v", payload, err)
		}
		for _, codec := range codecs {
			text, err := codec.Encode(data)
			if err != nil {
				t.Fatal(err)
			}
			again, err := codec.Decode(text)
			if err != nil {
				t.Fatalf("%q: %v", payload, err)
			}
			if got, err := djsession.JSON.Dumps(nil, again); err != nil || string(got) != string(want) {
				t.Errorf("%q came back as %q (%v), want %q", payload, got, err, want)
			}
		}
	})
}
