package cachestore_test

import (
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// SESSION_ENGINE = "django.contrib.sessions.backends.cached_db": a cache before
// the table.
func ExampleNewCachedDB() {
	var table djsession.Store  // dbstore.New(...)
	var cache cachestore.Cache // rediscache.New(...), memcached.New(...) or another
	sessions := djsession.NewManager(cachestore.NewCachedDB(table, cache, nil), nil)
	_ = sessions // sessions.Handler(mux)
}
