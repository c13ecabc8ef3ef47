package djsession_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// TestCodecAllocations: what a request costs in garbage. The race detector's
// pools drop things on purpose.
func TestCodecAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("pools forget under the race detector")
	}
	login := `{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"` + strings.Repeat("6b1f3e0a", 8) + `"}`
	for _, row := range []struct {
		reason string
		opts   djsession.CodecOptions
		data   string
		max    float64
	}{
		{"a login: the payload and the dictionary", djsession.CodecOptions{}, login, 2},
		{"a short session, which is not packed", djsession.CodecOptions{}, `{"_auth_user_id":"42"}`, 2},
		{"a legacy login", djsession.CodecOptions{Layout: djsession.LayoutLegacy}, login, 2},
	} {
		codec := djsession.NewCodec("a secret key of a usual length, fifty characters long", &row.opts)
		text := mustEncode(t, codec, row.data)
		n := testing.AllocsPerRun(200, func() {
			data, err := codec.Decode(text)
			if err != nil {
				t.Fatal(err)
			}
			if id, _ := data.Text("_auth_user_id"); id != "42" {
				t.Fatal(id)
			}
		})
		if n > row.max {
			t.Errorf("reading %s: %v allocations, want %v at most", row.reason, n, row.max)
		}
		data := mustLoad(t, row.data)
		if n := testing.AllocsPerRun(200, func() { codec.Encode(data) }); n > 1 {
			t.Errorf("writing %s: %v allocations, want the text alone", row.reason, n)
		}
	}
}

// TestRequestAllocations: what a request adds that asks whose session it is,
// beside what the store itself needs to read it.
func TestRequestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("pools forget under the race detector")
	}
	s := newSite(t)
	key := s.stored(time.Hour, "_auth_user_id", "42")
	h := djsession.NewManager(s.store, &s.opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			t.Error(err)
			return
		}
		session.Text("_auth_user_id")
	}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "sessionid="+key)
	w := nopWriter{http.Header{}}
	load := testing.AllocsPerRun(200, func() { s.store.Load(r.Context(), key) })
	if n := testing.AllocsPerRun(200, func() { clear(w.h); h.ServeHTTP(w, r) }) - load; n > 7 { // four are the deadline of the load
		t.Errorf("%v allocations beside the %v of the store, want 7 at most", n, load)
	}
}
