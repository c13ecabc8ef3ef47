package failover

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

const (
	clients = 8
	// requestTimeout is how long a request may take.
	requestTimeout = 2 * time.Second
	// margin is what a busy machine may add to a recovery.
	margin = 8 * time.Second
)

// service has a counter in each session, which belongs to a user.
func service(store djsession.Store) http.Handler {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	sessions := djsession.NewManager(store, &djsession.Options{Logger: quiet})
	return sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		user, _, _ := djsession.Get[string](s, "_auth_user_id")
		n, _, _ := djsession.Get[int](s, "n")
		if name := r.URL.Query().Get("login"); name != "" {
			user = name
			s.Set("_auth_user_id", user)
		}
		if user == "" {
			io.WriteString(w, "logged out")
			return
		}
		s.Set("n", n+1)
		fmt.Fprintf(w, "%s %d", user, n+1)
	}))
}

// figures are what clients met.
type figures struct {
	mu                                  sync.Mutex
	answered, failed                    int
	lost, loggedOut, others, unexpected int
	firstFailure, lastFailure           time.Time
	slowest                             time.Duration
}

func (f *figures) failure(began time.Time) {
	f.failed++
	if f.firstFailure.IsZero() {
		f.firstFailure = began
	}
	f.lastFailure = time.Now()
}

// A client is a browser.
type client struct {
	*figures
	site         http.Handler
	user, cookie string
	acknowledged int
}

func (c *client) get(path string) (code int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, "GET", path, nil)
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: c.cookie})
	}
	w := httptest.NewRecorder()
	c.site.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		c.cookie = cookie.Value
	}
	return w.Code, w.Body.String()
}

// step makes a request and judges its answer.
func (c *client) step() {
	path := "/"
	if c.cookie == "" {
		path = "/?login=" + c.user
	}
	began := time.Now()
	code, body := c.get(path)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slowest = max(c.slowest, time.Since(began))
	user, count, _ := strings.Cut(body, " ")
	n, err := strconv.Atoi(count)
	switch {
	case code == http.StatusServiceUnavailable:
		c.failure(began)
	case body == "logged out":
		c.loggedOut++
		c.cookie, c.acknowledged = "", 0
	case code != http.StatusOK || err != nil:
		c.unexpected++
	case user != c.user:
		c.others++
	default:
		if c.answered++; n <= c.acknowledged {
			c.lost++
		}
		c.acknowledged = n
	}
}

// under runs clients while outage happens, and a while before and after it, and
// returns what they met and when the outage was over. A store of the truth says
// in the end what is there.
func under(t *testing.T, store, truth djsession.Store, outage func()) (f *figures, over time.Time) {
	t.Helper()
	f = new(figures)
	site := service(store)
	stop := make(chan struct{})
	var running sync.WaitGroup
	all := make([]*client, clients)
	for i := range all {
		c := &client{figures: f, site: site, user: fmt.Sprintf("user%d", i)}
		all[i] = c
		running.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
					c.step()
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	outage()
	over = time.Now()
	f.settle(over)
	close(stop)
	running.Wait()
	for _, c := range all {
		rec, err := truth.Load(t.Context(), c.cookie)
		if err != nil {
			t.Errorf("%s's session at the end: %v", c.user, err)
			continue
		}
		n, _, _ := djsession.Get[int](rec.Data, "n")
		if n < c.acknowledged {
			f.lost++
		}
	}
	return f, over
}

// settle waits until no request has failed for a while.
func (f *figures) settle(over time.Time) {
	for {
		time.Sleep(100 * time.Millisecond)
		f.mu.Lock()
		last := f.lastFailure
		f.mu.Unlock()
		if last.Before(over) {
			last = over
		}
		if time.Since(last) > 700*time.Millisecond || time.Since(over) > 2*margin {
			return
		}
	}
}

// judge fails the test for what must not be, and says the figures.
func judge(t *testing.T, f *figures, over time.Time) {
	t.Helper()
	recovery := max(0, f.lastFailure.Sub(over))
	t.Logf("%d requests answered, %d with 503; acknowledged writes lost %d, logged out %d, another's session %d; recovered %.1f s after the outage, slowest request %.1f s",
		f.answered, f.failed, f.lost, f.loggedOut, f.others, recovery.Seconds(), f.slowest.Seconds())
	if f.lost != 0 || f.loggedOut != 0 || f.others != 0 || f.unexpected != 0 {
		t.Errorf("lost %d, logged out %d, another's %d, unexpected answers %d, want none", f.lost, f.loggedOut, f.others, f.unexpected)
	}
	if recovery > margin {
		t.Errorf("recovered after %v, want at once", recovery)
	}
	if f.answered < clients {
		t.Errorf("%d requests were answered", f.answered)
	}
}
