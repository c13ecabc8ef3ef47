package djsession_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// However a session, a record or a codec is printed or logged, neither key nor secret nor contents show.
func TestNothingSecretIsPrinted(t *testing.T) {
	const password, secret, fallback = "hunter2-in-the-session", "the-secret-key", "the-fallback-key"
	m := djsession.NewManager(memstore.New(nil), nil)
	s := m.New()
	s.Set("password", password)
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	rec := &djsession.Record{Key: s.Key(), Data: s.Data(), Expires: time.Now()}
	codec := djsession.NewCodec(secret, &djsession.CodecOptions{Fallbacks: []string{fallback}})
	var out bytes.Buffer
	for _, v := range []any{s, rec, codec} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q\n", v, v, v, v, v)
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
