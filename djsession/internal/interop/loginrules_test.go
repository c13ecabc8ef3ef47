package interop

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/pyjson"
)

// ids are values that a session may hold as a user's id, as JSON.
func ids() []string {
	texts := []string{"", "0", "42", "-7", "+7", "007", "-0", " 42\n", "\x1c42\u2003", "\x1c42", "42\x1f", "\u008542\u00a0", "\v42\f", "\u180e42", "1_000", "_1", "1_", "1__0", "٤٢", "𝟜𝟚", "²", "Ⅷ", "１２", "abc", "1.0", "1e3", "0x10",
		"1 2", "- 1", "--1", "+-1", "42\x00", "\x0042", "99999999999999999999999999", strings.Repeat("9", 70), "-" + strings.Repeat("1", 70),
		"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE7DEC11D0A76500A0C91E6BF6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}", "}}f81d4fae7dec11d0a76500a0c91e6bf6{",
		"urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "uuid:urn:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f-81d4fae7dec11d0a76500a0c91e6bf6",
		"f81d4fae7dec11d0a76500a0c91e6bf", "g81d4fae7dec11d0a76500a0c91e6bf6", " f81d4fae7dec11d0a76500a0c91e6bf6", "URN:f81d4fae7dec11d0a76500a0c91e6bf6"}
	const letters = "0123456789_-+ abcdef{}\t٣"
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var b strings.Builder
		for range random.IntN(6) {
			b.WriteRune([]rune(letters)[random.IntN(len([]rune(letters)))])
		}
		texts = append(texts, b.String())
	}
	var all []string
	for _, text := range texts {
		quoted, _ := pyjson.Append(nil, text)
		all = append(all, string(quoted))
	}
	return append(all, "0", "42", "-7", "4.7", "-4.7", "1e3", "true", "false", "[]", "{}", "[1]", "123456789012345678901234567890123456789", "5000000000")
}

// TestIDsLikeDjango has each Django's fields and ours read the same values.
func TestIDsLikeDjango(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		if !dj.AtLeast(2, 0) {
			t.Skip("Python 2 has other integers")
		}
		values := ids()
		for pk, field := range map[auth.PK]string{auth.PKInt: "AutoField(primary_key=True)", auth.PKUUID: "UUIDField()", auth.PKText: "CharField(max_length=9)"} {
			var wants []*string
			dj.Run(t, `
				from django.core.exceptions import ValidationError
				from django.db import models
				field = eval("models." + args["field"])
				result = []
				for text in args["values"]:
					try:
						result.append(str(field.to_python(json.loads(text))))
					except (ValidationError, AttributeError, ValueError):
						result.append(None)
			`, map[string]any{"field": field, "values": values}, &wants)
			for i, text := range values {
				var value any
				data, err := djsession.JSON.Loads(`{"id":` + text + `}`)
				if err == nil {
					value, _, err = data.Get("id")
				}
				if err != nil {
					t.Fatal(err)
				}
				got, ok := pk.Parse(value)
				if _, isText := value.(string); pk == auth.PKText && !isText || pk == auth.PKUUID && text == "true" || pk == auth.PKUUID && text == "false" {
					continue // no login of any Django's has those
				}
				if want := wants[i]; ok != (want != nil) || ok && got != *want {
					t.Errorf("%s of %s: got %q, %v; Django has %s", field, text, got, ok, show(want))
				}
			}
		}
	})
}

func show(s *string) string {
	if s == nil {
		return "an exception"
	}
	return fmt.Sprintf("%q", *s)
}

