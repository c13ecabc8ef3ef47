package authtest

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// A Browser sends requests to a handler, keeps the cookies that it sets, by
// their domain and path, and sends them with the next request. It is at
// https://example.com and follows no redirects. One test may use it, a request
// at a time.
type Browser struct {
	t       testing.TB
	handler http.Handler
	jar     *cookiejar.Jar

	// Header is sent with every request. Default: Accept, as browsers that show
	// a page have it.
	Header http.Header
}

// NewBrowser returns a browser without cookies.
func NewBrowser(t testing.TB, handler http.Handler) *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, handler: handler, jar: jar, Header: http.Header{"Accept": {"text/html,application/xhtml+xml,*/*;q=0.8"}}}
}

// LogIn gives the browser the cookie of [Request].
func (b *Browser) LogIn(sessions *djsession.Manager, login *auth.Auth, user *auth.User, values map[string]any) {
	b.t.Helper()
	b.jar.SetCookies(b.url(home), []*http.Cookie{Cookie(b.t, sessions, login, user, values)})
}

// Get asks for a page, such as "/orders/?page=2".
func (b *Browser) Get(target string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.Do(httptest.NewRequest(http.MethodGet, b.url(target).String(), nil))
}

// Post sends a form.
func (b *Browser) Post(target string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, b.url(target).String(), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.Do(r)
}

// Do sends any request, with the browser's cookies, and with its Header where
// the request does not say otherwise.
func (b *Browser) Do(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	at := b.url(r.URL.String())
	for name, values := range b.Header {
		if _, given := r.Header[name]; !given {
			r.Header[name] = values
		}
	}
	for _, cookie := range b.jar.Cookies(at) {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	b.jar.SetCookies(at, w.Result().Cookies())
	return w
}

// Cookie returns the value of a cookie that is sent to a page, or "".
func (b *Browser) Cookie(target, name string) string {
	b.t.Helper()
	for _, cookie := range b.jar.Cookies(b.url(target)) {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}

// url is where a link leads that stands on the home page.
func (b *Browser) url(target string) *url.URL {
	b.t.Helper()
	base, err := url.Parse(home)
	if err == nil {
		base, err = base.Parse(target)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return base
}
