package djsession_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

func TestUnambiguousKey(t *testing.T) {
	for _, c := range []struct {
		why   string
		lines []string
		key   string
		err   error
	}{
		{"no header", nil, "", nil},
		{"another cookie", []string{"a=b"}, "", nil},
		{"the cookie", []string{"a=b; sessionid=one"}, "one", nil},
		{"on the second line", []string{"a=b", "sessionid=one"}, "one", nil},
		{"quoted, as Django reads it", []string{`sessionid="one"`}, "one", nil},
		{"twice the same", []string{"sessionid=one; sessionid=one"}, "one", nil},
		{"twice the same, quoted once", []string{`sessionid=one; sessionid="one"`}, "one", nil},
		{"two that differ", []string{"sessionid=one; sessionid=two"}, "", djsession.ErrAmbiguousCookie},
		{"two lines that differ", []string{"sessionid=one", "sessionid=two"}, "", djsession.ErrAmbiguousCookie},
		{"the last is empty", []string{"sessionid=one; sessionid="}, "", djsession.ErrAmbiguousCookie},
		{"three, the first like the last", []string{"sessionid=one; sessionid=two; sessionid=one"}, "", djsession.ErrAmbiguousCookie},
		{"lines joined with a comma", []string{"a=b,sessionid=one"}, "", djsession.ErrAmbiguousCookie},
		{"joined with a comma and a space", []string{"sessionid=one, sessionid=two"}, "", djsession.ErrAmbiguousCookie},
		{"a comma in another value", []string{"a=b,c=d; sessionid=one"}, "one", nil},
		{"another name that ends so", []string{"a=b,xsessionid=two; sessionid=one"}, "one", nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			m := djsession.NewManager(memstore.New(nil), nil)
			key, err := m.UnambiguousKey(http.Header{"Cookie": c.lines})
			if key != c.key || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v; want %q, %v", key, err, c.key, c.err)
			}
		})
	}
}

func TestReadOnlyManager(t *testing.T) {
	m := djsession.NewManager(memstore.New(nil), nil)
	s := m.New()
	s.Set("a", 1)
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	same, err := m.ReadOnly().Open(t.Context(), s.Key())
	if err != nil {
		t.Fatal(err)
	}
	if err := same.Flush(t.Context()); !errors.Is(err, djsession.ErrReadOnly) {
		t.Errorf("Flush: got %v, want %v", err, djsession.ErrReadOnly)
	}
	if _, err := m.Open(t.Context(), s.Key()); err != nil {
		t.Errorf("the session of the manager itself: %v", err)
	}
	s.Set("a", 2)
	if err := s.Save(t.Context()); err != nil {
		t.Errorf("the manager itself must go on writing: %v", err)
	}
}
