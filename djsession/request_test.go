package djsession_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// A seeingStore notes for which requests it is asked.
type seeingStore struct {
	*memstore.Store
	seen []string
}

func (s *seeingStore) see(ctx context.Context, op string) {
	path := "none"
	if r := djsession.RequestOf(ctx); r != nil {
		path = r.URL.Path
	}
	s.seen = append(s.seen, op+" "+path)
}

func (s *seeingStore) Load(ctx context.Context, key string) (*djsession.Record, error) {
	s.see(ctx, "load")
	return s.Store.Load(ctx, key)
}

func (s *seeingStore) Create(ctx context.Context, rec *djsession.Record) error {
	s.see(ctx, "create")
	return s.Store.Create(ctx, rec)
}

func (s *seeingStore) Update(ctx context.Context, rec *djsession.Record) error {
	s.see(ctx, "update")
	return s.Store.Update(ctx, rec)
}

// TestRequestOf has a store find the request behind each call, also behind the
// save that goes on when the client has gone.
func TestRequestOf(t *testing.T) {
	store := &seeingStore{Store: memstore.New(nil)}
	m := djsession.NewManager(store, nil)
	s := m.New()
	s.Set("a", 1)
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequest("GET", "/cart", nil).WithContext(ctx)
	r.Header.Set("Cookie", "sessionid="+s.Key())
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		s.Set("a", 2)
		leave()
	})).ServeHTTP(httptest.NewRecorder(), r)
	want := []string{"create none", "load /cart", "update /cart"}
	for i, got := range store.seen {
		if i >= len(want) || got != want[i] {
			t.Errorf("call %d is %q", i, got)
		}
	}
	if len(store.seen) != len(want) {
		t.Errorf("%d calls", len(store.seen))
	}
}

// The server removes an upload's files by the request that it knows, which is
// not the one that handlers get.
func TestUploadsAreRemoved(t *testing.T) {
	temp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} { // here and on Windows
		t.Setenv(name, temp)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "name")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte("an upload"))
	form.Close()
	files := func() int {
		t.Helper()
		found, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	during := 0
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(0); err != nil {
			t.Error(err)
		}
		during = files()
	})
	server := httptest.NewServer(djsession.NewManager(memstore.New(nil), nil).Handler(handler))
	resp, err := server.Client().Post(server.URL, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	server.Close() // waits for the request's end
	if after := files(); during != 1 || after != 0 {
		t.Errorf("%d files in the handler, %d afterwards", during, after)
	}
}
