package metrics_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/authtest"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/metrics"
)

func TestText(t *testing.T) {
	m := metrics.New(&metrics.Options{Buckets: []float64{.001, .01}})
	for _, e := range []djsession.Event{
		{Op: "load", Duration: time.Millisecond, Cache: djsession.CacheHit},
		{Op: "load", Duration: 2 * time.Millisecond, Cache: djsession.CacheMiss},
		{Op: "load", Duration: time.Second},
		{Op: "load", Err: djsession.ErrUnavailable},
		{Op: "create"},
	} {
		m.Observe(t.Context(), e)
	}
	m.Check(t.Context(), "ok")
	m.Check(t.Context(), "no_login")
	m.Check(t.Context(), "ok")
	m.Cleared(3)
	m.Cleared(-1)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, nil)
	const want = `# HELP djsession_store_operation_duration_seconds How long calls of the session store took.
# TYPE djsession_store_operation_duration_seconds histogram
djsession_store_operation_duration_seconds_bucket{op="create",outcome="ok",le="0.001"} 1
djsession_store_operation_duration_seconds_bucket{op="create",outcome="ok",le="0.01"} 1
djsession_store_operation_duration_seconds_bucket{op="create",outcome="ok",le="+Inf"} 1
djsession_store_operation_duration_seconds_sum{op="create",outcome="ok"} 0
djsession_store_operation_duration_seconds_count{op="create",outcome="ok"} 1
djsession_store_operation_duration_seconds_bucket{op="load",outcome="ok",le="0.001"} 1
djsession_store_operation_duration_seconds_bucket{op="load",outcome="ok",le="0.01"} 2
djsession_store_operation_duration_seconds_bucket{op="load",outcome="ok",le="+Inf"} 3
djsession_store_operation_duration_seconds_sum{op="load",outcome="ok"} 1.003
djsession_store_operation_duration_seconds_count{op="load",outcome="ok"} 3
djsession_store_operation_duration_seconds_bucket{op="load",outcome="unavailable",le="0.001"} 1
djsession_store_operation_duration_seconds_bucket{op="load",outcome="unavailable",le="0.01"} 1
djsession_store_operation_duration_seconds_bucket{op="load",outcome="unavailable",le="+Inf"} 1
djsession_store_operation_duration_seconds_sum{op="load",outcome="unavailable"} 0
djsession_store_operation_duration_seconds_count{op="load",outcome="unavailable"} 1
# HELP djsession_cache_requests_total How loads fared with the cache before the database.
# TYPE djsession_cache_requests_total counter
djsession_cache_requests_total{result="hit"} 1
djsession_cache_requests_total{result="miss"} 1
# HELP djsession_auth_checks_total Answers to who sent a request.
# TYPE djsession_auth_checks_total counter
djsession_auth_checks_total{result="no_login"} 1
djsession_auth_checks_total{result="ok"} 2
# HELP djsession_sessions_cleared_total Expired sessions that were deleted.
# TYPE djsession_sessions_cleared_total counter
djsession_sessions_cleared_total 3
# HELP djsession_watched_sessions Sessions that long requests depend on.
# TYPE djsession_watched_sessions gauge
djsession_watched_sessions 0
`
	if got := w.Body.String(); got != want || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("got %s\n%s", w.Header().Get("Content-Type"), got)
	}
}

// TestRequests counts what requests of a site do, at once with being shown.
func TestRequests(t *testing.T) {
	m := metrics.New(nil)
	alice := &auth.User{Username: "alice", IsActive: true}
	sessions := djsession.NewManager(memstore.New(nil), &djsession.Options{Observe: m.Observe})
	login := auth.New(authtest.NewUsers(alice), "secret", &auth.Options{Observe: m.Check})
	watcher := djsession.NewWatcher(sessions, &djsession.WatchOptions{Judge: login.Judge()})
	defer watcher.Close()
	m.Watch(watcher)
	h := sessions.Handler(login.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, _ := djsession.FromRequest(r)
		_, cancel := watcher.Watch(context.Background(), s)
		t.Cleanup(cancel)
	})))
	var requests sync.WaitGroup
	for range 4 {
		requests.Go(func() { h.ServeHTTP(httptest.NewRecorder(), authtest.Request(t, sessions, login, alice, nil)) })
		requests.Go(func() { h.ServeHTTP(httptest.NewRecorder(), authtest.Request(t, sessions, login, nil, nil)) })
		requests.Go(func() { m.WriteTo(&strings.Builder{}) })
	}
	requests.Wait()
	var text strings.Builder
	if _, err := m.WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`djsession_auth_checks_total{result="ok"} 4`, `djsession_auth_checks_total{result="no_login"} 4`,
		`djsession_store_operation_duration_seconds_count{op="load",outcome="ok"} 4`, `djsession_watched_sessions 4`} {
		if !strings.Contains(text.String(), line+"\n") {
			t.Errorf("there is no line %s in\n%s", line, text.String())
		}
	}
}
