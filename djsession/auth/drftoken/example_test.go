package drftoken_test

import (
	"database/sql"
	"os"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/auth/drftoken"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A request has the site's cookie, or "Authorization: Token ..." of Django REST
// framework.
func ExampleNew() {
	var db *sql.DB
	users := dbusers.New(db, sqldialect.PostgreSQL, nil)
	login := auth.New(users, os.Getenv("DJANGO_SECRET_KEY"), &auth.Options{
		Schemes: []auth.Scheme{auth.BySession, drftoken.New(db, sqldialect.PostgreSQL, nil)},
	})
	_ = login // login.RequireUser(api)
}
