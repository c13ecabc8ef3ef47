package simplejwt_test

import (
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/auth/drftoken"
	"github.com/djsession/djsession-go/djsession/auth/simplejwt"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A JSON API for the site's pages, which have the cookie, and for programs with
// tokens of Django REST framework or simplejwt.
func Example() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	key := os.Getenv("DJANGO_SECRET_KEY")
	sessions := djsession.NewManager(dbstore.New(db, sqldialect.PostgreSQL, djsession.NewCodec(key, nil), nil), nil)

	tokens, err := simplejwt.New(key, nil)
	if err != nil {
		log.Fatal(err)
	}
	login := auth.New(dbusers.New(db, sqldialect.PostgreSQL, nil), key, &auth.Options{
		Schemes: []auth.Scheme{auth.BySession, drftoken.New(db, sqldialect.PostgreSQL, nil), tokens},
		CSRF:    http.NewCrossOriginProtection().Check, // asked only where the cookie counted
	})
	me := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(auth.UserFromContext(r.Context())) // {"id":"42","username":"ann",...}
	})
	http.Handle("/api/me", sessions.Handler(login.RequireUser(me))) // else 401, WWW-Authenticate, {"reason":"no_login",...}
}
