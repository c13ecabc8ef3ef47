// Command defaultuser is a service beside a site as startproject makes it:
// Django's own user model, sessions in a table of PostgreSQL.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/djsite"
)

func main() {
	site, err := djsite.Load("djsession.toml")
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("pgx", site.Databases["default"].URL)
	if err != nil {
		log.Fatal(err)
	}
	app, err := site.Open(djsite.Connections{DB: map[string]*sql.DB{"default": db}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello, %s.\n", auth.UserFromContext(r.Context()).Username)
	})
	log.Fatal(http.ListenAndServe(os.Getenv("LISTEN"), app.Handler(app.RequireUser(hello))))
}
