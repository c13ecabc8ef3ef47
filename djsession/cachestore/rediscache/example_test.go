package rediscache_test

import (
	"database/sql"
	"log"
	"os"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/compress"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/redisstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// SESSION_ENGINE is cache, and CACHES has a RedisCache with a KEY_PREFIX.
func Example() {
	client := redis.NewClient(&redis.Options{Addr: "localhost:6379", DB: 1})
	defer client.Close()
	store := cachestore.New(rediscache.New(client, nil), &cachestore.Options{KeyPrefix: "shop"})
	manager := djsession.NewManager(store, nil)
	_ = manager // manager.Handler(...)
}

// SESSION_ENGINE is cached_db.
func Example_cachedDB() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
	client := redis.NewClient(&redis.Options{Addr: "localhost:6379"})
	store := cachestore.NewCachedDB(dbstore.New(db, sqldialect.PostgreSQL, codec, nil), rediscache.New(client, nil), nil)
	_ = djsession.NewManager(store, nil)
}

// CACHES has a django-redis with the zstd compressor and the JSON serializer,
// on a Redis Cluster.
func Example_djangoRedis() {
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"redis-1:6379", "redis-2:6379"}, ContextTimeoutEnabled: true})
	cache := rediscache.New(client, &rediscache.Options{Compressor: compress.Zstd(nil)})
	store := cachestore.New(cache, &cachestore.Options{Serializer: cachestore.DjangoJSON})
	_ = djsession.NewManager(store, nil)
}

// SESSION_ENGINE is redis_sessions.session, that of django-redis-sessions.
func Example_djangoRedisSessions() {
	client := redis.NewClient(&redis.Options{Addr: "localhost:6379"})
	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
	store := redisstore.New(rediscache.New(client, nil), codec, &redisstore.Options{Prefix: "session"})
	_ = djsession.NewManager(store, nil)
}
