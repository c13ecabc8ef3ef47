package forward

import (
	"context"
	"net/http"
	"time"
)

// Admin is what the admin listener serves, which the proxy's clients must not
// reach: whether the process is up, whether the store answers, metrics, and the
// comparison with Django.
func Admin(ready func(ctx context.Context) error, metrics *Metrics, shadow *Shadow) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			plain(w, http.StatusServiceUnavailable, "the session store does not answer\n") // the log has the error
			return
		}
		plain(w, http.StatusOK, "ok\n")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = metrics.WriteTo(w) // a client that has gone away needs no answer
	})
	mux.HandleFunc("POST /shadow", shadow.compare)
	mux.HandleFunc("GET /shadow", shadow.report)
	return mux
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // a client that has gone away needs no answer
}
