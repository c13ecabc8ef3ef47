package djsession

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Options is a site's session settings. Nil and the zero value are Django's
// defaults.
type Options struct {
	// CookieName is the cookie's name. The prefixes __Host- and __Secure- imply
	// what browsers ask of such a cookie.
	// Default: "sessionid".
	// Django: SESSION_COOKIE_NAME.
	CookieName string

	// CookieAge is how long a session lives after it was last saved. Default:
	// [DefaultAge].
	// Django: SESSION_COOKIE_AGE.
	CookieAge time.Duration

	// CookieDomain is the cookie's domain. Default: only the host.
	// Django: SESSION_COOKIE_DOMAIN.
	CookieDomain string

	// CookiePath is the cookie's path. It and CookieDomain must be the site's:
	// a browser keeps a cookie of another path or domain next to the site's
	// own, which is logged as a warning where it shows. Default: "/".
	// Django: SESSION_COOKIE_PATH.
	CookiePath string

	// CookieSecure keeps the cookie off plain HTTP.
	// Django: SESSION_COOKIE_SECURE.
	CookieSecure bool

	// CookieAllowJS lets scripts see the cookie.
	// Django: SESSION_COOKIE_HTTPONLY = False.
	CookieAllowJS bool

	// CookieSameSite is the cookie's SameSite. Default: Lax;
	// http.SameSiteDefaultMode leaves the attribute out.
	// Django: SESSION_COOKIE_SAMESITE.
	CookieSameSite http.SameSite

	// KeyHeader is a header that holds the session's key for clients without
	// cookies, such as "X-Session-Token" of django-allauth's apps. A request
	// that has it is not asked for a cookie and gets none: after a login the
	// client must be told [Session.Key]. Default: none.
	KeyHeader string

	// SaveEveryRequest saves every session at every request, so that it lives
	// on while it is used. TouchInterval does that with fewer writes.
	// Django: SESSION_SAVE_EVERY_REQUEST.
	SaveEveryRequest bool

	// ExpireOnClose makes the cookie of a session that says nothing else end
	// with the browser.
	// Django: SESSION_EXPIRE_AT_BROWSER_CLOSE.
	ExpireOnClose bool

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False. It decides
	// how [ExpireAt] is stored, and when a session ends that lives while the
	// clocks are turned. A store may need it too. Nil: USE_TZ = True.
	Local *time.Location

	// ExpireAsDatetime stores [ExpireAt] as a datetime, as Django up to 4.0
	// does. It takes a serializer that can, such as pickled.New(nil).
	ExpireAsDatetime bool

	// ReadOnly never writes: not to the store, and no cookie. A changed session
	// is an [ErrReadOnly].
	ReadOnly bool

	// Merge saves only what this request set or deleted, over what other
	// requests stored since it loaded the session. The store must be a
	// [Modifier]. Without Merge the last request to save overwrites the whole
	// session, as in Django.
	Merge bool

	// TouchInterval saves a session that was used, but not changed, when its
	// last save lies so long ago: sliding expiry without a write for each
	// request. With SaveEveryRequest it bounds those saves. Default: never.
	TouchInterval time.Duration

	// LoadTimeout limits how long [FromRequest] waits for the store, unless
	// the request's context has a deadline. Default: 10 seconds.
	LoadTimeout time.Duration

	// SaveTimeout bounds the save before a response, which goes on when the
	// client has gone away, unless the request's context has a deadline. At
	// most 128 saves go on without their clients; those beyond are given up
	// with an [ErrUnavailable].
	// Default: 10 seconds.
	SaveTimeout time.Duration

	// ValidKey decides which keys may be looked up; others are taken for
	// unknown. Default: [ValidKey], or any if the store is a [Stateless].
	ValidKey func(key string) bool

	// ErrorHandler answers a request whose session cannot be saved, and those
	// that handlers pass to [Error]. The handler's response is dropped, and the
	// error has been logged. Default: [ServeError].
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)

	// Logger gets a warning for each corrupt session, one line for each error
	// that a request is answered with, and one for each change that was not
	// saved. Keys appear as fingerprints. Default: slog.Default().
	Logger *slog.Logger

	// Observe is told of every call of the store. It must be safe for
	// concurrent use, and leave the session alone, which waits for it.
	Observe func(ctx context.Context, e Event)

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

func (o *Options) fillIn() {
	if o.CookieAge == 0 {
		o.CookieAge = DefaultAge
	}
	if o.LoadTimeout == 0 {
		o.LoadTimeout = 10 * time.Second
	}
	if o.SaveTimeout == 0 {
		o.SaveTimeout = 10 * time.Second
	}
	if o.ValidKey == nil {
		o.ValidKey = ValidKey
	}
	if o.ErrorHandler == nil {
		o.ErrorHandler = ServeError
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

func (o *Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.Default()
	}
	return o.Logger
}