// TestHostsLikeDjango has Django's get_host and Auth.Next take the same hosts
// for the site's own.
func TestHostsLikeDjango(t *testing.T) {
	patterns := [][]string{{}, {"*"}, {"example.com"}, {".example.com"}, {"Example.COM", "[::1]"}, {""}, {"."}, {".com", "127.0.0.1"}}
	hosts := []string{"example.com", "EXAMPLE.com", "example.com:80", "example.com:", "example.com:x", "example.com.", "example.com..", "a.example.com",
		"a.b.Example.com:8000", "evilexample.com", "example.com.evil", "[::1]", "[::1]:80", "[::G]", "::1", "127.0.0.1:8000", "a b", "a_b.example.com",
		"user@example.com", "example.com/x", "example.com\\@x", ".", ".example.com", "é.example.com", "-", "example.com,evil.com"}
	for _, series := range []string{"3.2", "4.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			taken := 0
			for _, allowed := range patterns {
				var wants []bool
				testenv.GetDjango(t, series).With(testenv.Settings{"ALLOWED_HOSTS": allowed, "DEBUG": false}).Run(t, `
					from django.core.exceptions import DisallowedHost
					from django.http import HttpRequest
					result = []
					for host in args["hosts"]:
						request = HttpRequest()
						request.META = {"HTTP_HOST": host}
						try:
							result.append(request.get_host() == host)
						except DisallowedHost:
							result.append(False)
				`, map[string]any{"hosts": hosts}, &wants)
				a := auth.New(nil, secret, &auth.Options{AllowedHosts: allowed})
				for i, host := range hosts {
					next := "//" + host + "/x"
					if !auth.IsAllowedURL(next, []string{host}, false) {
						continue // it has no host
					}
					r := httptest.NewRequest("GET", "/login?"+url.Values{"next": {next}}.Encode(), nil)
					r.Host = host
					got := a.Next(r, "/") == next
					if got {
						taken++
					}
					if got != wants[i] {
						t.Errorf("%q for %q: got %v, Django says %v", host, allowed, got, wants[i])
					}
				}
			}
			if taken < 20 {
				t.Errorf("only %d were taken", taken)
			}
		})
	}
}

// targets are good and bad ones, and what comes of joining pieces that matter
// to browsers.
func targets() []string {
	all := []string{"", " ", "/", "/a?next=//b", "http://testserver", "http://testserver/", "https://testserver:80/", "HTTP://testserver/x", "//testserver/", "///testserver", "http:///x",
		"javascript:alert(1)", "é:b", "http://[::1/", "http://testserver@evil/", "//testserver@evil", "/" + strings.Repeat("a", 2047), "/" + strings.Repeat("a", 2048), "\u00ad/x", "\u200b//x", "\u2028/x"}
	pieces := []string{"/", "//", "http:", "https:", "HTTP:", "ftp:", "testserver", "evil.example", `\`, "@", ":", "?", "#", "a", ".", " ", "\t", "\n", "\x00", "\x1f", "é", ":80", "[", "]", "%2F"}
	random := rand.New(rand.NewPCG(3, 4))
	for range 4000 {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		all = append(all, b.String())
	}
	return all
}

// stricter are the targets that only we refuse: with a backslash or control
// character, which Django escapes when it redirects; with no host behind //,
// which browsers go and look for; with a scheme that begins with no letter,
// which older Pythons take for one.
var stricter = regexp.MustCompile(`[\\\x00-\x1f]|^([a-zA-Z0-9+.-]+:)?//([/?#]|$)|^[0-9+.-][a-zA-Z0-9+.-]*:`)

// TestAllowedURLsLikeDjango: what Django refuses is refused, and what it takes
// is taken but for what only Django escapes afterwards.
func TestAllowedURLsLikeDjango(t *testing.T) {
	for _, series := range []string{"3.2", "4.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			all := targets()
			for _, https := range []bool{false, true} {
				var wants []bool
				testenv.GetDjango(t, series).Run(t, `
					from django.utils.http import url_has_allowed_host_and_scheme as allowed
					result = [allowed(url, {"testserver"}, require_https=args["https"]) for url in args["urls"]]
				`, map[string]any{"urls": all, "https": https}, &wants)
				taken := 0
				for i, target := range all {
					got := auth.IsAllowedURL(target, []string{"testserver"}, https)
					if got {
						taken++
					}
					tooLong := len(target) > 2000 // no bound in 3.2, in characters later
					if got && !wants[i] && !tooLong || wants[i] && !got && !tooLong && !stricter.MatchString(strings.TrimSpace(target)) {
						t.Errorf("%.100q, https %v: got %v, Django says %v", target, https, got, wants[i])
					}
				}
				if taken < 300 {
					t.Errorf("only %d of %d were taken", taken, len(all))
				}
			}
		})
	}
}
