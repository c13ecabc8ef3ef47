package cli

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
	"github.com/djsession/djsession-go/djsession/cachestore/memcached"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// cacheOptions are those of a URL's parameters.
func (s *site) cacheOptions(query url.Values) (*cachestore.Options, error) {
	opts := &cachestore.Options{
		KeyPrefix:   query.Get("prefix"),
		StorePrefix: query.Get("cache_key_prefix"),
		Serializer:  pickled.New(&pickled.Options{Protocol: s.protocol}),
		CookieAge:   s.cookieAge,
		Local:       s.local,
		ValidKey:    s.validKey,
		Now:         s.now,
	}
	if text := query.Get("version"); text != "" {
		version, err := strconv.Atoi(text)
		if err != nil || version < 1 {
			return nil, usagef("version of the store must be a number from 1, not %s", quote(text))
		}
		opts.Version = version
	}
	return opts, nil
}

// cacheBackend is the sessions in a cache.
func cacheBackend(cache cachestore.Cache, opts *cachestore.Options, where string) *backend {
	return &backend{Store: cachestore.New(cache, opts), Where: where, Cache: cache, CacheOptions: opts, WholeSeconds: true}
}

// openMemcached takes servers as LOCATION does, or the path of a socket.
func openMemcached(ctx context.Context, s *site, u *url.URL) (*backend, error) {
	query := u.Query()
	opts, err := s.cacheOptions(query)
	if err != nil {
		return nil, err
	}
	client, err := oneOf(query, "client", "pymemcache", "pylibmc", "python-memcached")
	if err != nil {
		return nil, err
	}
	distributions := map[string]memcached.Distribution{"pymemcache": memcached.DistributionRendezvous, "pylibmc": memcached.DistributionJenkins, "python-memcached": memcached.DistributionCRC32}
	options := &memcached.Options{Distribution: distributions[client], Timeout: openTimeout, Now: s.now}
	if text := query.Get("compress"); text != "" {
		if options.CompressAbove, err = strconv.Atoi(text); err != nil || options.CompressAbove < 1 {
			return nil, usagef("compress of the store must be a number of bytes, not %s", quote(text))
		}
	}
	if u.User != nil {
		return nil, hint(usagef("a store of memcached: has no user or password"), "djsession, like Django, speaks to memcached without")
	}
	servers := strings.Split(u.Host, ",")
	if u.Host == "" {
		servers = []string{u.Path}
	} else if strings.Trim(u.Path, "/") != "" {
		return nil, hint(usagef("the URL of the store has a path, and memcached has no databases"), "a socket takes three slashes: memcached:///run/memcached.sock")
	}
	cache, err := memcached.New(servers, options)
	if err != nil {
		return nil, hint(usageError(err), "--store names the servers as LOCATION does: memcached://host:11211,host2:11211")
	}
	b := cacheBackend(cache, opts, strings.Join(servers, ", "))
	b.close = append(b.close, cache.Close)
	if _, err := cache.Get(ctx, "djsession"); err != nil && !errors.Is(err, djsession.ErrNotFound) && !errors.Is(err, djsession.ErrCorrupt) &&
		!errors.Is(err, djsession.ErrTooLarge) {
		b.Close()
		return nil, hint(err, "is the server running, and are host and port in --store right?")
	}
	return b, nil
}

// openFileCache opens the folder of FileBasedCache.
func openFileCache(_ context.Context, s *site, u *url.URL) (*backend, error) {
	dir, err := folder(u, "LOCATION")
	if err != nil {
		return nil, err
	}
	opts, err := s.cacheOptions(u.Query())
	if err != nil {
		return nil, err
	}
	return cacheBackend(filecache.New(dir, &filecache.Options{Now: s.now}), opts, dir), nil
}

// tableCacheBackend is the sessions in the table of a DatabaseCache. Users may
// be in the same database.
func tableCacheBackend(db *sql.DB, dialect sqldialect.Dialect, s *site, query url.Values, where string) (*backend, error) {
	opts, err := s.cacheOptions(query)
	if err != nil {
		return nil, err
	}
	table, schema := query.Get("cache_table"), ""
	if before, after, ok := strings.Cut(table, "."); ok {
		schema, table = before, after
	}
	cache := dbcache.New(db, dialect, table, &dbcache.Options{Schema: schema, Local: s.local, Now: s.now})
	b := cacheBackend(cache, opts, where)
	b.Users, b.Dialect = db, dialect
	b.Store = struct {
		djsession.Store
		djsession.Modifier
		djsession.ExpiredClearer
	}{b.Store, b.Store.(djsession.Modifier), cache}
	b.close = append(b.close, cache.Close)
	return b, nil
}
