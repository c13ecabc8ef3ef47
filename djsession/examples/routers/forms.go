package routers

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
)

// The handler of a csrf.Protection stands within that of the sessions, around
// the whole router. A handler asks for the field of its form by its request.
// Under fiber the handlers that need sessions are net/http's: see Fiber.

// ChiForm has a form under chi.
func ChiForm(sessions *djsession.Manager, protection *csrf.Protection) http.Handler {
	r := chi.NewRouter()
	r.Use(sessions.Handler, protection.Handler)
	r.Get("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, form(r)) })
	r.Post("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "got "+r.PostFormValue("name")) })
	return r
}

// GinForm has one under gin.
func GinForm(sessions *djsession.Manager, protection *csrf.Protection) http.Handler {
	r := gin.New()
	r.GET("/", func(c *gin.Context) { c.Data(http.StatusOK, "text/html", []byte(form(c.Request))) })
	r.POST("/", func(c *gin.Context) { c.String(http.StatusOK, "got "+c.PostForm("name")) })
	return sessions.Handler(protection.Handler(r))
}

// EchoForm has one under echo.
func EchoForm(sessions *djsession.Manager, protection *csrf.Protection) http.Handler {
	e := echo.New()
	e.GET("/", func(c echo.Context) error { return c.HTML(http.StatusOK, form(c.Request())) })
	e.POST("/", func(c echo.Context) error { return c.String(http.StatusOK, "got "+c.FormValue("name")) })
	return sessions.Handler(protection.Handler(e))
}

func form(r *http.Request) string {
	return `<form method="post">` + string(csrf.Field(r)) + `<input name="name"></form>`
}
