package place

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore/memcached"
)

// openMemcached takes servers as LOCATION does, or the path of a socket.
func openMemcached(ctx context.Context, s *settings.Site, u *url.URL) (*Place, error) {
	query := u.Query()
	opts, err := cacheOptions(s, query)
	if err != nil {
		return nil, err
	}
	client, err := storeurl.OneOf(query, "client", "pymemcache", "pylibmc", "python-memcached")
	if err != nil {
		return nil, err
	}
	distributions := map[string]memcached.Distribution{"pymemcache": memcached.DistributionRendezvous, "pylibmc": memcached.DistributionJenkins, "python-memcached": memcached.DistributionCRC32}
	options := &memcached.Options{Distribution: distributions[client], Timeout: openTimeout, Now: s.Now}
	if text := query.Get("compress"); text != "" {
		if options.CompressAbove, err = strconv.Atoi(text); err != nil || options.CompressAbove < 1 {
			return nil, fail.Usagef("compress of the store must be a number of bytes, not %s", human.Quote(text))
		}
	}
	if u.User != nil {
		return nil, fail.Hint(fail.Usagef("a store of memcached: has no user or password"), "djsession, like Django, speaks to memcached without")
	}
	servers := strings.Split(u.Host, ",")
	if u.Host == "" {
		servers = []string{u.Path}
	} else if strings.Trim(u.Path, "/") != "" {
		return nil, fail.Hint(fail.Usagef("the URL of the store has a path, and memcached has no databases"), "a socket takes three slashes: memcached:///run/memcached.sock")
	}
	cache, err := memcached.New(servers, options)
	if err != nil {
		return nil, fail.Hint(fail.AsUsage(err), "--store names the servers as LOCATION does: memcached://host:11211,host2:11211")
	}
	b := cachePlace(cache, opts, strings.Join(servers, ", "))
	b.close = append(b.close, cache.Close)
	if _, err := cache.Get(ctx, "djsession"); err != nil && !errors.Is(err, djsession.ErrNotFound) && !errors.Is(err, djsession.ErrCorrupt) &&
		!errors.Is(err, djsession.ErrTooLarge) {
		b.Close()
		return nil, fail.Hint(err, "is the server running, and are host and port in --store right?")
	}
	return b, nil
}
