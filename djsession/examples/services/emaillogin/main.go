// Command emaillogin is a service beside a site whose users have UUIDs and log
// in by email, and whose sessions are in a table and in Redis (cached_db).
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/djsite"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/v9"
)

func main() {
	site := must(djsite.Load("djsession.toml"))
	db := must(sql.Open("pgx", site.Databases["default"].URL))
	client := redis.NewClient(must(redis.ParseURL(site.Caches["default"].Location)))
	app := must(site.Open(djsite.Connections{
		DB:     map[string]*sql.DB{"default": db},
		Caches: map[string]cachestore.Cache{"default": rediscache.New(client, nil)},
	}, nil))
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello, user %s.\n", auth.UserFromContext(r.Context()).ID)
	})
	log.Fatal(http.ListenAndServe(os.Getenv("LISTEN"), app.Handler(app.RequireUser(hello))))
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
