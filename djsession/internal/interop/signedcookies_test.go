package interop

import (
	_ "embed"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/pyjson"
	"github.com/djsession/djsession-go/signing"
)

//go:embed signedcookies.py
var signedCookiesPy string

// A signedRow is a cookie that Go signed, for Django to read, and to set.
type signedRow struct {
	Name   string `json:"name"`
	Salt   string `json:"salt"`
	Value  string `json:"value"`
	MaxAge any    `json:"max_age"`
	Cookie string `json:"cookie"`
	want   string // what Django reads, if not Value
	form   signing.CookieSalt
}

// TestCookieSignersBothWays has Django read cookies that Go signed, and Go
// those of Django, in the form of each version, and compares its other signers.
func TestCookieSignersBothWays(t *testing.T) {
	now := time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
	sessions := djsession.NewManager(memstore.New(nil), nil)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		form := signing.CookieSaltV1
		if dj.AtLeast(5, 2) {
			form = signing.CookieSaltV2
		}
		options := func(salt string, at time.Time) *signing.Options {
			opts := &signing.Options{Salt: salt, Now: func() time.Time { return at }}
			if !dj.AtLeast(3, 1) {
				opts.Algorithm = signing.SHA1
			}
			return opts
		}
		const bad, expired = "!BadSignature", "!SignatureExpired"
		oldForm := bad
		if dj.AtLeast(5, 2) && !dj.AtLeast(6, 1) {
			oldForm = "" // SIGNED_COOKIE_LEGACY_SALT_FALLBACK
		}
		rows := []signedRow{
			{Name: "seen", Value: "yes"},
			{Name: "seen", Salt: "a salt", Value: "yes"},
			{Name: "seen", Salt: "salt", Value: "a, b; \"c\" \\ d:e"},
			{Name: "seen", Value: ""},
			{Name: "seen", Value: "just now", MaxAge: 60},
			{Name: "seen", Value: "at this instant", MaxAge: 0},
			{Name: "seen", Value: "too old", MaxAge: -1, want: expired},
		}
		if !strings.HasPrefix(dj.Python, "2.") { // which mixes up bytes and text
			rows = append(rows, signedRow{Name: "seen", Salt: "sält€", Value: "é"})
		}
		for i := range rows {
			rows[i].form = form
		}
		if dj.AtLeast(5, 2) {
			rows = append(rows, signedRow{Name: "seen", Value: "the old form", form: signing.CookieSaltV1, want: oldForm})
		} else {
			rows = append(rows, signedRow{Name: "seen", Value: "the new form", form: signing.CookieSaltV2, want: bad})
		}
		for i := range rows {
			row := &rows[i]
			signed, err := signing.NewCookieSigner(secret, row.Name, row.form, options(row.Salt, now)).Sign(row.Value)
			if err != nil {
				t.Fatal(err)
			}
			h := make(http.Header)
			sessions.SetSiteCookie(h, row.Name, signed)
			row.Cookie, _, _ = strings.Cut(h.Get("Set-Cookie"), "; HttpOnly")
			if row.want == "" {
				row.want = row.Value
			}
		}
		args := map[string]any{"rows": rows, "algorithms": nil}
		if dj.AtLeast(3, 2) {
			args["algorithms"] = signedByAlgorithm(t)
		}
		var result struct {
			Unsigned []string         `json:"unsigned"`
			Signed   []string         `json:"signed"`
			Objects  map[string][]any `json:"objects"`
		}
		dj.With(testenv.Settings{"SECRET_KEY": secret}).At(now).Run(t, signedCookiesPy, args, &result)
		for i, row := range rows {
			if got := result.Unsigned[i]; got != row.want {
				t.Errorf("%s: Django reads %q, want %q", row.Cookie, got, row.want)
			}
			testReadsSigned(t, &row, result.Signed[i], form, options)
		}
		for name, found := range result.Objects {
			testReadsObjects(t, name, found)
		}
	})
}

// testReadsSigned reads a cookie that Django has set.
func testReadsSigned(t *testing.T, row *signedRow, header string, form signing.CookieSalt, options func(string, time.Time) *signing.Options) {
	t.Helper()
	now := time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
	value, _ := djsession.CookieValue(http.Header{"Cookie": {header}}, row.Name)
	for _, c := range []struct {
		maxAge time.Duration
		at     time.Time
		want   error
	}{
		{0, now.Add(time.Hour), nil},
		{time.Hour, now.Add(time.Hour), nil},
		{time.Hour, now.Add(time.Hour + 1), signing.ErrSignatureExpired},
		{signing.ZeroMaxAge, now, nil},
		{signing.ZeroMaxAge, now.Add(1), signing.ErrSignatureExpired},
	} {
		opts := options(row.Salt, c.at)
		opts.MaxAge = c.maxAge
		got, at, err := signing.NewCookieSigner(secret, row.Name, form, opts).Unsign(value)
		if !errors.Is(err, c.want) || c.want == nil && (err != nil || got != row.Value || !at.Equal(now)) {
			t.Errorf("%s, %v after %v: read %q, %v, %v; want %q, %v", header, c.maxAge, c.at.Sub(now), got, at, err, row.Value, c.want)
		}
	}
}

var signerAlgorithms = map[string]signing.Algorithm{
	"sha1": signing.SHA1, "sha256": signing.SHA256, "sha384": signing.SHA384, "sha512": signing.SHA512,
}

// signedByAlgorithm is a text and an object, signed without a time by each
// algorithm.
func signedByAlgorithm(t *testing.T) map[string][2]string {
	all := make(map[string][2]string)
	for name, algorithm := range signerAlgorithms {
		s := signing.NewSigner(secret, &signing.Options{Algorithm: algorithm, Compress: true})
		text, err := s.Sign("text")
		if err != nil {
			t.Fatal(err)
		}
		object, err := s.SignObject([]any{strings.Repeat("packs", 50), 1.0, "€"})
		if err != nil {
			t.Fatal(err)
		}
		all[name] = [2]string{text, object}
	}
	return all
}

// testReadsObjects compares what Django signed, and read of ours, by one
// algorithm.
func testReadsObjects(t *testing.T, name string, found []any) {
	t.Helper()
	s := signing.NewSigner(secret, &signing.Options{Algorithm: signerAlgorithms[name]})
	if text, err := s.Unsign(found[0].(string)); text != "text" || err != nil {
		t.Errorf("%s: read %q, %v", name, text, err)
	}
	object, err := s.UnsignObject(found[2].(string))
	if text, _ := pyjson.Append(nil, object); string(text) != `{"a":[1.0,"\u20ac"]}` || err != nil {
		t.Errorf("%s: read %s, %v", name, text, err)
	}
	if read, ok := found[3].([]any); found[1] != "text" || !ok || len(read) != 3 || read[1] != 1.0 || read[2] != "€" {
		t.Errorf("%s: Django reads %q, %q", name, found[1], found[3])
	}
}
