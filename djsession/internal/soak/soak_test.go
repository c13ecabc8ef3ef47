package soak

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

const secretKey = "a secret of the soak"

func TestMain(m *testing.M) {
	redis.SetLogger(silence{}) // outages are what the test is for
	testenv.Main(m)
}

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// A way to keep sessions.
type way struct {
	name     string
	engine   string // Django's
	driver   string
	pooler   *testenv.PgBouncerOptions
	required bool // CachedDBOptions.CacheRequired
	alone    bool // without a Django
	reason   string
}

var ways = []way{
	{name: "db", engine: "db", driver: "pgx",
		reason: "it is Django's default"},
	{name: "db behind PgBouncer 1.18", engine: "db", driver: "postgres", pooler: &testenv.PgBouncerOptions{},
		reason: "it does not follow prepared statements, and lib/pq names those of all clients alike"},
	{name: "db behind PgBouncer 1.26", engine: "db", driver: "pgx", pooler: &testenv.PgBouncerOptions{Newer: true, MaxPrepared: 200},
		reason: "it follows prepared statements"},
	{name: "cached_db", engine: "cached_db", driver: "pgx", alone: true,
		reason: "a save goes to two servers of which one is away; Django would show what the cache has after that"},
	{name: "cached_db with Django", engine: "cached_db", driver: "pgx", required: true,
		reason: "Django takes what the cache has without a look at the table"},
	{name: "cache", engine: "cache", driver: "pgx",
		reason: "sessions are in Redis alone, and users in PostgreSQL"},
}

// TestSoak runs each way. DJSESSION_SOAK is how long they take together, such
// as "10m". Default: 5 seconds each.
func TestSoak(t *testing.T) {
	length := 5 * time.Second
	if text := os.Getenv("DJSESSION_SOAK"); text != "" {
		all, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		length = all / time.Duration(len(ways))
	}
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) { w.soak(t, length) })
	}
}

func (w way) soak(t *testing.T, length time.Duration) {
	database := testenv.DurablePostgreSQL(t)
	servers := []*testenv.Durable{database}
	db := database.Database(t)
	settings := map[string]any{"SECRET_KEY": secretKey, "SESSION_ENGINE": "django.contrib.sessions.backends." + w.engine,
		"DATABASES": map[string]any{"default": db.Settings}}
	var cache *testenv.Durable
	if w.engine != "db" {
		cache = testenv.DurableRedis(t)
		servers = append(servers, cache)
		settings["CACHES"] = map[string]any{"default": map[string]any{
			"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": cache.URL.String()}}
	}
	site := newSite(t, settings)
	if w.pooler != nil {
		db = testenv.PgBouncer(t, database.Server, *w.pooler).Through(t, db)
	}

	r := &run{t: t, sides: map[string]string{}, names: []string{"go1", "go2"}, counts: map[string]int{},
		http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 4 * clients}}}
	for _, side := range r.names {
		conns, err := sql.Open(w.driver, db.URL)
		if err != nil {
			t.Fatal(err)
		}
		conns.SetMaxOpenConns(8)
		t.Cleanup(func() { conns.Close() })
		r.sides[side] = service(t, w.store(t, conns, cache), dbusers.New(conns, sqldialect.PostgreSQL, nil))
	}
	if !w.alone {
		r.names = append(r.names, "dj")
		r.sides["dj"] = site.serve(t)
	}

	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var wait sync.WaitGroup
	wait.Go(func() { r.outages(ctx, min(7*time.Second, length/time.Duration(2*len(servers)+1)), servers) })
	r.load(ctx)
	wait.Wait()
	r.report()
}

func (w way) store(t *testing.T, db *sql.DB, server *testenv.Durable) djsession.Store {
	table := dbstore.New(db, sqldialect.PostgreSQL, djsession.NewCodec(secretKey, nil), nil)
	if w.engine == "db" {
		return table
	}
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true, MaxRetries: -1})
	t.Cleanup(func() { client.Close() })
	cache := rediscache.New(client, nil)
	if w.engine == "cache" {
		return cachestore.New(cache, nil)
	}
	return cachestore.NewCachedDB(table, cache, &cachestore.CachedDBOptions{
		CacheRequired: w.required, Logger: slog.New(slog.DiscardHandler)})
}
