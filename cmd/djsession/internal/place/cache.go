package place

import (
	"context"
	"database/sql"
	"net/url"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// cacheOptions are those of a URL's parameters.
func cacheOptions(s *settings.Site, query url.Values) (*cachestore.Options, error) {
	opts := &cachestore.Options{
		KeyPrefix:   query.Get("prefix"),
		StorePrefix: query.Get("cache_key_prefix"),
		Serializer:  pickled.New(&pickled.Options{Protocol: s.Protocol}),
		CookieAge:   s.CookieAge,
		Local:       s.Local,
		ValidKey:    s.ValidKey,
		Now:         s.Now,
	}
	if text := query.Get("version"); text != "" {
		version, err := strconv.Atoi(text)
		if err != nil || version < 1 {
			return nil, fail.Usagef("version of the store must be a number from 1, not %s", human.Quote(text))
		}
		opts.Version = version
	}
	return opts, nil
}

// cachePlace is the sessions in a cache.
func cachePlace(cache cachestore.Cache, opts *cachestore.Options, where string) *Place {
	return &Place{Store: cachestore.New(cache, opts), Where: where, Cache: cache, CacheOptions: opts, WholeSeconds: true}
}

// openFileCache opens the directory of FileBasedCache.
func openFileCache(_ context.Context, s *settings.Site, u *url.URL) (*Place, error) {
	dir, err := directory(u, "LOCATION")
	if err != nil {
		return nil, err
	}
	opts, err := cacheOptions(s, u.Query())
	if err != nil {
		return nil, err
	}
	return cachePlace(filecache.New(dir, &filecache.Options{Now: s.Now}), opts, dir), nil
}

// tableCachePlace is the sessions in the table of a DatabaseCache. Users may
// be in the same database.
func tableCachePlace(db *sql.DB, dialect sqldialect.Dialect, s *settings.Site, query url.Values, where string) (*Place, error) {
	opts, err := cacheOptions(s, query)
	if err != nil {
		return nil, err
	}
	table, schema := query.Get("cache_table"), ""
	if before, after, ok := strings.Cut(table, "."); ok {
		schema, table = before, after
	}
	cache := dbcache.New(db, dialect, table, &dbcache.Options{Schema: schema, Local: s.Local, Now: s.Now})
	b := cachePlace(cache, opts, where)
	b.Users, b.Dialect = db, dialect
	b.Store = struct {
		djsession.Store
		djsession.Modifier
		djsession.ExpiredClearer
	}{b.Store, b.Store.(djsession.Modifier), cache}
	b.close = append(b.close, cache.Close)
	return b, nil
}
