package djsession_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/filestore"
)

// TestTooLargeIsNotOverwritten: a session that Django could read and we do not
// is an error that reaches the handler, and stays what it is whatever happens.
func TestTooLargeIsNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	rec.Data.Set("a", strings.Repeat("x", 5000))
	whole := filestore.New(dir, djsession.NewCodec("key", nil), nil)
	if err := whole.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	store := filestore.New(dir, djsession.NewCodec("key", &djsession.CodecOptions{MaxSize: 1000}), nil)
	for _, opts := range []djsession.Options{{}, {Merge: true}, {SaveEveryRequest: true}, {TouchInterval: time.Nanosecond}} {
		t.Run(fmt.Sprintf("%+v", opts), func(t *testing.T) {
			s := newSite(t)
			opts.Logger = s.opts.Logger
			s.opts = opts
			w := s.serveOver(store, t.Context(), "sessionid="+rec.Key, func(w http.ResponseWriter, r *http.Request) {
				session, err := djsession.FromRequest(r)
				if !errors.Is(err, djsession.ErrTooLarge) || errors.Is(err, djsession.ErrCorrupt) {
					t.Errorf("got error %v, want ErrTooLarge", err)
				}
				if err == nil {
					session.Set("b", 1)
					return
				}
				djsession.Error(w, r, err)
			})
			if w.Code != http.StatusInternalServerError || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("got status %d and cookie %q, want 500 and none", w.Code, w.Header().Get("Set-Cookie"))
			}
			m := djsession.NewManager(store, &opts)
			if _, err := m.Open(t.Context(), rec.Key); !errors.Is(err, djsession.ErrTooLarge) {
				t.Errorf("Open: got error %v, want ErrTooLarge", err)
			}
			if ok, err := m.Exists(t.Context(), rec.Key); !ok || err != nil {
				t.Errorf("Exists: got %v, %v, want true", ok, err)
			}
			err := store.Update(t.Context(), rec)
			if !errors.Is(err, djsession.ErrTooLarge) {
				t.Errorf("Update with what could not be read again: got error %v, want ErrTooLarge", err)
			}
			got, err := whole.Load(t.Context(), rec.Key)
			if err != nil {
				t.Fatal(err)
			}
			if text, _ := got.Data.Text("a"); len(text) != 5000 || got.Data.Has("b") {
				t.Errorf("the session has %d bytes in a, want 5000", len(text))
			}
		})
	}
}
