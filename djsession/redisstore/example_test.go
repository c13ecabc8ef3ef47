package redisstore_test

import (
	"os"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/redisstore"
)

// SESSION_ENGINE = "redis_sessions.session", SESSION_REDIS = {"prefix": "shop"}
func ExampleNew() {
	var cache cachestore.Cache // rediscache.New(client, nil)
	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
	sessions := djsession.NewManager(redisstore.New(cache, codec, &redisstore.Options{Prefix: "shop"}), nil)
	_ = sessions // sessions.Handler(mux)
}
