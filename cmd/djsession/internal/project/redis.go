package project

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// djangoRedisParts are the serializers and compressors of django-redis and
// django-valkey, as a store's parameters name them; "" is the default. Both
// call the modules and most classes alike.
var djangoRedisParts = map[string]map[string]string{
	"SERIALIZER": {
		"serializers.pickle.PickleSerializer":   "",
		"serializers.json.JSONSerializer":       "json",
		"serializers.msgpack.MSGPackSerializer": "msgpack",
	},
	"COMPRESSOR": {
		"compressors.identity.IdentityCompressor": "",
		"compressors.zlib.ZlibCompressor":         "zlib",
		"compressors.gzip.GzipCompressor":         "gzip",
		"compressors.lz4.Lz4Compressor":           "lz4",
		"compressors.lzma.LzmaCompressor":         "lzma",
		"compressors.zstd.ZStdCompressor":         "zstd",
	},
	"CLIENT_CLASS": {
		"client.DefaultClient": "", "client.default.DefaultClient": "", "client.SentinelClient": "", "client.sentinel.SentinelClient": "",
	},
}

// clientReasons are why other clients are not followed.
var clientReasons = map[string]string{
	"HerdClient":  "it stores more than the session with each value",
	"ShardClient": "it shares the keys out among several servers",
}

// redisConnection are options of redis-py's connections and pools that say
// nothing of where and how sessions are stored.
var redisConnection = []string{
	"max_connections", "retry_on_timeout", "retry_on_error", "retry", "socket_timeout", "socket_connect_timeout", "socket_keepalive", "socket_keepalive_options",
	"socket_read_size", "socket_type", "health_check_interval", "client_name", "lib_name", "lib_version", "timeout", "parser_class", "pool_class", "connection_class",
	"encoding", "encoding_errors", "protocol", "credential_provider", "redis_connect_func", "ssl_check_hostname", "ssl_min_version", "ssl_ciphers", "queue_class",
	"single_connection_client", "auto_close_connection_pool", "driver_info",
}

// redis is Django's own backend, whose OPTIONS are those of redis-py's
// connections. What the URL says is stronger.
func (c *cache) redis(left *leftOut, query url.Values, _ string) string {
	u := c.redisURL(left)
	if u == nil {
		return ""
	}
	left.harmless("MAX_ENTRIES", "CULL_FREQUENCY", "PICKLE_VERSION")
	left.because("serializer", "")
	if serializer := c.Options["serializer"]; serializer != nil &&
		serializer != "django.core.cache.backends.redis.RedisSerializer" {
		left.note("OPTIONS serializer of CACHES is the site's own")
		return ""
	}
	redisOptions(u, left, query)
	return finishRedis(u, left)
}

// djangoRedis is django-redis and its like, whose OPTIONS have names of their
// own.
func (c *cache) djangoRedis(left *leftOut, query url.Values, _ string) string {
	u := c.redisURL(left)
	if u == nil {
		return ""
	}
	left.harmless(
		"SOCKET_CONNECT_TIMEOUT",
		"SOCKET_TIMEOUT",
		"IGNORE_EXCEPTIONS",
		"LOG_IGNORED_EXCEPTIONS",
		"PICKLE_VERSION",
		"MAX_ENTRIES",
		"CULL_FREQUENCY",
		"PARSER_CLASS",
		"CONNECTION_POOL_CLASS",
		"CONNECTION_POOL_CLASS_KWARGS",
		"REDIS_CLIENT_CLASS",
		"CLOSE_CONNECTION",
		"REPLICA_READ_ONLY",
		"CONNECTION_FACTORY",
		"VALKEY_CLIENT_CLASS",
		"BASE_CLIENT_CLASS",
		"BASE_POOL_CLASS",
		"SENTINEL_KWARGS",
		"MAX_CONNECTIONS",
	)
	ok := true
	pkg, _, _ := strings.Cut(left.family, ".")
	for _, name := range []string{"SERIALIZER", "COMPRESSOR", "CLIENT_CLASS"} {
		value := left.take(name)
		known, found := djangoRedisParts[name][strings.TrimPrefix(value, pkg+".")]
		switch {
		case value == "":
		case !found:
			reason := cmp.Or(
				clientReasons[value[strings.LastIndexByte(value, '.')+1:]],
				"djsession does not know how it stores",
			)
			left.note(fmt.Sprintf("OPTIONS %s of CACHES is %s: %s", name, value, reason))
			ok = false
		case known != "":
			query.Set(strings.ToLower(name), known)
		}
	}
	user, password := left.take("USERNAME"), left.take("PASSWORD")
	giveUser(u, user, password)
	for _, name := range []string{"CONNECTION_POOL_KWARGS", "REDIS_CLIENT_KWARGS", "VALKEY_CLIENT_KWARGS", "BASE_CLIENT_KWARGS"} {
		left.taken = append(left.taken, name)
		if options, _ := c.Options[name].(map[string]any); options != nil {
			nested := &leftOut{options: options, where: name + " of CACHES"}
			redisOptions(u, nested, query)
			others := nested.rest("djsession does not know whether it changes how sessions are stored")
			ok = ok && len(others) == 0
			left.notes = append(left.notes, nested.notes...)
		}
	}
	if sentinels, given := c.Options["SENTINELS"]; given {
		left.taken = append(left.taken, "SENTINELS")
		ok = behindSentinels(u, sentinels, c.Options["SENTINEL_KWARGS"], left, query) && ok
	}
	if !ok {
		return ""
	}
	return finishRedis(u, left)
}

