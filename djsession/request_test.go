package djsession_test

import (
	"context"
	"net/http"
	"net/http/httptest"
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

// TestRequestOf has a store find the request behind each call, also behind the save that goes on when the client has gone.
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
