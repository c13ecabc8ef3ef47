package dbtest

import (
	"database/sql"
	"testing"
)

// cacheTables are Django's own, as createcachetable makes them.
var cacheTables = map[string]string{
	"postgresql": `CREATE TABLE "django_cache" ("cache_key" varchar(255) NOT NULL PRIMARY KEY, "value" text NOT NULL, "expires" timestamp with time zone NOT NULL)`,
	"mysql":      "CREATE TABLE `django_cache` (`cache_key` varchar(255) NOT NULL PRIMARY KEY, `value` longtext NOT NULL, `expires` datetime(6) NOT NULL)",
	"sqlite":     `CREATE TABLE "django_cache" ("cache_key" varchar(255) NOT NULL PRIMARY KEY, "value" text NOT NULL, "expires" datetime NOT NULL)`,
}

// CreateCacheTable makes django_cache without asking a Django.
func CreateCacheTable(t testing.TB, db *sql.DB, vendor string) {
	t.Helper()
	if _, err := db.Exec(cacheTables[vendor]); err != nil {
		t.Fatal(err)
	}
}
