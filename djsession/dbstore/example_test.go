package dbstore_test

import (
	"database/sql"
	"log"
	"os"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

func ExampleNew() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
	sessions := djsession.NewManager(dbstore.New(db, sqldialect.PostgreSQL, codec, nil), nil)
	_ = sessions // sessions.Handler(mux)
}

// A site with django-user-sessions has a column for the user, so that the
// sessions of one user are found without reading all.
func ExampleNewUserSessions() {
	var db *sql.DB
	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
	sessions := djsession.NewManager(dbstore.NewUserSessions(db, sqldialect.MySQL, codec, nil), nil)
	_ = sessions
}
