package cookiestore_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cookiestore"
)

func Example() {
	store := cookiestore.New("the site's SECRET_KEY", nil)
	m := djsession.NewManager(store, nil)
	handler := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		s.Set("cart", []string{"a book"})
	}))

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	value, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ":")
	fmt.Println(value) // anybody can read it
	// Output: sessionid=eyJjYXJ0IjpbImEgYm9vayJdfQ
}
