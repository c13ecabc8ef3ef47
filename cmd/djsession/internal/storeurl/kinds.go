package storeurl

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
)

// A Kind is a kind of place where sessions can be. The table below is the help
// topic, and says which parameters a URL can have.
type Kind struct {
	Schemes []string
	forms   []string // what --store looks like
	what    string
	params  []param
	others  bool // it may have other parameters, for programs that read DATABASE_URL too
}

// A param is a parameter of a store's URL.
type param struct{ name, usage string }

// cacheParams say what keys a cache gives to sessions.
var cacheParams = []param{
	{"prefix", "KEY_PREFIX of the cache"},
	{"version", "its VERSION (default 1)"},
	{"cache_key_prefix", "that of the SessionStore (default django.contrib.sessions.cache, with --cache .cached_db)"},
}

var tableParams = slices.Concat([]param{
	{"app", "user_sessions or qsessions: the table of that app (django-user-sessions, django-qsessions)"},
	{"cache_table", "a table of createcachetable instead: DatabaseCache. What follows is for it"},
}, cacheParams)

var redisParams = slices.Concat([]param{
	{"engine", "cache for Django's cache backend (default), or django-redis-sessions, which has prefix alone"},
	{"serializer", "pickle, json or msgpack: SERIALIZER of django-redis (default pickle)"},
	{"compressor", "zlib, gzip, lz4, lzma, zstd or brotli: COMPRESSOR of django-redis or django-valkey (default none)"},
}, cacheParams, []param{
	{"db", "number of the database, if the path does not say (default 0)"},
	{"ssl_cert_reqs", "none takes any certificate (rediss: only)"},
	{"ssl_ca_certs", "file of the certificates to trust (rediss: only)"},
	{"sentinel_password", "that of the Sentinels, if they have one (+sentinel: only)"},
})

var kinds = []Kind{
	{
		Schemes: []string{"sqlite", "sqlite3", "spatialite"},
		forms:   []string{"PATH", "sqlite:PATH", "sqlite:////absolute/path/db.sqlite3"},
		what:    "SQLite", params: tableParams, others: true,
	},
	{
		Schemes: []string{"postgres", "postgresql", "pgsql", "postgis"},
		forms:   []string{"postgres://user:password@host:5432/name"},
		what:    "PostgreSQL", params: tableParams, others: true,
	},
	{
		Schemes: []string{"mysql", "mysql2", "mysqlgis", "mariadb"},
		forms:   []string{"mysql://user:password@host:3306/name"},
		what:    "MySQL and MariaDB",
		params: slices.Concat(tableParams, []param{
			{"tls", "true, skip-verify for any certificate, or preferred: TLS with the server (default false)"},
			{"ssl_ca", "file of the certificates to trust"},
			{"ssl_cert", "file of the certificate to show to the server, and ssl_key that of its key"},
			{"unix_socket", "path of the server's socket"},
		}),
		others: true,
	},
	{
		Schemes: []string{
			"redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster",
			"valkey", "valkeys", "valkey+sentinel", "valkeys+sentinel", "valkey+cluster", "valkeys+cluster",
		},
		forms: []string{
			"redis://user:password@host:6379/0", "rediss://host (with TLS)", "unix:///run/redis.sock?db=0",
			"redis+sentinel://host:26379,host2:26379/mymaster/0", "redis+cluster://host:6379,host2:6379",
		},
		what: "Redis and Valkey (valkey://, valkeys://): RedisCache, django-redis, django-valkey and django-redis-sessions", params: redisParams,
	},
	{
		Schemes: []string{"memcached"},
		forms:   []string{"memcached://host:11211,host2:11211", "memcached:///run/memcached.sock"},
		what:    "memcached, which cannot list its sessions",
		params: slices.Concat([]param{
			{"client", "pymemcache (default), pylibmc or python-memcached: how it shares keys out among servers"},
			{"compress", "pack values of more bytes than this number (default never; 400 for pymemcache's compressed_serde)"},
		}, cacheParams),
	},
	{
		Schemes: []string{"filecache"},
		forms:   []string{"filecache:///absolute/directory"},
		what:    "FileBasedCache, which cannot list its sessions", params: cacheParams,
	},
	{
		Schemes: []string{"file"},
		forms:   []string{"file:///absolute/directory"},
		what:    "the file backend: SESSION_FILE_PATH",
		params:  []param{{"name", "what the files' names begin with: SESSION_COOKIE_NAME (default session_cookie_name)"}},
	},
}

// KindOf is the kind of store that has URLs of a scheme, or nil.
func KindOf(scheme string) *Kind {
	for i := range kinds {
		if slices.Contains(kinds[i].Schemes, scheme) {
			return &kinds[i]
		}
	}
	return nil
}

// Schemes are all that URLs of stores can begin with.
func Schemes() string {
	var known []string
	for i := range kinds {
		known = append(known, kinds[i].Schemes...)
	}
	slices.Sort(known)
	return strings.Join(known, ", ")
}

// Check refuses a parameter that the store does not have.
func (k *Kind) Check(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fail.Usagef("the parameters in the URL of the store cannot be read")
	}
	if k.others {
		return nil
	}
	var names []string
	for _, p := range k.params {
		names = append(names, p.name)
	}
	for name, values := range query {
		if !slices.Contains(names, name) {
			return fail.Hint(fail.Usagef("a store of %s: has no parameter %s", u.Scheme, human.Quote(name)), "these are known: "+strings.Join(names, ", "))
		}
		if len(values) > 1 {
			return fail.Usagef("the URL of the store says %s twice", name)
		}
	}
	return nil
}

// OneOf is a parameter that has few values: the first of them if it is not
// given.
func OneOf(query url.Values, name string, values ...string) (string, error) {
	value := query.Get(name)
	if value == "" {
		return values[0], nil
	}
	if !slices.Contains(values, value) {
		return "", fail.Hint(fail.Usagef("%s of the store must not be %s", name, human.Quote(value)), "these are known: "+strings.TrimPrefix(strings.Join(values, ", "), ", "))
	}
	return value, nil
}

// Help is the documentation of all stores.
func Help() string {
	var b strings.Builder
	for i := range kinds {
		k := &kinds[i]
		fmt.Fprintf(&b, "%s\n", strings.ToUpper(k.what[:1])+k.what[1:])
		for _, form := range k.forms {
			fmt.Fprintf(&b, "  %s\n", form)
		}
		params := k.params
		if i > 0 && k.others {
			fmt.Fprintf(&b, "      with the parameters of %s\n", kinds[0].what)
			params = params[len(tableParams):]
		}
		for _, p := range params {
			fmt.Fprintf(&b, "      %-17s %s\n", p.name, p.usage)
		}
		b.WriteString("\n")
	}
	return b.String()
}
