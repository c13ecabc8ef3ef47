package routers

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v4"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// count counts a visit as the handlers below do.
func count(r *http.Request) {
	if session, err := djsession.FromRequest(r); err == nil {
		visits, _, _ := djsession.Get[int](session, "visits")
		session.Set("visits", visits+1)
	}
}

// ginMiddleware is the adapter that people write first. What gin's handlers
// write goes past it.
func ginMiddleware(m *djsession.Manager) gin.HandlerFunc {
	return func(c *gin.Context) {
		m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			c.Request = r
			c.Next()
		})).ServeHTTP(c.Writer, c.Request)
	}
}

func ginWith(m *djsession.Manager, handler gin.HandlerFunc) http.Handler {
	g := gin.New()
	g.Use(ginMiddleware(m))
	g.GET("/", handler)
	return g
}

func echoWith(m *djsession.Manager, handler echo.HandlerFunc) http.Handler {
	e := echo.New()
	e.Use(echo.WrapMiddleware(m.Handler))
	e.GET("/", handler)
	return e
}

// echoPast is an adapter for echo that keeps the router's own response, as
// ginMiddleware does.
func echoPast(m *djsession.Manager, handler echo.HandlerFunc) http.Handler {
	e := echo.New()
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				c.SetRequest(r)
				err = next(c)
			})).ServeHTTP(c.Response(), c.Request())
			return err
		}
	})
	e.GET("/", handler)
	return e
}

// chiPast has a handler write to the writer of a chi middleware that stands
// around ours.
func chiPast(m *djsession.Manager) http.Handler {
	r := chi.NewRouter()
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			outer := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { next.ServeHTTP(outer, r) })).ServeHTTP(outer, r)
		})
	})
	r.Get("/", func(w http.ResponseWriter, r *http.Request) {
		count(r)
		w.Write([]byte("ok"))
	})
	return r
}

// Where a router keeps Manager.Handler from setting a cookie or from seeing the
// status, one error says so. What needs no cookie is saved.
func TestWrongWiringIsReported(t *testing.T) {
	const past, late = "put Manager.Handler around the whole router", "the status 5xx came after"
	for _, row := range []struct {
		reason string
		router func(m *djsession.Manager) http.Handler
		log    string // a text of the only line, empty: none
		visits int    // of the stored session, which had one
		fresh  bool   // whether a new session gets a cookie
	}{
		{"gin, a body", func(m *djsession.Manager) http.Handler {
			return ginWith(m, func(c *gin.Context) { count(c.Request); c.JSON(200, "ok") })
		}, past, 2, false},
		{"gin, a failure", func(m *djsession.Manager) http.Handler {
			return ginWith(m, func(c *gin.Context) { count(c.Request); c.JSON(500, "no") })
		}, past, 1, false},
		{"gin, a session that is only read", func(m *djsession.Manager) http.Handler {
			return ginWith(m, func(c *gin.Context) { djsession.FromRequest(c.Request); c.JSON(200, "ok") })
		}, past, 1, false},
		{"gin, no session", func(m *djsession.Manager) http.Handler {
			return ginWith(m, func(c *gin.Context) { c.JSON(200, "ok") })
		}, "", 1, false},
		{"gin, no body", func(m *djsession.Manager) http.Handler {
			return ginWith(m, func(c *gin.Context) { count(c.Request); c.Status(204) })
		}, "", 2, true},
		{"gin, a failure without a body", func(m *djsession.Manager) http.Handler {
			return ginWith(m, func(c *gin.Context) { count(c.Request); c.Status(500) })
		}, "", 1, false},
		{"gin, a mounted handler", func(m *djsession.Manager) http.Handler {
			g := gin.New()
			g.GET("/", gin.WrapH(m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				count(r)
				w.Write([]byte("ok"))
			}))))
			return g
		}, "", 2, true},
		{"echo, a body", func(m *djsession.Manager) http.Handler {
			return echoWith(m, func(c echo.Context) error { count(c.Request()); return c.String(200, "ok") })
		}, "", 2, true},
		{"echo, an error that becomes a 500", func(m *djsession.Manager) http.Handler {
			return echoWith(m, func(c echo.Context) error { count(c.Request()); return errors.New("boom") })
		}, late, 2, true},
		{"echo, an error that becomes a 404", func(m *djsession.Manager) http.Handler {
			return echoWith(m, func(c echo.Context) error { count(c.Request()); return echo.ErrNotFound })
		}, "", 2, true},
		{"echo, its own response", func(m *djsession.Manager) http.Handler {
			return echoPast(m, func(c echo.Context) error { count(c.Request()); return c.String(200, "ok") })
		}, past, 2, false},
		{"chi, a writer around ours", chiPast, past, 2, false},
	} {
		t.Run(row.reason, func(t *testing.T) {
			for _, fresh := range []bool{false, true} {
				var log bytes.Buffer
				m := djsession.NewManager(memstore.New(nil), logTo(&log))
				s := m.New()
				s.Set("visits", 1)
				if err := s.Save(t.Context()); err != nil {
					t.Fatal(err)
				}
				server := httptest.NewServer(row.router(m))
				r, err := http.NewRequest("GET", server.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				if !fresh {
					r.AddCookie(&http.Cookie{Name: "sessionid", Value: s.Key()})
				}
				resp, err := server.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				server.Close()
				if lines := strings.Count(log.String(), "\n"); row.log == "" && lines > 0 || row.log != "" && (lines != 1 || !strings.Contains(log.String(), row.log)) {
					t.Errorf("fresh %v: logged %q, want %q", fresh, log.String(), row.log)
				}
				if fresh {
					if got := len(resp.Cookies()) > 0; got != row.fresh {
						t.Errorf("a new session gets a cookie: %v, want %v", got, row.fresh)
					}
					continue
				}
				stored, err := m.Open(t.Context(), s.Key())
				if err != nil {
					t.Fatal(err)
				}
				if visits, _, _ := djsession.Get[int](stored, "visits"); visits != row.visits {
					t.Errorf("%d visits are stored, want %d", visits, row.visits)
				}
			}
		})
	}
}

// With Manager.Handler around the whole router, what fails is not saved.
func TestFailuresAreNotSaved(t *testing.T) {
	e := echo.New()
	e.GET("/", func(c echo.Context) error { count(c.Request()); return errors.New("boom") })
	g := gin.New()
	g.GET("/", func(c *gin.Context) { count(c.Request); c.AbortWithStatus(500) })
	for name, router := range map[string]http.Handler{"echo": e, "gin": g} {
		var log bytes.Buffer
		w := httptest.NewRecorder()
		djsession.NewManager(memstore.New(nil), logTo(&log)).Handler(router).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if w.Code != 500 || w.Header().Get("Set-Cookie") != "" || log.Len() > 0 {
			t.Errorf("%s: got %d, Set-Cookie %q, logged %q", name, w.Code, w.Header().Get("Set-Cookie"), log.String())
		}
	}
}
