package messages_test

import (
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/messages"
)

var page = template.Must(template.New("").Parse("{{range .}}<p class=\"{{.Tags}}\">{{.HTML}}</p>\n{{end}}"))

// A form that is saved, and the page after it.
func Example() {
	sessions := djsession.NewManager(memstore.New(nil), nil) // a Django site has dbstore or another
	flash := messages.New(sessions, "the site's SECRET_KEY", nil)

	mux := http.NewServeMux()
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		if err := messages.Success(r, "Saved <all> of it."); err != nil {
			djsession.Error(w, r, err)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		found, err := messages.All(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		page.Execute(w, found)
	})
	server := httptest.NewServer(sessions.Handler(flash.Handler(mux)))
	defer server.Close()

	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	resp, err := browser.Post(server.URL+"/save", "", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
	// Output: <p class="success">Saved &lt;all&gt; of it.</p>
}
