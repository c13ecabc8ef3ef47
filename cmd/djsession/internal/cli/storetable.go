package cli

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// A storeKind is a kind of place where sessions can be. The table below opens
// them, refuses parameters that they do not have, and is the help topic.
type storeKind struct {
	schemes []string
	forms   []string // what --store looks like
	what    string
	params  []storeParam
	local   bool // it is a file or folder
	others  bool // it has other parameters beside, for those who read DATABASE_URL too
	open    opener
}

// A storeParam is a parameter of a store's URL.
type storeParam struct{ name, usage string }

// cacheParams say what keys a cache gives to sessions.
var cacheParams = []storeParam{
	{"prefix", "KEY_PREFIX of the cache"},
	{"version", "its VERSION (default 1)"},
	{"cache_key_prefix", "that of the SessionStore (default django.contrib.sessions.cache, with --cache .cached_db)"},
}

var tableParams = slices.Concat([]storeParam{
	{"app", "user_sessions or qsessions: the table of that app (django-user-sessions, django-qsessions)"},
	{"cache_table", "a table of createcachetable instead: DatabaseCache. What follows is for it"},
}, cacheParams)

var redisParams = slices.Concat([]storeParam{
	{"engine", "cache for Django's cache backend (default), or django-redis-sessions, which has prefix alone"},
	{"serializer", "pickle, json or msgpack: SERIALIZER of django-redis (default pickle)"},
	{"compressor", "zlib, gzip, lz4, lzma or zstd: COMPRESSOR of django-redis (default none)"},
}, cacheParams, []storeParam{
	{"db", "number of the database, if the path does not say (default 0)"},
	{"ssl_cert_reqs", "none takes any certificate (rediss: only)"},
	{"ssl_ca_certs", "file of the certificates to trust (rediss: only)"},
	{"sentinel_password", "that of the Sentinels, if they have one (+sentinel: only)"},
})

var storeTable = []storeKind{
	{
		schemes: []string{"sqlite", "sqlite3", "spatialite"},
		forms:   []string{"PATH", "sqlite:PATH", "sqlite:////absolute/path/db.sqlite3"},
		what:    "SQLite", params: tableParams, local: true, others: true, open: openSQLite,
	},
	{
		schemes: []string{"postgres", "postgresql", "pgsql", "postgis"},
		forms:   []string{"postgres://user:password@host:5432/name"},
		what:    "PostgreSQL", params: tableParams, others: true, open: openPostgreSQL,
	},
	{
		schemes: []string{"mysql", "mysql2", "mysqlgis", "mariadb"},
		forms:   []string{"mysql://user:password@host:3306/name"},
		what:    "MySQL and MariaDB",
		params: slices.Concat(tableParams, []storeParam{
			{"tls", "true, skip-verify for any certificate, or preferred: TLS with the server (default false)"},
			{"ssl_ca", "file of the certificates to trust"},
			{"ssl_cert", "file of the certificate to show to the server, and ssl_key that of its key"},
			{"unix_socket", "path of the server's socket"},
		}),
		others: true, open: openMySQL,
	},
	{
		schemes: []string{"redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"},
		forms: []string{
			"redis://user:password@host:6379/0", "rediss://host (with TLS)", "unix:///run/redis.sock?db=0",
			"redis+sentinel://host:26379,host2:26379/mymaster/0", "redis+cluster://host:6379,host2:6379",
		},
		what: "Redis: RedisCache, django-redis and django-redis-sessions", params: redisParams, open: openRedis,
	},
	{
		schemes: []string{"memcached"},
		forms:   []string{"memcached://host:11211,host2:11211", "memcached:///run/memcached.sock"},
		what:    "memcached, which cannot list its sessions",
		params: slices.Concat([]storeParam{
			{"client", "pymemcache (default), pylibmc or python-memcached: how it shares keys out among servers"},
			{"compress", "pack values of more bytes than this number (default never; 400 for pymemcache's compressed_serde)"},
		}, cacheParams),
		open: openMemcached,
	},
	{
		schemes: []string{"filecache"},
		forms:   []string{"filecache:///absolute/folder"},
		what:    "FileBasedCache, which cannot list its sessions", params: cacheParams, local: true, open: openFileCache,
	},
	{
		schemes: []string{"file"},
		forms:   []string{"file:///absolute/folder"},
		what:    "the file backend: SESSION_FILE_PATH",
		params:  []storeParam{{"name", "what the files' names begin with: SESSION_COOKIE_NAME (default session_cookie_name)"}},
		local:   true, open: openFiles,
	},
}

