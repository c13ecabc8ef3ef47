package routers

import (
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/djsession/djsession-go/djsession"
)

// Chi counts visits. Manager.Handler is a middleware as chi takes it, for all
// routes or a group of them.
func Chi(sessions *djsession.Manager) http.Handler {
	r := chi.NewRouter()
	r.Use(sessions.Handler)
	r.Get("/", func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		visits, _, _ := djsession.Get[int](session, "visits")
		session.Set("visits", visits+1)
		fmt.Fprintf(w, "visit %d", visits+1)
	})
	return r
}
