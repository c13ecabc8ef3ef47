package djsite_test

import (
	"context"
	"database/sql"
	"html/template"
	"log"
	"net/http"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/djsite"
	"github.com/djsession/djsession-go/djsession/messages"
)

var form = template.Must(template.New("form").Parse(`
{{range .Messages}}<p class="{{.Tags}}">{{.HTML}}</p>{{end}}
<form method="post">{{.CSRF}}<input name="name"></form>`))

// Forms and messages are those of the site: each side takes the forms of the
// other, and shows the messages that the other left.
func Example_forms() {
	site, err := djsite.Load("djsession.toml")
	if err != nil {
		log.Fatal(err)
	}
	var db *sql.DB // as in the first example
	app, err := site.Open(djsite.Connections{DB: map[string]*sql.DB{"default": db}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	opts, err := site.MessageOptions()
	if err != nil {
		log.Fatal(err)
	}
	flash := messages.New(app.Sessions(context.Background()), site.SecretKey, opts)
	protection := csrf.New(site.CSRFOptions())

	mux := http.NewServeMux()
	mux.HandleFunc("GET /go/form", func(w http.ResponseWriter, r *http.Request) {
		found, err := messages.All(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		form.Execute(w, map[string]any{"Messages": found, "CSRF": csrf.Field(r)})
	})
	mux.HandleFunc("POST /go/form", func(w http.ResponseWriter, r *http.Request) {
		if err := messages.Success(r, "Hello, "+r.PostFormValue("name")+"."); err != nil {
			djsession.Error(w, r, err)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther) // a page of Django's shows it
	})
	log.Fatal(http.ListenAndServe("localhost:8080", app.Handler(protection.Handler(flash.Handler(mux)))))
}
