package djsession_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A waitingStore answers when the context ends.
type waitingStore struct{ djsession.Store }

func (waitingStore) Load(ctx context.Context, _ string) (*djsession.Record, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestLoadTimeout loads from a store that never answers.
func TestLoadTimeout(t *testing.T) {
	for _, row := range []struct {
		reason            string
		timeout, deadline time.Duration
	}{
		{"the option", 50 * time.Millisecond, 0},
		{"the request's own deadline", time.Hour, 50 * time.Millisecond},
	} {
		m := djsession.NewManager(waitingStore{}, &djsession.Options{LoadTimeout: row.timeout})
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: djsession.NewKey()})
		if row.deadline > 0 {
			ctx, cancel := context.WithTimeout(r.Context(), row.deadline)
			defer cancel()
			r = r.WithContext(ctx)
		}
		var err error
		start := time.Now()
		m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err = djsession.FromRequest(r)
		})).ServeHTTP(httptest.NewRecorder(), r)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 10*time.Second {
			t.Errorf("%s: got error %v after %v", row.reason, err, took)
		}
	}
}
