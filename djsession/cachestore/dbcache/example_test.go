package dbcache_test

import (
	"database/sql"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// CACHES = {"default": {"BACKEND":
// "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}
func ExampleNew() {
	var db *sql.DB
	cache := dbcache.New(db, sqldialect.PostgreSQL, "django_cache", nil)
	sessions := djsession.NewManager(cachestore.New(cache, nil), nil)
	_ = sessions // sessions.Handler(mux)
}
