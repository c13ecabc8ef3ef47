package forwardauth_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// discard is a response that is not read.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkCheck is a check of a user in memory: what forward auth costs
// besides the store.
func BenchmarkCheck(b *testing.B) {
	for name, lifetime := range map[string]time.Duration{"lookup": 0, "remembered": time.Hour} {
		b.Run(name, func(b *testing.B) {
			s := newSite(b)
			h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Cache: lifetime})
			r := with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(s.as("42")))
			b.ReportAllocs()
			for b.Loop() {
				w := &discard{make(http.Header)}
				h.ServeHTTP(w, r)
				if w.header.Get("X-Auth-Request-User") != "42" {
					b.Fatal("the user does not pass")
				}
			}
		})
	}
}