// redisURL is the server that is written to, or nil.
func (c *cache) redisURL(left *leftOut) *url.URL {
	locations := c.Locations
	if len(locations) == 1 {
		locations = strings.FieldsFunc(locations[0], func(r rune) bool { return r == ',' || r == ';' })
	}
	if len(locations) == 0 {
		left.note("the cache has no LOCATION")
		return nil
	}
	if len(locations) > 1 {
		left.note(
			"of several servers in LOCATION the first is taken, which is the one that is written to: the others are its replicas",
		)
	}
	location := strings.TrimSpace(locations[0])
	if !strings.Contains(location, "://") {
		location = "redis://" + location // Django's own takes host:port too
	}
	u, err := url.Parse(location)
	if err != nil {
		left.note("its LOCATION is not a URL")
		return nil
	}
	switch u.Scheme {
	case "valkey":
		u.Scheme = "redis"
	case "valkeys":
		u.Scheme = "rediss"
	}
	if storeurl.KindOf(u.Scheme) != storeurl.KindOf("redis") {
		left.note("djsession does not know servers of " + u.Scheme + ":")
		return nil
	}
	return u
}

// redisOptions takes what an option of redis-py says of the server, unless the
// URL says it.
func redisOptions(u *url.URL, left *leftOut, query url.Values) {
	left.harmless(redisConnection...)
	db, user, password := left.take("db"), left.take("username"), left.take("password")
	giveUser(u, user, password)
	if db != "" && db != "0" && strings.Trim(u.Path, "/") == "" && u.Query().Get("db") == "" && u.Scheme != "unix" {
		u.Path = "/" + db
	}
	if options := left.options["decode_responses"]; options == true {
		left.note("decode_responses of " + left.where + " is left out: djsession reads bytes")
	}
	left.because("decode_responses", "")
	left.because("ssl", "")
	if left.options["ssl"] == true && u.Scheme == "redis" {
		u.Scheme = "rediss"
	}
	if requires, given := left.options["ssl_cert_reqs"]; given &&
		(requires == nil || strings.Contains(strings.ToLower(fmt.Sprint(requires)), "none") || fmt.Sprint(requires) == "0") {
		query.Set("ssl_cert_reqs", "none")
	}
	left.taken = append(left.taken, "ssl_cert_reqs")
	if file := left.take("ssl_ca_certs"); file != "" {
		query.Set("ssl_ca_certs", file)
	}
	for _, name := range []string{"ssl_certfile", "ssl_keyfile", "ssl_ca_path", "ssl_ca_data", "ssl_keyfile_password", "ssl_password"} {
		left.because(
			name,
			"djsession shows the server no certificate of its own, and takes those of ssl_ca_certs or of this machine",
		)
	}
}

// giveUser puts user and password into a URL that has none.
func giveUser(u *url.URL, user, password string) {
	if u.User != nil || user == "" && password == "" {
		return
	}
	u.User = url.UserPassword(user, password)
}

// behindSentinels makes the URL that of the Sentinels, whose host was the name
// of the master.
func behindSentinels(u *url.URL, value, options any, left *leftOut, query url.Values) bool {
	list, _ := value.([]any)
	var servers []string
	for _, item := range list {
		pair, _ := item.([]any)
		if len(pair) != 2 {
			left.note("OPTIONS SENTINELS of CACHES is not a list of hosts and ports")
			return false
		}
		port, _ := pair[1].(float64)
		servers = append(servers, net.JoinHostPort(fmt.Sprint(pair[0]), strconv.Itoa(int(port))))
	}
	if len(servers) == 0 {
		left.note("OPTIONS SENTINELS of CACHES is not a list of hosts and ports")
		return false
	}
	if o, _ := options.(map[string]any); o != nil {
		if password, _ := o["password"].(string); password != "" {
			query.Set("sentinel_password", password)
		}
	}
	path := "/" + u.Hostname()
	if db := strings.Trim(u.Path, "/"); db != "" {
		path += "/" + db
	}
	u.Scheme, u.Host, u.Path = u.Scheme+"+sentinel", strings.Join(servers, ","), path
	return true
}

// finishRedis moves what redis-py reads in a URL, and djsession does not, out
// of it.
func finishRedis(u *url.URL, left *leftOut) string {
	query := u.Query()
	giveUser(u, query.Get("username"), query.Get("password"))
	for name := range query {
		switch name {
		case "db", "ssl_cert_reqs", "ssl_ca_certs":
			continue
		case "username", "password":
		default:
			if !slices.Contains(redisConnection, name) {
				left.note(fmt.Sprintf("%s in LOCATION is left out: djsession does not know it", name))
			}
		}
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	// Several hosts are no URL to net/url, which would escape them.
	host := u.Host
	if strings.Contains(host, ",") {
		u.Host = "several"
		return strings.Replace(u.String(), "several", host, 1)
	}
	return u.String()
}
