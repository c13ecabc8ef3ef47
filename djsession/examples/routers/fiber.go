package routers

import (
	"fmt"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"github.com/djsession/djsession-go/djsession"
)

// Fiber counts visits. Fiber does not use net/http: its handlers have no
// *http.Request to find a session by, and adaptor.HTTPMiddleware ends
// Manager.Handler before they begin. Write the handlers that need a session for
// net/http, and mount them.
func Fiber(sessions *djsession.Manager) *fiber.App {
	app := fiber.New()
	app.Get("/", adaptor.HTTPHandler(sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		visits, _, _ := djsession.Get[int](session, "visits")
		session.Set("visits", visits+1)
		fmt.Fprintf(w, "visit %d", visits+1)
	}))))
	return app
}
