package signing_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/signing"
)

// formOf tells the salt's form by the version.
func formOf(django string) signing.CookieSalt {
	for _, v2 := range []string{"5.2.19", "6.0.", "6.1"} {
		if strings.HasPrefix(django, v2) {
			return signing.CookieSaltV2
		}
	}
	return signing.CookieSaltV1
}

func TestSignedCookieVectors(t *testing.T) {
	forms := make(map[signing.CookieSalt]int)
	for _, v := range vectors(t, "signed_cookie") {
		var in struct{ Name, Salt, Value string }
		if err := json.Unmarshal([]byte(v.Input), &in); err != nil {
			t.Fatal(err)
		}
		form := formOf(v.Django)
		forms[form]++
		opts := &signing.Options{Salt: in.Salt, Algorithm: algorithmOf(v.Output), Now: frozen}
		s := signing.NewCookieSigner(v.Secret, in.Name, form, opts)
		if got, err := s.Sign(in.Value); got != v.Output || err != nil {
			t.Errorf("Django %s, %s: got %q, %v; want %q", v.Django, v.Input, got, err, v.Output)
		}
		for _, reader := range []signing.CookieSalt{signing.CookieSaltV1, signing.CookieSaltBoth, signing.CookieSaltV2} {
			got, at, err := signing.NewCookieSigner(v.Secret, in.Name, reader, opts).Unsign(v.Output)
			switch {
			case form == signing.CookieSaltV1 && reader == signing.CookieSaltV2:
				if !errors.Is(err, signing.ErrBadSignature) {
					t.Errorf("Django %s, %s: the old form is read as %q, %v", v.Django, v.Input, got, err)
				}
			case got != in.Value || err != nil || at.Unix() != 1700000000:
				t.Errorf("Django %s, %s, read by %d: %q, %v, %v", v.Django, v.Input, reader, got, at, err)
			}
		}
	}
	if len(forms) != 2 {
		t.Errorf("vectors of each form: %v", forms)
	}
}

func TestCookieSigner(t *testing.T) {
	at := time.Unix(1700000000, 0)
	options := func(more func(o *signing.Options)) *signing.Options {
		o := &signing.Options{Now: func() time.Time { return at.Add(time.Hour) }}
		more(o)
		return o
	}
	sign := func(key, name string, form signing.CookieSalt, salt string) string {
		signed, err := signing.NewCookieSigner(key, name, form, &signing.Options{Salt: salt, Now: func() time.Time { return at }}).Sign("v")
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	// What Django would sign with an empty secret key.
	underNoKey, err := signing.NewTimestampSigner("django.http.cookies", &signing.Options{Salt: "django.http.cookies.v2:0:cookie"}).Sign("v")
	if err != nil {
		t.Fatal(err)
	}
	const v1, both, v2 = signing.CookieSaltV1, signing.CookieSaltBoth, signing.CookieSaltV2
	for _, row := range []struct {
		reason, signed string
		form           signing.CookieSalt
		opts           *signing.Options
		want           error
	}{
		{"a name and a salt run together in the old form", sign("key", "coo", v1, "kie"), v1, options(func(*signing.Options) {}), nil},
		{"and not in the new one", sign("key", "coo", v2, "kie"), both, options(func(*signing.Options) {}), signing.ErrBadSignature},
		{"a salt that pretends to be a name", sign("key", "", v2, "cookie"), v2, options(func(*signing.Options) {}), signing.ErrBadSignature},
		{"a fallback key", sign("old", "cookie", v2, ""), v2, options(func(o *signing.Options) { o.Fallbacks = []string{"old"} }), nil},
		{"an empty fallback key is none", underNoKey, v2, options(func(o *signing.Options) { o.Fallbacks = []string{""} }), signing.ErrBadSignature},
		{"too old", sign("key", "cookie", v2, ""), both, options(func(o *signing.Options) { o.MaxAge = time.Minute }), signing.ErrSignatureExpired},
		{"too old in the old form", sign("key", "cookie", v1, ""), both, options(func(o *signing.Options) { o.MaxAge = time.Minute }), signing.ErrSignatureExpired},
		{"not too old in the old form", sign("key", "cookie", v1, ""), both, options(func(o *signing.Options) { o.MaxAge = 2 * time.Hour }), nil},
		{"no signature", "v", both, options(func(*signing.Options) {}), signing.ErrBadSignature},
		{"nothing", "", both, options(func(*signing.Options) {}), signing.ErrBadSignature},
	} {
		value, _, err := signing.NewCookieSigner("key", "cookie", row.form, row.opts).Unsign(row.signed)
		if !errors.Is(err, row.want) || row.want == nil && (err != nil || value != "v") || err != nil && value != "" {
			t.Errorf("%s: got %q, %v; want error %v", row.reason, value, err, row.want)
		}
	}
	if _, err := signing.NewCookieSigner("", "cookie", v2, nil).Sign("v"); !errors.Is(err, signing.ErrNoKey) {
		t.Errorf("no key: got error %v", err)
	}
}

// FuzzUnsignCookie: in every form no other text than the signed one is good.
func FuzzUnsignCookie(f *testing.F) {
	s := signing.NewCookieSigner("key", "cookie", signing.CookieSaltBoth, &signing.Options{Salt: "é", Now: frozen})
	old, _ := signing.NewCookieSigner("key", "cookie", signing.CookieSaltV1, &signing.Options{Salt: "é", Now: frozen}).Sign("v")
	good, _ := s.Sign("v")
	f.Add(good)
	f.Add(old)
	f.Add("v:" + good)
	f.Add("::")
	f.Fuzz(func(t *testing.T, signed string) {
		value, _, err := s.Unsign(signed)
		if (err == nil) != (signed == good || signed == old) || err != nil && value != "" {
			t.Errorf("%q: %q, %v", signed, value, err)
		}
	})
}
