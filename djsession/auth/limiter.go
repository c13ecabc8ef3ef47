package auth

import (
	"context"
	"net"
	"net/http"
)

// ErrThrottled is for a [LoginLimiter] that refuses an attempt. It matches
// [ErrInvalidLogin]: a form that does not tell them apart says that the login
// is not right.
var ErrThrottled error = throttled{}

type throttled struct{}

func (throttled) Error() string        { return "auth: too many attempts to log in: try again later" }
func (throttled) Is(target error) bool { return target == ErrInvalidLogin }

// An Attempt is one to log in by a password.
type Attempt struct {
	Username string // as it was typed, whether or not it is a user's
	Address  string // of the client, or "" if the context is not a request's
}

// A LoginLimiter refuses who has tried too often. It must be safe for
// concurrent use.
type LoginLimiter interface {
	// Begin counts an attempt as one that failed, and returns an error to
	// refuse it, which should match [ErrThrottled]. It is called before the
	// password is looked at, so that a thousand attempts at the same time are a
	// thousand.
	Begin(ctx context.Context, attempt Attempt) error

	// End says that an attempt did not fail: that it succeeded, so that what
	// was counted against the name may be forgotten, or that it could not be
	// decided, so that it should not count.
	End(ctx context.Context, attempt Attempt, succeeded bool)
}

// clientAddress returns the address of the client whose request ctx is from.
func (a *Auth) clientAddress(ctx context.Context) string {
	x, ok := ctx.Value(a).(*exchange)
	if !ok || a.opts.Limiter == nil {
		return ""
	}
	if a.opts.ClientAddress != nil {
		return a.opts.ClientAddress(x.request)
	}
	return connectionAddress(x.request)
}

func connectionAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
