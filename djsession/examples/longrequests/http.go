package longrequests

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"connectrpc.com/connect"
	"github.com/coder/websocket"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// Handler serves the examples that are handlers of net/http. Serve it behind
// the site's CSRF check: Connect's procedures are posted.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("GET /socket", s.socket)
	mux.Handle("/site.Clock/", connect.NewServerStreamHandler("/site.Clock/Ticks", s.ticks))
	return s.Sessions.Handler(s.Login.RequireUser(mux))
}

// watch returns the request's context, which ends with the login too.
func (s *Site) watch(ctx context.Context, r *http.Request) (context.Context, context.CancelFunc, error) {
	session, err := djsession.FromRequest(r)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := s.Watcher.Watch(ctx, session)
	return ctx, cancel, nil
}

// events are server-sent: the user's name, then a tick now and then.
func (s *Site) events(w http.ResponseWriter, r *http.Request) {
	ctx, cancel, err := s.watch(r.Context(), r)
	if err != nil {
		djsession.Error(w, r, err)
		return
	}
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	fmt.Fprintf(w, "event: hello\ndata: %s\n\n", auth.UserFromContext(r.Context()).Username)
	for every(ctx, func() bool {
		fmt.Fprint(w, "event: tick\ndata:\n\n")
		return out.Flush() == nil
	}) {
	}
	if sessionEnded(ctx) {
		fmt.Fprint(w, "event: logout\ndata:\n\n") // so that the page does not connect again
		out.Flush()
	}
}

// every does something at once and then ten times a second, until it fails or
// the context is over.
func every(ctx context.Context, do func() bool) (again bool) {
	if !do() {
		return false
	}
	select {
	case <-time.After(100 * time.Millisecond):
		return true
	case <-ctx.Done():
		return false
	}
}

// socket is a websocket that says the user's name, and echoes. Accept refuses
// pages of other sites: a websocket has no other CSRF check.
func (s *Site) socket(w http.ResponseWriter, r *http.Request) {
	ctx, cancel, err := s.watch(r.Context(), r)
	if err != nil {
		djsession.Error(w, r, err)
		return
	}
	defer cancel()
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // it has answered
	}
	defer conn.CloseNow()
	// A context that ends while a message is read closes the connection without
	// a word, so the word is said first.
	defer context.AfterFunc(ctx, func() {
		if sessionEnded(ctx) {
			conn.Close(websocket.StatusPolicyViolation, "the session has ended")
		}
	})()
	client := context.WithoutCancel(ctx)
	message := []byte(auth.UserFromContext(r.Context()).Username)
	for err == nil {
		if err = conn.Write(client, websocket.MessageText, message); err == nil {
			_, message, err = conn.Read(client)
		}
	}
}

// ticks is a server stream of Connect, whose handlers are net/http's: the
// user's name, ten times a second.
func (s *Site) ticks(ctx context.Context, req *connect.Request[emptypb.Empty], out *connect.ServerStream[wrapperspb.StringValue]) error {
	user, ctx, cancel, err := s.open(ctx, s.Sessions.KeyFromCookie(req.Header()["Cookie"]...))
	if errors.Is(err, auth.ErrNotLoggedIn) {
		return connect.NewError(connect.CodeUnauthenticated, err)
	}
	if err != nil {
		return connect.NewError(connect.CodeUnavailable, errors.New("sessions are unavailable at the moment"))
	}
	defer cancel()
	for every(ctx, func() bool { return out.Send(wrapperspb.String(user.Username)) == nil }) {
	}
	if sessionEnded(ctx) {
		return connect.NewError(connect.CodeUnauthenticated, errors.New("the session has ended"))
	}
	return ctx.Err()
}
