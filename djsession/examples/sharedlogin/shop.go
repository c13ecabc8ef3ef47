package main

import (
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/auth/hashers"
	"github.com/djsession/djsession-go/djsession/auth/tokens"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/messages"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A shop serves the Go side.
type shop struct {
	site    site
	store   *dbstore.Store
	users   *dbusers.Users
	hashers *hashers.Hashers
	login   *auth.Auth
	resets  *tokens.Generator
	django  bool // a Django serves the other pages
	now     func() time.Time
}

// newShop returns the Go side of a site. Its first lines say where the sessions
// and the users are, and how sessions are served.
func newShop(db *sql.DB, site site, django bool) http.Handler {
	codec := djsession.NewCodec(site.secretKey, &djsession.CodecOptions{Fallbacks: site.fallbacks})
	s := &shop{
		site:    site,
		store:   dbstore.New(db, sqldialect.SQLite, codec, nil),
		users:   dbusers.New(db, sqldialect.SQLite, nil),
		hashers: hashers.New(hashers.ForDjango(5, 2)),
		resets:  tokens.New(site.secretKey, &tokens.Options{Fallbacks: site.fallbacks, TimeZone: site.timeZone}),
		django:  django,
		now:     func() time.Time { return time.Now().In(site.timeZone) },
	}
	sessions := djsession.NewManager(s.store, nil)
	s.login = auth.New(s.users, site.secretKey, &auth.Options{
		Fallbacks: site.fallbacks,
		Passwords: s.hashers,
		LoginURL:  "/login",
		Deny:      s.deny,
	})

	mux := http.NewServeMux()
	mux.Handle("GET /{$}", page(s.home))
	mux.Handle("GET /whoami", page(s.whoami))
	mux.Handle("GET /login", page(s.loginForm))
	mux.Handle("POST /login", page(s.logIn))
	mux.Handle("POST /logout", page(s.logOut))
	mux.Handle("POST /cart", page(s.changeCart))
	mux.Handle("POST /theme", page(s.chooseTheme))
	mux.Handle("POST /offer", page(s.hideOffer))
	mux.Handle("GET /visits", page(s.visits))
	mux.Handle("POST /visits", page(s.changeVisits))
	mux.Handle("GET /kept", page(s.kept))
	mux.Handle("GET /forgot", page(s.forgotForm))
	mux.Handle("POST /forgot", page(s.forgot))
	mux.Handle("/reset/{uid}/{token}/", page(s.reset))
	mux.Handle("GET /sessions", s.login.RequirePermission(page(s.sessions), "sessions.view_session"))
	mux.Handle("GET /style.css", http.FileServerFS(style))

	// Forms of either side can be sent to the other, and those of other sites
	// to neither.
	flash := messages.New(sessions, site.secretKey, &messages.Options{Fallbacks: site.fallbacks})
	return sessions.Handler(csrf.New(nil).Handler(s.login.Handler(flash.Handler(mux))))
}

// A page is a handler that may fail. A database that is away is a 503, and logs
// no user out.
type page func(w http.ResponseWriter, r *http.Request) error

func (p page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := p(w, r); err != nil {
		djsession.Error(w, r, err)
	}
}

// home knows the user, whichever side logged in.
func (s *shop) home(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "shop.html", map[string]any{"Shelf": shelf})
}

// whoami is the same for programs.
func (s *shop) whoami(w http.ResponseWriter, r *http.Request) error {
	user, err := auth.FromRequest(r)
	if err != nil && !errors.Is(err, auth.ErrNotLoggedIn) {
		return err
	}
	answer := map[string]string{}
	if err != nil {
		answer["nobody"] = err.Error()
	} else {
		answer["user"], answer["id"] = user.Username, user.ID
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(answer)
}

//go:embed pages/*.html
var pages embed.FS

//go:embed style.css
var style embed.FS

var templates = template.Must(template.ParseFS(pages, "pages/*.html"))

// render shows a page with what all pages know: the user, the cart, whether
// Django is there, and the token of its forms.
func (s *shop) render(w http.ResponseWriter, r *http.Request, status int, name string, data map[string]any) error {
	user, err := auth.FromRequest(r)
	if err != nil && !errors.Is(err, auth.ErrNotLoggedIn) {
		return err
	}
	session, err := djsession.FromRequest(r)
	if err != nil {
		return err
	}
	cart, err := cartOf(session)
	if err != nil {
		return err
	}
	data["User"], data["Cart"], data["Django"], data["Path"] = user, cart, s.django, r.URL.Path
	data["CSRF"], data["Theme"], data["Offer"] = csrf.Field(r), themeOf(r), showsOffer(r)
	if data["Messages"], err = messages.All(r); err != nil {
		return err
	}
	if status == http.StatusOK && r.Method == http.MethodGet {
		if err := s.noteVisit(session, r.URL.Path); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	return templates.ExecuteTemplate(w, name, data)
}
