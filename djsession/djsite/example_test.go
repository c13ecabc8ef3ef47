package djsite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/djsite"
)

// A service beside a Django site, behind the same address. A user who is logged
// in there is logged in here. Import a driver, and route /go/ to it.
func Example() {
	site, err := djsite.Load("djsession.toml") // from 'djsession settings import'
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	app, err := site.Open(djsite.Connections{DB: map[string]*sql.DB{"default": db}}, nil)
	if err != nil {
		log.Fatal(err)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("/go/", func(w http.ResponseWriter, r *http.Request) {
		user, err := auth.FromRequest(r)
		switch {
		case err == nil:
			fmt.Fprintf(w, "Hello, %s.\n", user.Username)
		case errors.Is(err, auth.ErrNotLoggedIn):
			fmt.Fprintln(w, "Hello. Who are you?")
		default:
			djsession.Error(w, r, err) // the database is down: 503, not "logged out"
		}
	})
	mux.Handle("/go/orders", app.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		visits, _, _ := djsession.Get[int](session, "visits")
		session.Set("visits", visits+1) // request.session["visits"] for Django
		fmt.Fprintf(w, "%s, visit %d\n", auth.UserFromContext(r.Context()).Username, visits+1)
	})))

	log.Fatal(http.ListenAndServe("localhost:8080", app.Handler(mux)))
}

// A site without a database, whose sessions are in the cookies.
func ExampleSite_Open() {
	site := &djsite.Site{
		SecretKey:     "django-insecure-key",
		DjangoVersion: "5.2",
		Session:       djsite.Session{Engine: "django.contrib.sessions.backends.signed_cookies"},
	}
	app, err := site.Open(djsite.Connections{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	counter := app.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		visits, _, _ := djsession.Get[int](session, "visits")
		session.Set("visits", visits+1)
		fmt.Fprintf(w, "visit %d\n", visits+1)
	}))

	first := httptest.NewRecorder()
	counter.ServeHTTP(first, httptest.NewRequest("GET", "/", nil))
	again := httptest.NewRequest("GET", "/", nil)
	again.AddCookie(first.Result().Cookies()[0])
	second := httptest.NewRecorder()
	counter.ServeHTTP(second, again)
	fmt.Print(first.Body.String() + second.Body.String())
	fmt.Println(site)
	// Output:
	// visit 1
	// visit 2
	// djsite.Site{Django 5.2, django.contrib.sessions.backends.signed_cookies, key given, 0 fallback keys}
}
