package interop

import (
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

//go:embed csrfreasons.py
var csrfReasonsPy string

// A randomRequest is one that a browser may send, or an attacker.
type randomRequest struct {
	Method  string            `json:"method"`
	Host    string            `json:"host"`
	Secure  bool              `json:"secure"`
	Body    string            `json:"body"`
	Headers map[string]string `json:"headers"`
}

// What requests are made of. S and M are the secret and a masked one.
var (
	csrfHosts = []string{"site.example", "site.example:8443", "a.site.example", "SITE.example", "[::1]:80", "wild.example", "port.example:8443"}
	urlParts  = []string{"https://", "http://", "HTTPS://", "//", "https:", "site.example", "wild.example", "a.wild.example", ".wild.example",
		"port.example", "plain.example", "cookie.example", ":8443", ":443", ":", "/", "/x", "?", "#", "@", "a.", "A", "*", "[", "]", "[::1]", ".", " ",
		"null", "\\", "%", "é", "%2e", ";", "&", ""}
	bodyParts = []string{"csrfmiddlewaretoken=", "csrfmiddlewaretoken", "%63srfmiddlewaretoken=", "CSRFMIDDLEWARETOKEN=", "=", "&", "&&", "S", "M", "W",
		"%41", "+", "%", "%zz", "é", "%C3%A9", "%ff", "a", "a=b", "&csrfmiddlewaretoken=M", "&csrfmiddlewaretoken=S"}
	tokenParts = []string{"S", "M", "W", "", "a", "-", "é", " ", "S", "M"}
	cookieBits = []string{"csrftoken=S", "csrftoken=M", "csrftoken=W", "csrftoken=", `csrftoken="S"`, "; ", ";", "a=b", " ", `"`, `\`, "x", "csrftoken"}
)

func fewOf(random *rand.Rand, parts []string, most int) string {
	var text strings.Builder
	for range random.IntN(most + 1) {
		text.WriteString(parts[random.IntN(len(parts))])
	}
	return text.String()
}

func newRandomRequest(random *rand.Rand, fill *strings.Replacer) randomRequest {
	r := randomRequest{Method: "POST", Host: csrfHosts[random.IntN(len(csrfHosts))], Secure: random.IntN(2) == 0, Headers: map[string]string{}}
	if random.IntN(8) == 0 {
		r.Method = []string{"GET", "PUT", "DELETE", "OPTIONS", "QUERY"}[random.IntN(5)]
	}
	r.Headers["Cookie"] = fill.Replace("csrftoken=S")
	if random.IntN(3) == 0 {
		r.Headers["Cookie"] = fill.Replace(fewOf(random, cookieBits, 4))
	}
	r.Body = fill.Replace("csrfmiddlewaretoken=M")
	if random.IntN(2) == 0 {
		r.Body = fill.Replace(fewOf(random, bodyParts, 7))
	}
	if random.IntN(3) == 0 {
		r.Headers["X-CSRFToken"] = fill.Replace(fewOf(random, tokenParts, 2))
	}
	scheme := map[bool]string{true: "https://", false: "http://"}[r.Secure]
	for _, name := range []string{"Origin", "Referer"} {
		switch random.IntN(4) {
		case 0, 1:
			r.Headers[name] = fewOf(random, urlParts, 5)
		case 2:
			r.Headers[name] = scheme + r.Host
		}
	}
	return r
}

// TestCSRFLikeDjango sends random requests, and has us say what each Django
// says.
func TestCSRFLikeDjango(t *testing.T) {
	secret, wrong := strings.Repeat("aB3x", 8), strings.Repeat("z", 32)
	masked := strings.Repeat("a", 32) + secret
	fill := strings.NewReplacer("S", secret, "M", masked, "W", wrong)
	random := rand.New(rand.NewPCG(15, 15))
	requests := make([]randomRequest, 10000)
	for i := range requests {
		requests[i] = newRandomRequest(random, fill)
	}
	origins := []string{"https://*.wild.example", "https://port.example:8443", "http://plain.example"}
	fromSeries32(t, func(t *testing.T, dj *testenv.Django) {
		trusted := origins
		if !dj.AtLeast(4, 0) {
			trusted = []string{".wild.example", "port.example:8443", "plain.example"}
		}
		for _, domain := range []string{"", ".cookie.example"} {
			settings := testenv.Settings{"CSRF_TRUSTED_ORIGINS": trusted}
			if domain != "" {
				settings["CSRF_COOKIE_DOMAIN"] = domain
			}
			var said []*string
			dj.With(settings).Run(t, csrfReasonsPy, map[string]any{"requests": requests}, &said)
			opts := csrf.Options{Mode: csrf.TokenOnly, TrustedOrigins: trusted, CookieDomain: domain}
			fmt.Sscanf(dj.Series, "%d.%d", &opts.Django[0], &opts.Django[1])
			p := csrf.New(&opts)
			accepted, differ := 0, 0
			for i, request := range requests {
				got, want := reasonOf(p.Check(request.forGo())), said[i]
				if want != nil && *want == "" {
					accepted++
				}
				if want == nil && got != "" || want != nil && shown(*want) == shown(got) {
					continue
				}
				if differ++; differ <= 10 {
					t.Errorf("%+v: got %q, Django says %q", request, got, deref(want))
				}
			}
			if accepted < 500 || differ > 10 {
				t.Errorf("Django accepts %d requests, and we differ on %d", accepted, differ)
			}
		}
	})
}

func (r *randomRequest) forGo() *http.Request {
	request := httptest.NewRequest("POST", "/", strings.NewReader(r.Body))
	request.Method, request.Host = r.Method, r.Host
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range r.Headers {
		request.Header.Set(name, value)
	}
	if r.Secure {
		request.URL.Scheme = "https"
	}
	return request
}

func reasonOf(err error) string {
	var refused *csrf.Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

// shown is a reason as we give it: without the query of a Referer, and with one
// text for schemes of which some Pythons say that they are none.
func shown(reason string) string {
	if reason == "Referer checking failed - Referer is insecure while host is secure." {
		return "Referer checking failed - Referer is malformed."
	}
	const start, end = "Referer checking failed - ", " does not match any trusted origins."
	referer, ok := strings.CutPrefix(strings.TrimSuffix(reason, end), start)
	if at := strings.IndexAny(referer, "?#"); ok && at >= 0 {
		return start + referer[:at] + end
	}
	return reason
}

func deref(s *string) string {
	if s == nil {
		return "an exception"
	}
	return *s
}
