package csrf_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// discard is a response that costs nothing.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

var (
	nothing = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	cookies = "sessionid=0123456789abcdef0123456789abcdef; csrftoken=" + secretA
)

// handlers are a page without protection and with it, which needs a context and
// a writer of its own where no Manager.Handler is.
func handlers(page http.Handler) map[string]http.Handler {
	sessions := djsession.NewManager(memstore.New(nil), nil)
	p := csrf.New(nil)
	return map[string]http.Handler{"bare": sessions.Handler(page), "protected": sessions.Handler(p.Handler(page)), "alone": p.Handler(page)}
}

func BenchmarkGet(b *testing.B) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", cookies)
	for name, h := range handlers(nothing) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			w := discard{make(http.Header)}
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}

func BenchmarkPost(b *testing.B) {
	form := "csrfmiddlewaretoken=" + strings.Repeat("a", 32) + secretA + "&title=A+title&text=" + strings.Repeat("word+", 100)
	for name, h := range handlers(nothing) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			w := discard{make(http.Header)}
			for b.Loop() {
				r := post(strings.NewReader(form), urlencoded)
				h.ServeHTTP(w, r)
			}
		})
	}
}

func BenchmarkToken(b *testing.B) {
	b.ReportAllocs()
	csrf.New(nil).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for b.Loop() {
			csrf.Token(r)
		}
	})).ServeHTTP(discard{make(http.Header)}, httptest.NewRequest("GET", "/", nil))
}
