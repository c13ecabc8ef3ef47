package peers

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	gorilla "github.com/gorilla/csrf"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// comment is what the form holds beside its token.
var comment = url.Values{"title": {"Two Leaves"}, "text": {strings.Repeat("a comment, not very long ", 20)}}

// BenchmarkCSRF serves a page without a form, and takes a form with its token,
// beside gorilla/csrf and Django's middleware on the same form.
func BenchmarkCSRF(b *testing.B) {
	page := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	ours := csrf.New(nil)
	theirs := gorilla.Protect([]byte(strings.Repeat("k", 32)))
	sessions := djsession.NewManager(memstore.New(nil), nil)
	b.Run("get/floor", func(b *testing.B) { serve(b, sessions.Handler(page), "csrftoken="+csrf.NewSecret()) })
	b.Run("get/djsession", func(b *testing.B) { serve(b, sessions.Handler(ours.Handler(page)), "csrftoken="+csrf.NewSecret()) })
	b.Run("post/djsession", func(b *testing.B) {
		postForm(b, ours.Handler, func(r *http.Request) (field, token string) { return "csrfmiddlewaretoken", csrf.Token(r) })
	})
	b.Run("post/gorilla", func(b *testing.B) {
		postForm(b, theirs, func(r *http.Request) (field, token string) { return "gorilla.csrf.Token", gorilla.Token(r) })
	})
	b.Run("post/django", postDjango)
}

// postForm measures a form that was asked for before, and that its handler
// reads.
func postForm(b *testing.B, protect func(http.Handler) http.Handler, token func(*http.Request) (string, string)) {
	form := make(url.Values)
	for name, values := range comment {
		form[name] = values
	}
	got := ""
	h := protect(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			name, value := token(r)
			form.Set(name, value)
			return
		}
		got = r.PostFormValue("title")
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, gorilla.PlaintextHTTPRequest(httptest.NewRequest("GET", "/", nil)))
	body, cookie := form.Encode(), w.Result().Cookies()[0]
	discarded := &nothing{make(http.Header)}
	b.ReportAllocs()
	for b.Loop() {
		got = ""
		r := gorilla.PlaintextHTTPRequest(httptest.NewRequest("POST", "/", strings.NewReader(body)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie.Name+"="+cookie.Value)
		clear(discarded.header)
		if h.ServeHTTP(discarded, r); got != "Two Leaves" {
			b.Fatal("the form was refused")
		}
	}
}

// postDjango is the same for Django's middleware; the requests are made before
// the clock is started.
func postDjango(b *testing.B) {
	dj := testenv.GetDjango(b, "5.2").With(testenv.Settings{"SECRET_KEY": Secret})
	var nanoseconds int64
	dj.Run(b, `
		from django.http import HttpResponse
		from django.middleware.csrf import CsrfViewMiddleware, _mask_cipher_secret
		from django.test import RequestFactory
		secret = "a" * 32
		def make():
			request = RequestFactory(HTTP_COOKIE="csrftoken=" + secret).post("/", args["form"] + "&csrfmiddlewaretoken=" + _mask_cipher_secret(secret),
				content_type="application/x-www-form-urlencoded")
			request.csrf_processing_done = False
			request._dont_enforce_csrf_checks = False
			return request
		response = HttpResponse()
		middleware = CsrfViewMiddleware(lambda request: response)
		requests = [make() for _ in range(args["n"])]
		start = time.perf_counter_ns()
		for request in requests:
			middleware.process_request(request)
			assert middleware.process_view(request, None, (), {}) is None
			assert request.POST["title"] == "Two Leaves"
			middleware.process_response(request, response)
		result = time.perf_counter_ns() - start
	`, map[string]any{"n": min(b.N, 5000), "form": comment.Encode()}, &nanoseconds)
	b.ReportMetric(float64(nanoseconds)/float64(min(b.N, 5000)), "ns/op")
}
