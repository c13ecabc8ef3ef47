package longrequests

import (
	"context"
	"errors"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// A Site is what the examples share: the sessions, the logins, and the watcher
// of both, whose WatchOptions.Judge is Login.Judge().
type Site struct {
	Sessions *djsession.Manager
	Login    *auth.Auth
	Watcher  *djsession.Watcher
}

// open returns the user of a session's key, and a context that ends with the
// login.
func (s *Site) open(ctx context.Context, key string) (*auth.User, context.Context, context.CancelFunc, error) {
	session, err := s.Sessions.Open(ctx, key)
	if errors.Is(err, djsession.ErrNotFound) || errors.Is(err, djsession.ErrInvalidKey) {
		err = auth.ReasonNoLogin
	}
	if err != nil {
		return nil, nil, nil, err
	}
	user, err := s.Login.User(ctx, session)
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := s.Watcher.Watch(ctx, session)
	return user, ctx, cancel, nil
}

// sessionEnded reports whether a context ended because the session did, and not
// because the client went away.
func sessionEnded(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return errors.Is(cause, djsession.ErrNotFound) || errors.Is(cause, auth.ErrNotLoggedIn)
}
