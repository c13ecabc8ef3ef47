package csrf

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A Mode says which checks a request must pass.
type Mode int

const (
	// TokenAndFetchMetadata takes both of the checks below.
	TokenAndFetchMetadata Mode = iota

	// TokenOnly takes Django's checks: Origin or Referer, and a token that
	// belongs to the secret in the cookie or in the session.
	TokenOnly

	// FetchMetadataOnly takes the check of [http.CrossOriginProtection] alone.
	// It needs no cookie and no token, and protects no form from browsers that
	// send neither Sec-Fetch-Site nor Origin.
	FetchMetadataOnly
)

// Options is a site's settings. Nil and the zero value are Django's defaults.
type Options struct {
	// Django is the oldest Django that shares the cookie, such as {4, 2}. Up to
	// 4.0 the cookie holds a masked secret of 64 characters, later the secret,
	// of 32. Up to 3.2 Origin is not looked at, a malformed cookie is replaced
	// without a word, and [Error] has the reasons of that time.
	// Default: {6, 1}.
	Django [2]int

	// Mode says which checks are made. Default: [TokenAndFetchMetadata].
	Mode Mode

	// TrustedOrigins are origins besides the request's own whose forms are
	// accepted: "https://shop.example.com", "https://*.example.com" for that
	// domain and all below it. Entries without a scheme, as Django up to 3.2
	// has them ("shop.example.com", ".example.com"), take Django to be {3, 2}
	// or older; otherwise New panics.
	// Django: CSRF_TRUSTED_ORIGINS.
	TrustedOrigins []string

	// Exempt are patterns of requests that are not checked, as
	// [http.ServeMux] has them: "POST /hooks/". New panics if one is not valid.
	// A path with ".." is never exempt.
	// Django: django.views.decorators.csrf.csrf_exempt.
	Exempt []string

	// UseSessions keeps the secret in the session, as "_csrftoken", in place of
	// a cookie. The requests must have come through Manager.Handler. A manager
	// that is read-only can give no new browser a token.
	// Django: CSRF_USE_SESSIONS.
	UseSessions bool

	// Sessions is the manager whose sessions hold the secret, where several
	// serve a request. Default: the innermost.
	Sessions *djsession.Manager

	// CookieName is the cookie's name. The prefixes __Host- and __Secure- imply
	// what browsers ask of such a cookie. Default: "csrftoken".
	// Django: CSRF_COOKIE_NAME.
	CookieName string

	// CookieAge is how long a browser keeps the cookie since it was last sent a
	// form. Negative: until it closes. Default: [DefaultAge].
	// Django: CSRF_COOKIE_AGE.
	CookieAge time.Duration

	// CookieDomain is the cookie's domain, which a Referer may then name. With
	// UseSessions it is that of the session's cookie. Default: only the host.
	// Django: CSRF_COOKIE_DOMAIN, SESSION_COOKIE_DOMAIN.
	CookieDomain string

	// CookiePath is the cookie's path. Default: "/".
	// Django: CSRF_COOKIE_PATH.
	CookiePath string

	// CookieSecure keeps the cookie off plain HTTP.
	// Django: CSRF_COOKIE_SECURE.
	CookieSecure bool

	// CookieHTTPOnly hides the cookie from scripts, which then cannot send it
	// back in a header.
	// Django: CSRF_COOKIE_HTTPONLY.
	CookieHTTPOnly bool

	// CookieSameSite is the cookie's SameSite. Default: Lax;
	// http.SameSiteDefaultMode leaves the attribute out.
	// Django: CSRF_COOKIE_SAMESITE.
	CookieSameSite http.SameSite

	// Header is the header in which scripts send the token, by its name in
	// HTTP. Default: "X-CSRFToken".
	// Django: CSRF_HEADER_NAME = "HTTP_X_CSRFTOKEN".
	Header string

	// MaxBody is how many bytes of a form are read to find its token. A longer
	// urlencoded form is refused; of a longer upload, the token must be in the
	// first MaxBody bytes, and the rest streams to the handler. It is the
	// memory that a request can take. Default: 2.5 MiB.
	// Django: DATA_UPLOAD_MAX_MEMORY_SIZE.
	MaxBody int64

	// Scheme returns "https" or "http", as the browser has it. Behind a proxy
	// that ends TLS, read the header that the proxy sets, and no client can.
	// Default: "https" if the request has TLS or its URL says so.
	// Django: SECURE_PROXY_SSL_HEADER.
	Scheme func(r *http.Request) string

	// Host returns the host, with its port, as the browser has it. Return ""
	// for one that is not the site's: it matches nothing. Default: r.Host, as
	// the client sent it.
	// Django: HttpRequest.get_host, USE_X_FORWARDED_HOST.
	Host func(r *http.Request) string

	// Deny answers requests that are refused: err is an [*Error], which has
	// been logged. Default: [ServeError].
	// Django: CSRF_FAILURE_VIEW.
	Deny func(w http.ResponseWriter, r *http.Request, err error)

	// Logger gets a warning for each request that is refused.
	// Default: slog.Default().
	// Django: the logger django.security.csrf.
	Logger *slog.Logger

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// DefaultAge is Django's default for CSRF_COOKIE_AGE: 52 weeks.
const DefaultAge = 52 * 7 * 24 * time.Hour

func (o *Options) fillIn() {
	if o.Django == [2]int{} {
		o.Django = [2]int{6, 1}
	}
	if o.CookieName == "" {
		o.CookieName = "csrftoken"
	}
	if o.CookieAge == 0 {
		o.CookieAge = DefaultAge
	}
	if o.CookiePath == "" {
		o.CookiePath = "/"
	}
	if o.CookieSameSite == 0 {
		o.CookieSameSite = http.SameSiteLaxMode
	}
	if o.Header == "" {
		o.Header = "X-CSRFToken"
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 2_621_440
	}
	if o.Scheme == nil {
		o.Scheme = scheme
	}
	if o.Host == nil {
		o.Host = func(r *http.Request) string { return r.Host }
	}
	if o.Deny == nil {
		o.Deny = ServeError
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

func scheme(r *http.Request) string {
	if r.TLS != nil || r.URL.Scheme == "https" {
		return "https"
	}
	return "http"
}

func (o *Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.Default()
	}
	return o.Logger
}

// atLeast reports whether every Django that shares the cookie is that one or a
// later one.
func (o *Options) atLeast(major, minor int) bool {
	return o.Django[0] > major || o.Django[0] == major && o.Django[1] >= minor
}
