package csrf_test

import (
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// A page with a form, and the handler that takes it. Outside of tests the
// router is served under the address of the Django site.
func Example() {
	sessions := djsession.NewManager(memstore.New(nil), nil) // dbstore.New(...)
	form := template.Must(template.New("").Parse(`<form method="post">{{.}}<input name="name"> <button>Send</button></form>`))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		form.Execute(w, csrf.Field(r))
	})
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello, %s.", r.PostFormValue("name"))
	})
	protection := csrf.New(&csrf.Options{Django: [2]int{5, 2}})
	handler := sessions.Handler(protection.Handler(mux))

	// What a browser does.
	page := httptest.NewRecorder()
	handler.ServeHTTP(page, httptest.NewRequest("GET", "/", nil))
	_, token, _ := strings.Cut(page.Body.String(), `value="`)
	token, _, _ = strings.Cut(token, `"`)
	for _, token := range []string{token, "of another site"} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(url.Values{"name": {"Ann"}, "csrfmiddlewaretoken": {token}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(page.Result().Cookies()[0])
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 200
	// 403
}

// A service for programs with API keys, and for scripts of pages that have a
// session instead: the first need no token, the second do.
func ExampleProtection_Check() {
	protection := csrf.New(&csrf.Options{Exempt: []string{"/api/"}})
	checked := csrf.New(nil)
	http.Handle("/api/", protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			if err := checked.Check(r); err != nil {
				http.Error(w, err.Error(), http.StatusForbidden)
				return
			}
		}
		fmt.Fprintln(w, "{}")
	})))
}

// Behind a proxy that ends TLS and sets X-Forwarded-Proto, as no client can.
func ExampleOptions() {
	csrf.New(&csrf.Options{
		Django:         [2]int{4, 2},
		TrustedOrigins: []string{"https://*.example.com"},
		CookieSecure:   true,
		Scheme:         func(r *http.Request) string { return r.Header.Get("X-Forwarded-Proto") },
	})
}
