package djsession_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// TestOrphanedSavesAreBounded has many clients go away while the store is slow.
// 128 saves go on, and are done when it is not; the others are a 503 at once.
func TestOrphanedSavesAreBounded(t *testing.T) {
	const clients, most = 200, 128
	s := newSite(t)
	open := make(chan struct{})
	var waiting, given, done sync.WaitGroup
	waiting.Add(clients)
	given.Add(clients - most)
	store := &hookedStore{spyStore: s.store, before: func(ctx context.Context, op string) error {
		if op != "update" {
			return nil
		}
		waiting.Done()
		select {
		case <-open:
			return nil
		case <-ctx.Done():
			given.Done()
			return djsession.ErrUnavailable
		}
	}}
	m := djsession.NewManager(store, &djsession.Options{Now: s.opts.Now, Logger: s.opts.Logger, SaveTimeout: time.Minute})
	ctx, leave := context.WithCancel(t.Context())
	responses := make([]*httptest.ResponseRecorder, clients)
	for i := range clients {
		key := s.stored(time.Hour, "a", 1)
		responses[i] = httptest.NewRecorder()
		done.Go(func() {
			r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
			r.Header.Set("Cookie", "sessionid="+key)
			m.Handler(http.HandlerFunc(set("a", 2))).ServeHTTP(responses[i], r)
		})
	}
	waiting.Wait()
	leave()
	given.Wait()
	close(open)
	done.Wait()
	saved := 0
	for _, w := range responses {
		switch w.Code {
		case http.StatusOK:
			saved++
		case http.StatusServiceUnavailable:
		default:
			t.Errorf("got status %d, want 200 or 503", w.Code)
		}
	}
	if saved != most {
		t.Errorf("%d of %d were saved, want %d", saved, clients, most)
	}
}
