package auth_test

import (
	"context"
	"net/http"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// Server-sent events that end when the user logs out, on either side.
func ExampleAuth_Judge() {
	var sessions *djsession.Manager
	var login *auth.Auth
	var stream func(ctx context.Context, w http.ResponseWriter)

	watcher := djsession.NewWatcher(sessions, &djsession.WatchOptions{Judge: login.Judge()})
	http.Handle("/events", sessions.Handler(login.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		ctx, cancel := watcher.Watch(r.Context(), session)
		defer cancel()
		stream(ctx, w) // until the client goes away, or is logged out
	}))))
}
