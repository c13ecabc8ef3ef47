package auth_test

import (
	"database/sql"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// Share a login in five minutes: a service beside a Django site, behind the
// same address, with the site's database and SECRET_KEY. Whoever is logged in
// there is logged in here. Import a driver, and route /go/ to it.
func Example() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	key := os.Getenv("DJANGO_SECRET_KEY")

	sessions := djsession.NewManager(dbstore.New(db, sqldialect.PostgreSQL, djsession.NewCodec(key, nil), nil), nil)
	login := auth.New(dbusers.New(db, sqldialect.PostgreSQL, nil), key, nil)

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
	mux.Handle("/go/orders", login.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "The orders of %s.\n", auth.UserFromContext(r.Context()).Username)
	})))
	mux.Handle("/go/users", login.RequirePermission(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "For those who may view users.")
	}), "auth.view_user"))

	log.Fatal(http.ListenAndServe("localhost:8080", sessions.Handler(login.Handler(mux))))
}

// A login form, and a logout, that Django takes for its own. Serve them through
// the Handler of a djsession.Manager, and within it through that of a
// csrf.Protection, so that no other site can send them:
// sessions.Handler(csrf.New(nil).Handler(mux)).
func ExampleAuth_Login() {
	var users auth.UserFinder    // dbusers.New(db, sqldialect.PostgreSQL, nil)
	var passwords auth.Passwords // hashers.New(nil)
	login := auth.New(users, os.Getenv("DJANGO_SECRET_KEY"), &auth.Options{Passwords: passwords})
	form := template.Must(template.New("").Parse(`<form method="post">{{.CSRF}}{{.Problem}} <input name="username"> <input name="password" type="password"> <button>Log in</button></form>`))

	show := func(w http.ResponseWriter, r *http.Request, problem string) {
		form.Execute(w, map[string]any{"CSRF": csrf.Field(r), "Problem": problem})
	}

	http.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) { show(w, r, "") })
	http.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		user, err := login.Authenticate(r.Context(), strings.TrimSpace(r.PostFormValue("username")), r.PostFormValue("password"))
		if errors.Is(err, auth.ErrInvalidLogin) {
			show(w, r, "That is not right.")
			return
		}
		var session *djsession.Session
		if err == nil {
			session, err = djsession.FromRequest(r)
		}
		if err == nil {
			err = login.Login(r.Context(), session, user)
		}
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		http.Redirect(w, r, login.Next(r, "/"), http.StatusSeeOther)
	})
	http.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err == nil {
			err = login.Logout(r.Context(), session)
		}
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
}

// What a "next" parameter may be.
func ExampleIsAllowedURL() {
	for _, next := range []string{"/cart/", "https://shop.example/cart/", "//evil.example/", `/\evil.example/`, "javascript:alert(1)"} {
		fmt.Println(auth.IsAllowedURL(next, []string{"shop.example"}, true), next)
	}
	// Output:
	// true /cart/
	// true https://shop.example/cart/
	// false //evil.example/
	// false /\evil.example/
	// false javascript:alert(1)
}

// A page that staff may see as one of the site's users, and one that only the
// user may see, after a second factor and not long after the last login.
func ExampleActorFromRequest() {
	var users auth.UserFinder // dbusers.New(db, sqldialect.PostgreSQL, nil)
	login := auth.New(users, os.Getenv("DJANGO_SECRET_KEY"), &auth.Options{
		Impersonate:       &auth.Impersonate{}, // the site has django-impersonate, with its defaults
		VerifyURL:         "/account/two_factor/",
		ReauthenticateURL: "/accounts/reauthenticate/",
	})
	orders := func(w http.ResponseWriter, r *http.Request) {
		actor, err := auth.ActorFromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		fmt.Fprintf(w, "The orders of %s.\n", actor.User.Username)
		if actor.Pretends {
			fmt.Fprintln(w, "You are not this user: you can look, and not buy.")
		}
	}
	keys := func(w http.ResponseWriter, r *http.Request) {
		if actor, err := auth.ActorFromRequest(r); err != nil || actor.Pretends {
			http.Error(w, "Only the user may see the keys.", http.StatusForbidden)
			return
		}
		fmt.Fprintln(w, "Your keys.")
	}
	http.Handle("/go/orders", login.RequireUser(http.HandlerFunc(orders)))
	http.Handle("/go/keys", login.RequireVerified(login.RequireRecentLogin(http.HandlerFunc(keys), 5*time.Minute)))
}
