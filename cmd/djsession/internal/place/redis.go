package place

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/compress"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/msgpacked"
	"github.com/djsession/djsession-go/djsession/redisstore"
)

// openRedis opens a cache in Redis, or what django-redis-sessions keeps there.
func openRedis(ctx context.Context, s *settings.Site, u *url.URL) (*Place, error) {
	query := u.Query()
	engine, err := storeurl.OneOf(query, "engine", "cache", "django-redis-sessions")
	if err != nil {
		return nil, err
	}
	serializer, err := storeurl.OneOf(query, "serializer", "pickle", "json", "msgpack")
	if err != nil {
		return nil, err
	}
	compressor, err := storeurl.OneOf(query, "compressor", "", "zlib", "gzip", "lz4", "lzma", "zstd", "brotli")
	if err != nil {
		return nil, err
	}
	opts, err := cacheOptions(s, query)
	if err != nil {
		return nil, err
	}
	if engine != "cache" {
		for _, name := range []string{"serializer", "compressor", "version", "cache_key_prefix"} {
			if query.Has(name) {
				return nil, fail.Usagef("django-redis-sessions has no %s", name)
			}
		}
	}
	redis.SetLogger(quiet{})
	client, err := redisClient(u, query)
	if err != nil {
		return nil, err
	}
	if err := client.Ping(ctx).Err(); err != nil {
		client.Close()
		return nil, redisUnreachable(u, err)
	}
	options := new(rediscache.Options)
	switch compressor {
	case "zlib":
		options.Compressor = compress.Zlib(nil)
	case "gzip":
		options.Compressor = compress.Gzip(nil)
	case "lz4":
		options.Compressor = compress.LZ4(nil)
	case "lzma":
		options.Compressor = compress.LZMA(nil)
	case "zstd":
		options.Compressor = compress.Zstd(nil)
	case "brotli":
		options.Compressor = compress.Brotli(nil)
	}
	switch serializer {
	case "json":
		opts.Serializer = cachestore.DjangoJSON
	case "msgpack":
		opts.Serializer = msgpacked.New(nil)
	}
	cache := rediscache.New(client, options)
	var b *Place
	if engine == "cache" {
		b = cachePlace(cache, opts, storeurl.Shown(u))
	} else {
		b = redisTextPlace(cache, s, opts.KeyPrefix, storeurl.Shown(u))
	}
	b.close = append(b.close, client.Close)
	return b, nil
}

// quiet keeps the client from talking on stderr: what fails is an error too.
type quiet struct{}

// Printf implements the client's interface for logging.
func (quiet) Printf(context.Context, string, ...any) {}

// redisTextPlace is the sessions of django-redis-sessions, which are texts as
// in a table.
func redisTextPlace(cache *rediscache.Cache, s *settings.Site, prefix, where string) *Place {
	opts := &redisstore.Options{Prefix: prefix, CookieAge: s.CookieAge, Local: s.Local, ValidKey: s.ValidKey, Now: s.Now}
	b := &Place{Where: where, WholeSeconds: true, Redis: true}
	b.With = func(codec *djsession.Codec) djsession.Store {
		return redisstore.New(cache, codec, opts)
	}
	b.Store = b.With(s.Codec(djsession.Encoding{}, 0))
	b.Text = func(ctx context.Context, key string) (string, error) {
		text, err := cache.Get(ctx, strings.TrimPrefix(prefix+":"+key, ":"))
		return string(text), err
	}
	return b
}

// redisClient takes URLs as LOCATION does, and some for what has several
// servers.
func redisClient(u *url.URL, query url.Values) (redis.UniversalClient, error) {
	password, _ := u.User.Password()
	scheme, kind, _ := strings.Cut(u.Scheme, "+")
	scheme = strings.Replace(scheme, "valkey", "redis", 1) // valkeys too
	secure, err := redisTLS(scheme == "rediss", u, query)
	if err != nil {
		return nil, err
	}
	path := strings.Trim(u.Path, "/")
	master := ""
	switch {
	case scheme == "unix":
		path = ""
	case kind == "sentinel":
		if master, path, _ = strings.Cut(path, "/"); master == "" {
			return nil, fail.Hint(fail.Usagef("the URL of the store does not name the master"), "it is the first part of the path: redis+sentinel://host:26379/mymaster/0")
		}
	}
	db, err := strconv.Atoi(cmp.Or(path, query.Get("db"), "0"))
	if err != nil || db < 0 || db > 0 && kind == "cluster" {
		return nil, fail.Hint(fail.Usagef("the database in the URL of the store must be a number, and a cluster has only 0"), "as in redis://localhost:6379/1")
	}
	options := redis.UniversalOptions{
		Username: u.User.Username(), Password: password, DB: db, TLSConfig: secure, ContextTimeoutEnabled: true,
		MasterName: master, SentinelPassword: query.Get("sentinel_password"),
	}
	port := "6379"
	if kind == "sentinel" {
		port = "26379"
	}
	for host := range strings.SplitSeq(cmp.Or(u.Host, "localhost"), ",") {
		one := url.URL{Host: host}
		options.Addrs = append(options.Addrs, net.JoinHostPort(cmp.Or(one.Hostname(), "localhost"), cmp.Or(one.Port(), port)))
	}
	switch {
	case kind == "sentinel":
		return redis.NewFailoverClient(options.Failover()), nil
	case kind == "cluster":
		return redis.NewClusterClient(options.Cluster()), nil
	case len(options.Addrs) > 1:
		return nil, fail.Hint(fail.Usagef("the URL of the store names several servers"), "redis+cluster: is for those of a cluster, redis+sentinel: for Sentinels")
	}
	single := options.Simple()
	if scheme == "unix" {
		if u.Host != "" || u.Path == "" {
			return nil, fail.Hint(fail.Usagef("the URL of the store names no socket"), "it takes three slashes: unix:///run/redis.sock")
		}
		single.Network, single.Addr = "unix", u.Path
	}
	return redis.NewClient(single), nil
}

// redisTLS is nil without TLS.
func redisTLS(secure bool, u *url.URL, query url.Values) (*tls.Config, error) {
	file := query.Get("ssl_ca_certs")
	demand, err := storeurl.OneOf(query, "ssl_cert_reqs", "required", "none")
	if err != nil {
		return nil, err
	}
	if !secure {
		if query.Has("ssl_ca_certs") || query.Has("ssl_cert_reqs") {
			return nil, fail.Usagef("ssl_cert_reqs and ssl_ca_certs are for rediss:")
		}
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: demand == "none"}
	if !strings.Contains(u.Host, ",") {
		config.ServerName = u.Hostname()
	}
	if file != "" {
		if config.RootCAs, err = certificates(file); err != nil {
			return nil, err
		}
	}
	return config, nil
}

func redisUnreachable(u *url.URL, err error) error {
	failed := fmt.Errorf("%s at %s: %w", "Redis", cmp.Or(u.Host, u.Path, "localhost"), err)
	var network *net.OpError
	switch text := err.Error(); {
	case errors.As(err, &network), errors.Is(err, context.DeadlineExceeded), strings.Contains(text, "all sentinels"):
		return fail.Hint(failed, "is the server running, and are host and port in --store right?")
	case strings.HasPrefix(text, "WRONGPASS"), strings.HasPrefix(text, "NOAUTH"), strings.Contains(text, "AUTH"):
		return fail.Hint(failed, "the user or the password in --store is not the one in the site's CACHES")
	case strings.Contains(text, "cluster support disabled"):
		return fail.Hint(failed, "this is no cluster: --store begins with redis:")
	}
	return failed
}
