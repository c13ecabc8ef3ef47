package auth

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/djsession/djsession-go/djsession"
)

// ErrNoAuth says that a request came neither through [Auth.Handler] nor through
// one of the Require methods.
var ErrNoAuth = errors.New("auth: the request did not pass through Auth.Handler: serve sessions.Handler(login.Handler(router))")

// An exchange is a request's context, and remembers its user.
type exchange struct {
	context.Context
	auth    *Auth
	request *http.Request // before it knew its user

	finding sync.Mutex
	found   atomic.Pointer[found] // nil until a handler asks
	csrf    csrfCheck

	observed atomic.Bool // Options.Observe was told
}

// csrfCheck is whether Options.CSRF refused the request.
type csrfCheck struct {
	once   sync.Once
	failed atomic.Pointer[CSRFError]
}

// found is who a session is about.
type found struct {
	session *djsession.Session // nil for a token's user
	user    *User
	nobody  error // a Reason, if user is nil
}

type exchangeKey struct{}

// Value finds the exchange itself: the innermost by exchangeKey, that of an
// Auth by the Auth.
func (x *exchange) Value(key any) any {
	switch key {
	case exchangeKey{}, x.auth:
		return x
	}
	return x.Context.Value(key)
}

// Handler makes the user of a request available to next. It reads nothing until
// next calls [FromRequest] or [Auth.User].
// Django: django.contrib.auth.middleware.AuthenticationMiddleware.
func (a *Auth) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, known := a.exchange(r)
		serve(next, w, r, known)
	})
}

// serve has next serve a request that knows its user. The files of an upload
// are removed by the request that it is a copy of, after a panic too.
func serve(next http.Handler, w http.ResponseWriter, r, known *http.Request) {
	defer func() { r.MultipartForm = known.MultipartForm }()
	next.ServeHTTP(w, known)
}

// exchange returns the request's, which is a new one at the first time.
func (a *Auth) exchange(r *http.Request) (*exchange, *http.Request) {
	if x, ok := r.Context().Value(a).(*exchange); ok {
		return x, r
	}
	x := &exchange{Context: r.Context(), auth: a, request: r}
	return x, r.WithContext(x)
}

// FromRequest returns the request's user, who is looked up at the first call,
// by each of Options.Schemes until one finds a user. Errors are those of
// [Auth.User], of djsession.FromRequest and of the schemes, a *[CSRFError], or
// [ErrNoAuth]. [Error] answers a request with any of them.
// Django: request.user.
func FromRequest(r *http.Request) (*User, error) {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, ErrNoAuth
	}
	_, u, err := x.search(r)
	return u, err
}

// UserFromContext returns the user that was found for a request earlier: always
// behind [Auth.RequireUser] and [Auth.RequirePermission], otherwise only if a
// handler has asked. It returns nil if there is none, and if the request failed
// the CSRF check.
func UserFromContext(ctx context.Context) *User {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok && x.csrf.failed.Load() == nil {
		if f := x.found.Load(); f != nil {
			return f.user
		}
	}
	return nil
}

// userOf finds the user of a session and remembers it for that session.
// Failures are not remembered. It holds no lock that [UserFromContext] needs,
// since code that logs a query may call that during the search.
func (x *exchange) userOf(ctx context.Context, s *djsession.Session) (*User, error) {
	x.finding.Lock()
	defer x.finding.Unlock()
	if f := x.found.Load(); f != nil && f.session == s {
		return f.user, f.nobody
	}
	u, err := x.auth.find(ctx, s)
	if err == nil || errors.Is(err, ErrNotLoggedIn) {
		x.found.CompareAndSwap(nil, &found{s, u, err})
	}
	return u, err
}

// remember notes a login or logout for the rest of the request.
func (a *Auth) remember(ctx context.Context, s *djsession.Session, u *User, nobody error) {
	x, ok := ctx.Value(a).(*exchange)
	if !ok {
		return
	}
	if f := x.found.Load(); f == nil || f.session == s {
		x.found.Store(&found{s, u, nobody})
	}
}
