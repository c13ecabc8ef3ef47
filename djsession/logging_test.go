package djsession_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// However a session, a record, a text, a codec or a request's context is
// printed or logged, neither key nor secret nor contents show.
func TestNothingSecretIsPrinted(t *testing.T) {
	const password, secret, fallback = "hunter2-in-the-session", "the-secret-key", "the-fallback-key"
	m := djsession.NewManager(memstore.New(nil), nil)
	s := m.New()
	s.Set("password", password)
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	rec := &djsession.Record{Key: s.Key(), Data: s.Data(), Expires: time.Now()}
	var ctx context.Context
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: s.Key()})
	m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })).ServeHTTP(httptest.NewRecorder(), r)
	codec := djsession.NewCodec(secret, &djsession.CodecOptions{Fallbacks: []string{fallback}})
	var out bytes.Buffer
	for _, v := range []any{s, rec, *rec, djsession.EncodedRecord{Key: s.Key(), Data: password}, codec, ctx} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%t", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("test", "value", v)
		}
	}
	for _, secret := range []string{s.Key(), password, secret, fallback} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s shows", secret)
		}
	}
	if !strings.Contains(out.String(), djsession.Fingerprint(s.Key())) {
		t.Error("there is no fingerprint")
	}
}

// TestLogsNameSessionsAsTheCommandDoes: what a log says of a session is what
// "djsession show" takes.
func TestLogsNameSessionsAsTheCommandDoes(t *testing.T) {
	m := djsession.NewManager(memstore.New(nil), nil)
	s := newSession(t, m)
	if got, want := fmt.Sprint(s), "session @"+djsession.Fingerprint(s.Key()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := fmt.Sprint(m.New()); got != "session without a key" {
		t.Errorf("a new one: got %q", got)
	}
}
