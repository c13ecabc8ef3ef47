package djsite_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// TestNoSecretIsPrinted prints a site, and what is made of it, in every way.
func TestNoSecretIsPrinted(t *testing.T) {
	const secret = "s3cr3t"
	site := &djsite.Site{
		SecretKey: secret + "-key", SecretKeyFallbacks: []string{secret + "-old"}, DjangoVersion: "5.2",
		Session: djsite.Session{Engine: djangoBackends + "signed_cookies"},
		Databases: map[string]djsite.Database{
			"people": {URL: "postgres://user:" + secret + "@host/name?sslpassword=" + secret},
		},
		Caches: map[string]djsite.Cache{"default": {
			Backend: "django.core.cache.backends.redis.RedisCache", Location: "redis://:" + secret + "@host/0",
		}},
	}
	app, err := site.Open(djsite.Connections{}, &djsite.Options{UserFinder: ann{}})
	if err != nil {
		t.Fatal(err)
	}
	bad := *site
	bad.Session.CookieName, bad.Databases = "a b", map[string]djsite.Database{
		"x": {Engine: "mysql", URL: site.Databases["people"].URL},
	}
	values := map[string]any{
		"a site": *site, "a pointer": site, "a database": site.Databases["people"], "a cache": site.Caches["default"],
		"databases": site.Databases, "caches": site.Caches, "in a struct": struct{ S *djsite.Site }{site},
		"in another struct": struct{ S djsite.Site }{*site}, "in a slice": []djsite.Site{*site},
		"its codec's options": site.CodecOptions(), "its logins' options": site.AuthOptions(),
		"its cookies' options": site.CookieOptions(),
		"an app":               app, "in a struct, an app": struct{ A *djsite.App }{app}, "an error": bad.Validate(),
		"values": djsite.Values{"secret_key": secret, "store": "postgres://u:" + secret + "@h/d"},
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				fmt.Fprintf(&b, verb+"\n", value)
			}
			slog.New(slog.NewTextHandler(&b, nil)).Info("text", "value", value)
			slog.New(slog.NewJSONHandler(&b, nil)).Info("json", "value", value)
			if text, err := json.Marshal(value); err == nil {
				b.Write(text)
			}
			if text, err := xml.Marshal(value); err == nil {
				b.Write(text)
			}
			// %x and %q of a key are its digits, or its bytes as numbers.
			for _, form := range []string{secret, fmt.Sprintf("%x", secret), strings.Trim(fmt.Sprint([]byte(secret)), "[]")} {
				if strings.Contains(b.String(), form) {
					t.Errorf("a secret is shown:\n%s", b.String())
				}
			}
		})
	}
}

func TestJSONSaysTheRest(t *testing.T) {
	site := shop()
	site.Databases["default"] = djsite.Database{URL: "postgres://user:password@host/name"}
	site.Session.CookieName = "shopid"
	text, err := json.Marshal(site)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"SecretKey":"hidden"`, `"SecretKeyFallbacks":["hidden"]`, `"URL":"hidden"`, `"CookieName":"shopid"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}
