// Command wallclock is a service beside a site with USE_TZ = False on MySQL.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/djsite"
	_ "github.com/go-sql-driver/mysql"
)

func main() {
	site := must(djsite.Load("djsession.toml"))
	db := must(sql.Open("mysql", os.Getenv("MYSQL_DSN")))
	app := must(site.Open(djsite.Connections{DB: map[string]*sql.DB{"default": db}}, nil))
	hour := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		end := time.Now().Add(time.Hour).Truncate(time.Second)
		session.SetExpiry(djsession.ExpireAt(end))
		fmt.Fprintln(w, end.In(site.Local()).Format(time.DateTime))
	})
	log.Fatal(http.ListenAndServe(os.Getenv("LISTEN"), app.Handler(app.RequireUser(hour))))
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
