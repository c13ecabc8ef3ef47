package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// CookieSettings are what a site is said to send with a cookie.
type CookieSettings struct {
	Name     string
	Path     string
	Domain   string
	Secure   bool
	HTTPOnly bool
	SameSite string        // Lax, Strict, None, or "" for none at all
	Age      time.Duration // 0 until the browser closes
}

// askTimeout bounds each request to the site.
const askTimeout = 15 * time.Second

// site asks the site for a page, and compares the cookies that come with the
// settings. It sends a session key that no browser has: a site that looks at it
// answers by deleting the cookie, with the path and domain of its own.
func (p *Patient) site(ctx context.Context, r *Report) {
	if p.URL == "" {
		return
	}
	sent, err := p.ask(ctx)
	if err != nil {
		r.add("site", Bad, "the site cannot be asked: "+err.Error(), "is the URL right, and can this machine reach it?")
		return
	}
	session := p.compare(r, sent, "session_cookie", &p.SessionCookie)
	csrf := p.compare(r, sent, "csrf_cookie", &p.CSRFCookie)
	var names []string
	for _, c := range sent {
		names = append(names, c.Name)
	}
	switch other := otherSession(sent, p); {
	case session:
	case other != "":
		r.add(
			"session_cookie",
			Bad,
			fmt.Sprintf(
				"the site sends no cookie %s, but %s, whose value looks like a session key",
				p.SessionCookie.Name,
				other,
			),
			"set session_cookie_name to it, if it is the site's SESSION_COOKIE_NAME; a SessionMiddleware of the site's own may change the name",
		)
	case len(sent) == 0:
		r.add(
			"session_cookie",
			Unknown,
			"the site sent no cookie",
			"give --url a page that looks at the user, such as that of the login",
		)
	default:
		r.add(
			"session_cookie",
			Unknown,
			"the site sent no session cookie, but "+strings.Join(names, ", "),
			"give --url a page that looks at the user, such as that of the login",
		)
	}
	if !csrf && session {
		r.add("csrf_cookie", Unknown, "the site sent no CSRF cookie with this page", "")
	}
}

// ask returns the cookies of the page, and of those that lead to it on the same
// host: the last of each name.
func (p *Patient) ask(ctx context.Context) ([]*http.Cookie, error) {
	target, err := url.Parse(p.URL)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return nil, errors.New("it takes a URL that begins with http:// or https://")
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var sent []*http.Cookie
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 5 {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("User-Agent", "djsession doctor")
		request.Header.Set("Cookie", p.SessionCookie.Name+"="+djsession.NewKey())
		response, err := client.Do(request)
		if failed := new(url.Error); errors.As(err, &failed) {
			return nil, failed.Err // the URL may hold a password
		}
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
		response.Body.Close()
		sent = append(response.Cookies(), sent...)
		next, err := response.Location()
		if response.StatusCode < 300 || response.StatusCode > 399 || err != nil ||
			next.Hostname() != target.Hostname() {
			break
		}
		target = next
	}
	return sent, nil
}

// compare holds a cookie against its settings, and reports whether it was sent.
func (p *Patient) compare(r *Report, sent []*http.Cookie, check string, want *CookieSettings) bool {
	var got *http.Cookie
	for _, c := range sent {
		if c.Name == want.Name {
			got = c
			break
		}
	}
	if got == nil {
		return false
	}
	var wrong []string
	differ := func(setting, site, here string) {
		if site != here {
			wrong = append(wrong, fmt.Sprintf("%s is %s on the site, and %s here", setting, orNone(site), orNone(here)))
		}
	}
	differ(check+"_path", got.Path, want.Path)
	differ(
		check+"_domain",
		strings.TrimPrefix(strings.ToLower(got.Domain), "."),
		strings.TrimPrefix(strings.ToLower(want.Domain), "."),
	)
	differ(check+"_samesite", sameSite(got), want.SameSite)
	found := "the cookie " + want.Name + " is as the settings say"
	if deletes(got) {
		found += ", in path, domain and SameSite: the site deleted it, as it should, so the rest is not to be seen"
	} else {
		differ(check+"_secure", fmt.Sprint(got.Secure), fmt.Sprint(want.Secure))
		differ(check+"_httponly", fmt.Sprint(got.HttpOnly), fmt.Sprint(want.HTTPOnly))
		differ(check+"_age", age(got), seconds(want.Age))
	}
	if len(wrong) > 0 {
		r.add(
			check,
			Bad,
			"the cookie "+want.Name+" is not as the settings say: "+strings.Join(wrong, "; "),
			"set them to what the site has, here and in djsession.Options of a Go service: two cookies of one name, or one that the other side cannot delete, log users out",
		)
	} else {
		r.add(check, Good, found, "")
	}
	return true
}

func deletes(c *http.Cookie) bool {
	return c.MaxAge < 0 || c.Value == "" || !c.Expires.IsZero() && c.Expires.Before(time.Unix(1, 0))
}

func sameSite(c *http.Cookie) string {
	switch c.SameSite {
	case http.SameSiteLaxMode:
		return "Lax"
	case http.SameSiteStrictMode:
		return "Strict"
	case http.SameSiteNoneMode:
		return "None"
	}
	return ""
}

func age(c *http.Cookie) string {
	if c.MaxAge > 0 {
		return seconds(time.Duration(c.MaxAge) * time.Second)
	}
	return seconds(0)
}

func seconds(d time.Duration) string {
	if d == 0 {
		return "until the browser closes"
	}
	return fmt.Sprint(int64(d / time.Second))
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// keyLike matches what Django makes as a session key, and not a CSRF token,
// which is longer or has capital letters.
var keyLike = regexp.MustCompile(`^[a-z0-9]{32}$`)

// otherSession is the name of a cookie that is not the expected one, but looks
// like that of a session.
func otherSession(sent []*http.Cookie, p *Patient) string {
	for _, c := range sent {
		if c.Name != p.SessionCookie.Name && c.Name != p.CSRFCookie.Name &&
			(keyLike.MatchString(c.Value) || strings.HasSuffix(c.Name, p.SessionCookie.Name)) {
			return c.Name
		}
	}
	return ""
}
