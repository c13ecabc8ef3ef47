package cli

import (
	"context"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// open opens the place that the settings name. Close it in the end.
func (a *app) open(ctx context.Context) (*place.Place, *settings.Site, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	b, err := place.OpenSite(ctx, s)
	return b, s, err
}

// openToRead is open for commands that show what sessions hold, which takes the
// secret key.
func (a *app) openToRead(ctx context.Context) (*place.Place, *settings.Site, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	if err := s.Closed(); err != nil { // no key would help
		return nil, nil, err
	}
	if s.SecretKey == "" && !a.unsafe && storeurl.Signed(s.Store) {
		return nil, nil, fail.ErrNoKey
	}
	return a.open(ctx)
}

// openToSurvey is openToRead for commands that count readable sessions, and so
// need the secret key.
func (a *app) openToSurvey(ctx context.Context) (*place.Place, *settings.Site, error) {
	if a.unsafe {
		return nil, nil, fail.Usagef("--no-verify is for looking at sessions: this counts what the keys can read")
	}
	return a.openToRead(ctx)
}

// openToWrite is open for commands that write sessions.
func (a *app) openToWrite(ctx context.Context) (*place.Place, *settings.Site, error) {
	if a.unsafe {
		return nil, nil, fail.Hint(fail.Usagef("--no-verify is for looking: what was not verified is not signed again"))
	}
	return a.openToRead(ctx)
}

// openToCreate is openToWrite for a site that may have its sessions in cookies,
// which need no place.
func (a *app) openToCreate(ctx context.Context) (*place.Place, *settings.Site, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	if s.Engine() != settings.CookieEngine || a.unsafe {
		return a.openToWrite(ctx)
	}
	if s.SecretKey == "" {
		return nil, nil, fail.ErrNoKey
	}
	return &place.Place{Store: s.CookieStore(), Where: "a cookie"}, s, nil
}

// warnCached says that a change of a table is not all: a Django with cached_db
// asks its cache first.
func (a *app) warnCached(b *place.Place, s *settings.Site) {
	if s.CacheLeft {
		a.Say("the cache in the settings belongs to another store, and is left as it is: --cache names the cache of this one, if it has one")
		return
	}
	if b.DB != nil && !b.Cached && strings.Contains(s.Values["session_engine"], "cached_db") {
		a.Say("THIS SITE CACHES ITS SESSIONS (%s): it sees the change when its cache has forgotten the session", s.Values["session_engine"])
	}
}
