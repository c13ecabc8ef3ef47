package routers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/djsession/djsession-go/djsession"
)

// Gin counts visits. Manager.Handler stands around the whole engine. A
// gin.HandlerFunc that calls it with c.Writer does not work: gin's handlers
// write to c.Writer, so the response goes out before the session is saved. A
// handler finds its session by c.Request.
func Gin(sessions *djsession.Manager) http.Handler {
	r := gin.New()
	r.GET("/", func(c *gin.Context) {
		session, err := djsession.FromRequest(c.Request)
		if err != nil {
			djsession.Error(c.Writer, c.Request, err)
			return
		}
		visits, _, _ := djsession.Get[int](session, "visits")
		session.Set("visits", visits+1)
		c.String(http.StatusOK, "visit %d", visits+1)
	})
	return sessions.Handler(r)
}
