package djsession_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A middlewareVector is what a real Django's middleware did; see
// testdata/README.md.
type middlewareVector struct {
	Django, Python, Request, Cookie, Vary, Raises string
	Settings                                      map[string]any
}

// TestMiddlewareVectors serves each request as Django did. What we do
// differently from a Django stands in olderDjangos, with its reason; from 3.2
// on there is little of it.
func TestMiddlewareVectors(t *testing.T) {
	file, err := os.Open("testdata/middleware.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	checked := 0
	for lines := bufio.NewScanner(file); lines.Scan(); checked++ {
		var v middlewareVector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		got := serveVector(t, &v)
		for _, d := range olderDjangos {
			if d.applies(&v) {
				d.was(&v, &got)
			}
		}
		want := answer{v.Cookie, v.Vary}
		if v.Raises != "" {
			want = answer{cookie: "raises " + v.Raises}
		}
		if got != want {
			t.Errorf("Django %s on Python %s, %s:\ngot  %q\nwant %q", v.Django, v.Python, v.Request, got, want)
		}
	}
	if checked != 410 {
		t.Errorf("%d vectors were checked", checked)
	}
}

type answer struct{ cookie, vary string }

var keyInCookie = regexp.MustCompile(`^sessionid=[a-z0-9]{32}`)

func serveVector(t *testing.T, v *middlewareVector) answer {
	s := newSite(t)
	s.opts.CookieSecure = v.Settings["SESSION_COOKIE_SECURE"] == true
	s.opts.CookieDomain, _ = v.Settings["SESSION_COOKIE_DOMAIN"].(string)
	s.opts.CookiePath, _ = v.Settings["SESSION_COOKIE_PATH"].(string)
	s.opts.CookieAllowJS = v.Settings["SESSION_COOKIE_HTTPONLY"] == false
	s.opts.SaveEveryRequest = v.Settings["SESSION_SAVE_EVERY_REQUEST"] == true
	s.opts.ExpireOnClose = v.Settings["SESSION_EXPIRE_AT_BROWSER_CLOSE"] == true
	if sameSite, ok := v.Settings["SESSION_COOKIE_SAMESITE"]; ok {
		s.opts.CookieSameSite = map[any]http.SameSite{nil: http.SameSiteDefaultMode, "None": http.SameSiteNoneMode}[sameSite]
	}
	key := s.stored(time.Hour, "foo", "bar")
	cookie := ""
	switch {
	case strings.HasPrefix(v.Request, "unknown cookie"), strings.HasPrefix(v.Request, "flush"):
		cookie = "sessionid=" + djsession.NewKey()
	case strings.HasPrefix(v.Request, "cookie shorter"):
		cookie = "sessionid=abc"
	case strings.HasPrefix(v.Request, "existing session"):
		cookie = "sessionid=" + key
	}
	w := s.serve(cookie, func(w http.ResponseWriter, r *http.Request) {
		status := 0
		if code, ok := strings.CutPrefix(v.Request, "status "); ok {
			status, _ = strconv.Atoi(code)
		}
		if !strings.Contains(v.Request, "untouched") {
			session, err := djsession.FromRequest(r)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case strings.Contains(v.Request, "read"):
				session.Has("x")
			case strings.Contains(v.Request, "flush"):
				err = session.Flush(r.Context())
			case strings.Contains(v.Request, "clear()"):
				session.Clear()
			default:
				session.Set("x", 1)
			}
			switch {
			case v.Request == "set_expiry(0)":
				session.SetExpiry(djsession.ExpireOnClose)
			case v.Request == "set_expiry(300)":
				session.SetExpiry(djsession.ExpireAfter(300 * time.Second))
			case strings.Contains(v.Request, "deleted concurrently"):
				err = s.store.Store.Delete(r.Context(), key)
			}
			if err != nil {
				t.Error(err)
			}
		}
		if status != 0 {
			w.WriteHeader(status)
		}
	})
	if w.Code == http.StatusBadRequest {
		return answer{cookie: "raises SessionInterrupted"}
	}
	return answer{keyInCookie.ReplaceAllString(w.Header().Get("Set-Cookie"), "sessionid=<KEY>"), w.Header().Get("Vary")}
}

