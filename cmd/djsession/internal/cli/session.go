package cli

import (
	"context"
	"log/slog"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// A session is one as it was found.
type session struct {
	*djsession.Record
	Err error // why it cannot be read; it matches djsession.ErrCorrupt or djsession.ErrTooLarge

	Unsigned bool // it is in a cache, where sessions are not signed
}

// expired reports whether the session has expired. If a cache does not tell
// when a session expires, it has not.
func (s *session) expired(now time.Time) bool {
	return !s.Expires.IsZero() && !s.Expires.After(now)
}

// unverified reports whether the session has a signature that was not checked.
func (s *session) unverified() bool {
	return s.Err == nil && !s.Unsigned && !s.Encoding.Verified
}

// readUnverified reads what could not be verified, with --no-verify.
func (a *app) readUnverified(ctx context.Context, b *place.Place, s *settings.Site, found *session) error {
	if found.Err == nil || !a.unsafe || b.Text == nil {
		return nil
	}
	text, err := b.Text(ctx, found.Key)
	if err != nil {
		return err
	}
	data, encoding, err := s.Codec(djsession.Encoding{}, 0).InspectUnverified(text)
	if err == nil {
		found.Data, found.Encoding, found.Err = data, encoding, nil
	}
	return nil
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
