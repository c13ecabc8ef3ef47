package routers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/djsession/djsession-go/djsession"
)

// Gin counts visits. The middleware stands around the whole engine, because gin's own begin a response before what is inside of them
// has ended. A handler finds its session by c.Request, as any other does.
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
