package cli

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/forward"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

func (a *app) forwardAuth(ctx context.Context, f *forwardFlags) error {
	opts, err := f.options()
	if err != nil {
		return err
	}
	if (f.tlsCert == "") != (f.tlsKey == "") {
		return fail.Usagef("--tls-cert and --tls-key go together")
	}
	s, store, users, err := a.openForward(ctx)
	if err != nil {
		return err
	}
	defer users.Close()
	if b, ok := store.(*place.Place); ok {
		defer b.Close()
	}
	logger, metrics := a.serverLog(), forward.NewMetrics()
	opts.Logger, opts.Observe, opts.Now = logger, metrics.Answer, a.now
	sessions := djsession.NewManager(store, &djsession.Options{
		CookieName: s.CookieName, CookieAge: s.CookieAge, Local: s.Local, ValidKey: s.ValidKey, ReadOnly: true,
		Logger: logger, Observe: metrics.Store, Now: a.now,
	})
	h, err := forwardauth.New(sessions, users.Auth(), opts)
	if err != nil {
		return fail.AsUsage(err)
	}
	service := &forward.Service{Handler: h, Logger: logger}
	base := forward.Base(opts.From)
	shadow := &forward.Shadow{Check: func(ctx context.Context, header http.Header) (*auth.User, error) { return h.Check(ctx, base, header) }}
	service.Admin = forward.Admin(ready(sessions, logger), metrics, shadow)
	if f.tlsCert != "" {
		if service.Certificate, err = forward.LoadCertificate(f.tlsCert, f.tlsKey, logger); err != nil {
			return fail.File("read the certificate", err)
		}
	}
	return f.serve(ctx, service)
}

func (f *forwardFlags) serve(ctx context.Context, service *forward.Service) (err error) {
	if service.Listener, err = forward.Listen(f.listen); err != nil {
		return err
	}
	defer service.Listener.Close()
	if f.adminListen != "" {
		if service.AdminListener, err = forward.Listen(f.adminListen); err != nil {
			return err
		}
		defer service.AdminListener.Close()
		service.Logger.Info("admin", "address", service.AdminListener.Addr().String())
	}
	service.Logger.Info("forward auth", "address", service.Listener.Addr().String(), "proxy", f.proxy)
	return service.Serve(ctx)
}

// serverLog writes what a server says: as JSON with --json.
func (a *app) serverLog() *slog.Logger {
	if a.json {
		return slog.New(slog.NewJSONHandler(a.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(a.Stderr, nil))
}

// forwardConnections is how many connections a database is asked for, however
// many requests come: PostgreSQL takes 100 in all unless it is told otherwise.
const forwardConnections = 16

// openForward opens sessions and users of a site whose logins djsession can
// judge.
func (a *app) openForward(ctx context.Context) (*settings.Site, djsession.Store, *account.Users, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, nil, err
	}
	if s.SecretKey == "" {
		return nil, nil, nil, fail.ErrNoKey
	}
	for _, lack := range s.Unsupported() {
		if lack.Decides || lack.Closes {
			return nil, nil, nil, fail.Hint(fail.Usagef("only the site itself knows who is logged in: %s", lack.Found), lack.Advice)
		}
	}
	if s.Engine() == settings.CookieEngine {
		users, err := account.Open(ctx, nil, s)
		if err != nil {
			return nil, nil, nil, err
		}
		return s, s.CookieStore(), users, nil
	}
	b, _, err := a.openToRead(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, db := range []*sql.DB{b.DB, b.Users} {
		if db != nil {
			db.SetMaxOpenConns(forwardConnections)
			db.SetMaxIdleConns(forwardConnections)
		}
	}
	users, err := account.Open(ctx, b, s)
	if err != nil {
		b.Close()
		return nil, nil, nil, err
	}
	return s, b, users, nil
}

// ready asks the store about a session that is not there.
func ready(sessions *djsession.Manager, logger *slog.Logger) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := sessions.Exists(ctx, djsession.NewKey())
		if err != nil {
			logger.Error("not ready", "error", err)
		}
		return err
	}
}
