package forward

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// A Service is a handler and where it listens.
type Service struct {
	Handler       *forwardauth.Handler
	Listener      net.Listener
	Certificate   *Certificate // nil: without TLS
	Admin         http.Handler
	AdminListener net.Listener // nil: none
	Logger        *slog.Logger
}

// grace is how long requests may take that are under way when it ends.
const grace = 10 * time.Second

// Serve serves until the context ends, and then what is under way.
func (s *Service) Serve(ctx context.Context) error {
	main := forwardauth.NewServer(s.Handler)
	main.ErrorLog = slog.NewLogLogger(s.Logger.Handler(), slog.LevelWarn)
	servers := []*http.Server{main}
	ended := make(chan error, 2)
	go func() {
		if s.Certificate != nil {
			main.TLSConfig = s.Certificate.Config()
			ended <- main.ServeTLS(s.Listener, "", "")
			return
		}
		ended <- main.Serve(s.Listener)
	}()
	if s.AdminListener != nil {
		admin := &http.Server{Handler: s.Admin, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
			WriteTimeout: 20 * time.Second, ErrorLog: main.ErrorLog}
		servers = append(servers, admin)
		go func() { ended <- admin.Serve(s.AdminListener) }()
	}
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		s.Logger.Info("stopping: no new requests are taken")
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for _, server := range servers {
		if stopErr := server.Shutdown(stop); err == nil {
			err = stopErr
		}
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
