package routers

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/djsession/djsession-go/djsession"
)

// Echo counts visits. Manager.Handler stands around the whole router. With
// echo.WrapMiddleware it would have saved the session by the time echo turns a
// handler's error into a 500.
func Echo(sessions *djsession.Manager) http.Handler {
	e := echo.New()
	e.GET("/", func(c echo.Context) error {
		session, err := djsession.FromRequest(c.Request())
		if err != nil {
			djsession.Error(c.Response(), c.Request(), err)
			return nil
		}
		visits, _, _ := djsession.Get[int](session, "visits")
		session.Set("visits", visits+1)
		return c.String(http.StatusOK, fmt.Sprintf("visit %d", visits+1))
	})
	return sessions.Handler(e)
}