// olderDjangos is the table of what older Djangos answer otherwise: each row
// turns our answer into theirs. DIFFERENCES.md tells it in words.
var olderDjangos = []struct {
	reason  string
	applies func(v *middlewareVector) bool
	was     func(v *middlewareVector, a *answer)
}{
	{"a response that sets the cookie of a session nobody looked at must not be cached for others (CVE-2026-35192)", before("5.2"), func(v *middlewareVector, a *answer) {
		if v.Request == "existing session, untouched, save every request" {
			a.vary = ""
		}
	}},
	{"up to 4.1 only status 500 kept a session from being saved", before("4.2"), func(v *middlewareVector, a *answer) {
		if v.Request == "status 503" {
			a.cookie = "sessionid=<KEY>; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax"
		}
	}},
	{"1.10 to 3.1 raised a plain SuspiciousOperation, which is a 400 too", between("1.10", "3.2"), func(v *middlewareVector, a *answer) {
		a.cookie = strings.Replace(a.cookie, "raises SessionInterrupted", "raises SuspiciousOperation", 1)
	}},
	{"up to 1.9 saving brought a deleted session back", before("1.10"), func(v *middlewareVector, a *answer) {
		if a.cookie == "raises SessionInterrupted" {
			*a = answer{"sessionid=<KEY>; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax", "Cookie"}
		}
	}},
	{"1.5 and 1.6 stored a session for every unknown key (CVE-2015-5143), and never deleted a cookie", in("1.5", "1.6"), func(v *middlewareVector, a *answer) {
		if strings.HasPrefix(a.cookie, `sessionid=""`) || v.Request == "save every request, untouched, no cookie" {
			a.cookie = "sessionid=<KEY>; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax"
			if domain, path := v.Settings["SESSION_COOKIE_DOMAIN"], v.Settings["SESSION_COOKIE_PATH"]; domain != nil {
				a.cookie = strings.Replace(strings.Replace(a.cookie, "; expires", "; Domain="+domain.(string)+"; expires", 1), "Path=/", "Path="+path.(string), 1)
			}
		}
	}},
	{"up to 2.2 the deletion of a cookie did not say Vary, though 3.0 found that it must", before("3.0"), func(v *middlewareVector, a *answer) {
		if strings.HasPrefix(a.cookie, `sessionid=""`) {
			a.vary = ""
		}
	}},
	{"up to 3.1, but for 2.2.15 and 3.0.9, the deletion had no SameSite", in("1.8", "1.10", "1.11", "2.0", "3.0a", "3.1a"), func(v *middlewareVector, a *answer) {
		if strings.HasPrefix(a.cookie, `sessionid=""`) {
			a.cookie = strings.Replace(a.cookie, "; SameSite=Lax", "", 1)
		}
	}},
	{"up to 1.9 the deletion had the path /, whatever the site's", before("1.10"), func(v *middlewareVector, a *answer) {
		if strings.HasPrefix(a.cookie, `sessionid=""`) {
			a.cookie = strings.Replace(a.cookie, "Path=/app/", "Path=/", 1)
		}
	}},
	{"SESSION_COOKIE_SAMESITE is new in 2.1", before("2.1"), func(v *middlewareVector, a *answer) { a.cookie = strings.Replace(a.cookie, "; SameSite=Lax", "", 1) }},
	{"up to 2.0 dates had dashes, which browsers take too", before("2.1"), func(v *middlewareVector, a *answer) {
		a.cookie = datesInCookies.ReplaceAllString(a.cookie, "$1-$2-$3")
	}},
	{"Python 2 writes attributes in small letters and no quotes; browsers do not care", python2, func(v *middlewareVector, a *answer) {
		a.cookie = strings.NewReplacer("HttpOnly", "httponly", "Secure", "secure", `""`, "").Replace(a.cookie)
	}},
}

var datesInCookies = regexp.MustCompile(`(\d\d) (Nov|Jan) (\d{4})`)

var series = regexp.MustCompile(`^(\d+)\.(\d+)`)

// release turns 3.2.25/sha1, 3.1a and 5.0dev into something to compare.
func release(label string) int {
	m := series.FindStringSubmatch(label)
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return 100*major + minor
}

func before(other string) func(*middlewareVector) bool {
	return func(v *middlewareVector) bool { return release(v.Django) < release(other) }
}

func between(from, to string) func(*middlewareVector) bool {
	return func(v *middlewareVector) bool { return !before(from)(v) && before(to)(v) }
}

func in(releases ...string) func(*middlewareVector) bool {
	return func(v *middlewareVector) bool {
		for _, s := range releases {
			if v.Django == s || strings.HasPrefix(v.Django, s+".") || strings.HasPrefix(v.Django, s+"/") {
				return true
			}
		}
		return false
	}
}

func python2(v *middlewareVector) bool { return strings.HasPrefix(v.Python, "2.") }
