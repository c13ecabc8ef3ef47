package project

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
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
		"compressors.brotli.BrotliCompressor":     "brotli",
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

// redis reads the settings of Django's own backend, whose OPTIONS are those of
// redis-py's connections. The URL overrides them.
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
