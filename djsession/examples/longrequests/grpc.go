package longrequests

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/djsession/djsession-go/djsession/auth"
)

type userKey struct{}

// User returns the user of a gRPC request that passed an interceptor.
func User(ctx context.Context) *auth.User {
	u, _ := ctx.Value(userKey{}).(*auth.User)
	return u
}

// Unary is a grpc.UnaryServerInterceptor that lets only users pass.
func (s *Site) Unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	ctx, cancel, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	return handler(ctx, req)
}

// Stream is a grpc.StreamServerInterceptor that lets only users pass, and ends
// the stream's context with the login.
func (s *Site) Stream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	ctx, cancel, err := s.enter(stream.Context())
	if err != nil {
		return err
	}
	defer cancel()
	err = handler(srv, watchedStream{stream, ctx})
	if sessionEnded(ctx) {
		return status.Error(codes.Unauthenticated, "the session has ended")
	}
	return err
}

// A watchedStream has the context of a login.
type watchedStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s watchedStream) Context() context.Context { return s.ctx }

// enter takes the session's key from the metadata: of allauth's apps, of a
// browser by gRPC-Web, or of a browser by grpc-gateway.
func (s *Site) enter(ctx context.Context) (context.Context, context.CancelFunc, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	key := ""
	if tokens := md.Get("x-session-token"); len(tokens) == 1 {
		key = tokens[0]
	} else {
		key = s.Sessions.KeyFromCookie(append(md.Get("cookie"), md.Get("grpcgateway-cookie")...)...)
	}
	user, ctx, cancel, err := s.open(ctx, key)
	switch {
	case errors.Is(err, auth.ErrNotLoggedIn):
		return nil, nil, status.Error(codes.Unauthenticated, "log in first")
	case err != nil:
		return nil, nil, status.Error(codes.Unavailable, "sessions are unavailable at the moment")
	}
	return context.WithValue(ctx, userKey{}, user), cancel, nil
}