// kindOf is the kind of store that has URLs of a scheme, or nil.
func kindOf(scheme string) *storeKind {
	for i := range storeTable {
		if slices.Contains(storeTable[i].schemes, scheme) {
			return &storeTable[i]
		}
	}
	return nil
}

// knownSchemes are all that URLs of stores can begin with.
func knownSchemes() string {
	var known []string
	for i := range storeTable {
		known = append(known, storeTable[i].schemes...)
	}
	slices.Sort(known)
	return strings.Join(known, ", ")
}

// check refuses a parameter that the store does not have.
func (k *storeKind) check(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return usagef("the parameters in the URL of the store cannot be read")
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
			return hint(usagef("a store of %s: has no parameter %s", u.Scheme, quote(name)), "these are known: "+strings.Join(names, ", "))
		}
		if len(values) > 1 {
			return usagef("the URL of the store says %s twice", name)
		}
	}
	return nil
}

// oneOf is a parameter that has few values: the first of them if it is not
// given.
func oneOf(query url.Values, name string, values ...string) (string, error) {
	value := query.Get(name)
	if value == "" {
		return values[0], nil
	}
	if !slices.Contains(values, value) {
		return "", hint(usagef("%s of the store must not be %s", name, quote(value)), "these are known: "+strings.TrimPrefix(strings.Join(values, ", "), ", "))
	}
	return value, nil
}

// storesTopic is the documentation of all stores.
func storesTopic() *cobra.Command {
	var b strings.Builder
	for i := range storeTable {
		k := &storeTable[i]
		fmt.Fprintf(&b, "%s\n", strings.ToUpper(k.what[:1])+k.what[1:])
		for _, form := range k.forms {
			fmt.Fprintf(&b, "  %s\n", form)
		}
		params := k.params
		if i > 0 && k.others {
			fmt.Fprintf(&b, "      with the parameters of %s\n", storeTable[0].what)
			params = params[len(tableParams):]
		}
		for _, p := range params {
			fmt.Fprintf(&b, "      %-17s %s\n", p.name, p.usage)
		}
		b.WriteString("\n")
	}
	return &cobra.Command{
		Use:   "stores",
		Short: "Where sessions can be, and how to name the place",
		Long: `--store, DATABASE_URL or store in ` + configName + ` names the place where a site keeps its sessions: a file, or a URL that may have
parameters behind a question mark, as in redis://localhost/1?prefix=shop.

` + b.String() + `A site with cached_db has its sessions in a table and in a cache before it. --cache, DJSESSION_CACHE or cache in ` + configName + ` names
the cache, in the same way as a store; --store is the database. Sessions are then read from the database and written to both,
and a logout is seen at once. A --store that is another than the one in ` + configName + ` leaves the cache out that is named there, and
--cache '' names none. Sessions of signed_cookies are in the browsers: 'djsession decode' reads one.

In a user name or password write @ as %40, : as %3A, / as %2F, # as %23 and % as %25.

What is in a cache is not signed, and needs no secret key. A cache forgets what has expired by itself, so that 'clear' is for
tables and files. 'list' without an index holds the keys of all sessions in memory: those of Redis and of files are sorted
by djsession itself. An export from any store can be imported into any other: what a pickle alone can hold stays a pickle,
which a cache whose serializer is json or msgpack cannot have.`,
	}
}
