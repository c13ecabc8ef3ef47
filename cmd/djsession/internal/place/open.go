package place

import (
	"context"
	"net/url"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// An opener opens the places of one URL scheme.
type opener func(ctx context.Context, s *settings.Site, u *url.URL) (*Place, error)

// openers open each kind of place, by the first of its schemes.
var openers = map[string]opener{
	"sqlite":    openSQLite,
	"postgres":  openPostgreSQL,
	"mysql":     openMySQL,
	"redis":     openRedis,
	"memcached": openMemcached,
	"filecache": openFileCache,
	"file":      openFiles,
}

// openTimeout bounds how long a server may take to answer at first.
const openTimeout = 10 * time.Second

// OpenSite opens the place that the settings name. Close it in the end.
func OpenSite(ctx context.Context, s *settings.Site) (*Place, error) {
	if err := s.Closed(); err != nil {
		return nil, err
	}
	if s.Store == "" {
		return nil, ErrNoStore
	}
	b, err := Open(ctx, s, s.Store)
	if err != nil {
		return nil, err
	}
	if err := b.misplaced(s); err != nil {
		b.Close()
		return nil, err
	}
	if cache := s.Values["cache"]; cache != "" {
		if err := b.openBefore(ctx, s, cache); err != nil {
			b.Close()
			return nil, err
		}
	}
	return b, nil
}

// ErrNoStore is for settings that name no place.
var ErrNoStore = fail.Hint(fail.Usagef("no store"), "name the site's db.sqlite3, or the URL of its database, with --store or DATABASE_URL")

// Open opens a store by what --store says.
func Open(ctx context.Context, s *settings.Site, store string) (*Place, error) {
	u, err := storeurl.Parse(store)
	if err != nil {
		return nil, err
	}
	kind := storeurl.KindOf(u.Scheme)
	if kind == nil {
		return nil, fail.Hint(fail.Usagef("no store has URLs that begin with %s:", u.Scheme), "these are known: "+storeurl.Schemes()+"; see 'djsession help stores'")
	}
	if err := kind.Check(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	return openers[kind.Schemes[0]](ctx, s, u)
}
