package metrics_test

import (
	"context"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/metrics"
)

func Example() {
	m := metrics.New(nil)
	sessions := djsession.NewManager(memstore.New(nil), &djsession.Options{Observe: m.Observe})
	http.Handle("GET /metrics", m)

	session := sessions.New()
	session.Set("cart", 1)
	if err := session.Save(context.Background()); err != nil {
		panic(err)
	}
	scrape := httptest.NewRecorder()
	m.ServeHTTP(scrape, httptest.NewRequest("GET", "/metrics", nil))
	for line := range lines(scrape.Body.String(), `djsession_store_operation_duration_seconds_count{op="create"`) {
		os.Stdout.WriteString(line)
	}
	// Output:
	// djsession_store_operation_duration_seconds_count{op="create",outcome="ok"} 1
}

func lines(text, prefix string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, prefix) && !yield(line) {
				return
			}
		}
	}
}
