package auth_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

// The server removes an upload's files by the request that it knows, which is
// not the one that handlers get.
func TestUploadsAreRemoved(t *testing.T) {
	temp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} { // here and on Windows
		t.Setenv(name, temp)
	}
	s := newSite(someUsers(), nil)
	during := 0
	files := func() int {
		found, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Error(err)
		}
		return len(found)
	}
	upload := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(0); err != nil {
			t.Error(err)
		}
		during = files()
	})
	panics := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upload(w, r)
		panic("the handler's")
	})
	for reason, h := range map[string]http.Handler{
		"Handler": s.auth.Handler(upload), "RequireUser": s.auth.RequireUser(upload),
		"Handler, after a panic": s.auth.Handler(panics), "RequireUser, after a panic": s.auth.RequireUser(panics),
	} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "name")
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte("an upload"))
		form.Close()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() { recover() }() // as many routers do
			s.sessions.Handler(h).ServeHTTP(w, r)
		}))
		r, err := http.NewRequest("POST", server.URL, &body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: s.session(t, s.login("1")).Key()})
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		server.Close() // waits for the request's end
		if after := files(); during != 1 || after != 0 || resp.StatusCode != 200 {
			t.Errorf("%s: %d files in the handler, %d afterwards, status %d", reason, during, after, resp.StatusCode)
		}
		during = 0
	}
}
