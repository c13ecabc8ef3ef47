package forwardauth

import (
	"context"
	"errors"
	"net/http"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// An answer is what the proxy is told, in whatever way that is sent.
type answer struct {
	status int
	header http.Header // the identity if status is 200, else for the client
	reason string
	cached bool
	err    error // why it could not be decided, or what is wrong with the proxy
}

// answer decides. It lets a request pass only with the identity that its
// session proves, or with none.
func (h *Handler) answer(ctx context.Context, q *question) answer {
	rule := h.opts.Endpoints[q.endpoint]
	if h.opts.Preflight && q.isPreflight() {
		return answer{status: http.StatusOK, header: h.cleared(), reason: "preflight"}
	}
	key, err := h.sessions.UnambiguousKey(q.header)
	if err != nil {
		return h.badRequest(err)
	}
	client := ctx
	ctx, cancel := context.WithTimeout(ctx, h.opts.Timeout)
	defer cancel()
	user, cached, err := h.user(ctx, key)
	if err == nil {
		err = rule.check(ctx, h.login, user)
	}
	var identity http.Header
	if err == nil {
		identity, err = h.identity(ctx, user)
	}
	a := answer{cached: cached, reason: Reason(err)}
	switch {
	case err == nil:
		a.status, a.header = http.StatusOK, identity
	case errors.Is(err, auth.ErrNotLoggedIn) && rule.optional:
		a.status, a.header = http.StatusOK, h.cleared()
	case errors.Is(err, auth.ErrNotLoggedIn):
		a.status, a.header = h.logIn(q)
	case errors.Is(err, auth.ErrForbidden):
		a.status = http.StatusForbidden
	default:
		if client.Err() == nil && !errors.Is(err, errValue) { // the store or the database failed
			h.cache.clear()
		}
		a.status, a.header, a.err = http.StatusServiceUnavailable, http.Header{"Retry-After": {"5"}}, err
	}
	return a
}

// logIn answers a request without a user: a page is sent to the login page, and
// a program told that it must log in. nginx cannot pass a redirect on, and has
// the login page from Location with the 401.
func (h *Handler) logIn(q *question) (int, http.Header) {
	header := http.Header{"Location": {h.page.url(q)}}
	if h.opts.From != XOriginal && q.isNavigation() {
		return http.StatusFound, header
	}
	// A 401 must name a scheme; browsers do not ask for a password by this one.
	header["Www-Authenticate"] = []string{"Session"}
	return http.StatusUnauthorized, header
}

// badRequest answers what cannot be understood. nginx makes a 500 of a 400.
func (h *Handler) badRequest(err error) answer {
	a := answer{status: http.StatusBadRequest, reason: "bad request", err: err}
	if errors.Is(err, errEndpoint) {
		a.status, a.reason = http.StatusNotFound, "no endpoint"
	}
	if h.opts.From == XOriginal {
		a.status = http.StatusForbidden
	}
	return a
}

// errNoSession says that the request has no session.
var errNoSession = noSession{}

type noSession struct{}

func (noSession) Error() string        { return "forwardauth: there is no such session" }
func (noSession) Is(target error) bool { return target == auth.ErrNotLoggedIn }

// lookUp asks the store and the database who a session is about.
func (h *Handler) lookUp(ctx context.Context, key string) (*auth.User, error) {
	s, err := h.sessions.Open(ctx, key)
	switch {
	case errors.Is(err, djsession.ErrInvalidKey), errors.Is(err, djsession.ErrNotFound):
		return nil, errNoSession
	case err != nil:
		return nil, err
	}
	return h.login.User(ctx, s)
}

// user is lookUp with the cache before it. A request without a cookie costs
// nothing.
func (h *Handler) user(ctx context.Context, key string) (u *auth.User, cached bool, err error) {
	if key == "" {
		return nil, false, errNoSession
	}
	if h.opts.Cache == 0 {
		u, err = h.lookUp(ctx, key)
		return u, false, err
	}
	return h.cache.user(ctx, key, h.lookUp)
}
