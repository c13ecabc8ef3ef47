package cli

import (
	"log/slog"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// A session is one as it was found.
type session struct {
	*djsession.Record
	Err error // why it cannot be read; it matches djsession.ErrCorrupt or djsession.ErrTooLarge

	Unsigned bool // it is in a cache, where nobody signs
}

// expired reports whether it has ended. Of some in a cache nobody knows until
// when they live, and those live.
func (s *session) expired(now time.Time) bool {
	return !s.Expires.IsZero() && !s.Expires.After(now)
}

// unverified reports whether its signature should be good, and nobody has
// checked.
func (s *session) unverified() bool {
	return s.Err == nil && !s.Unsigned && !s.Encoding.Verified
}

// asSession is data as package auth wants it. It is of no store.
func (a *app) asSession(s *settings.Site, data *djsession.Data) *djsession.Session {
	session := a.manager(s, memstore.New(nil), 0).New()
	session.Update(data.All())
	return session
}

// manager makes sessions. It is quiet, and they live for so long, or for the
// site's session_cookie_age.
func (a *app) manager(s *settings.Site, store djsession.Store, age time.Duration) *djsession.Manager {
	if age == 0 {
		age = s.CookieAge
	}
	return djsession.NewManager(store, &djsession.Options{
		CookieName: s.CookieName,
		CookieAge:  age,
		Local:      s.Local,
		Logger:     slog.New(slog.DiscardHandler),
		Now:        a.now,
	})
}
