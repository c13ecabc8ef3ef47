package cachestore_test

import (
	"errors"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// TestDjangoJSON reads what json.loads(value.decode()) reads, and writes back
// what json.dumps writes of it. The wants are those of Python 3.12.
func TestDjangoJSON(t *testing.T) {
	for _, row := range []struct{ reason, text, want string }{
		{"ASCII", `{"a": 1}`, `{"a": 1}`},
		{"UTF-8 in a value", `{"a":"Zoë"}`, `{"a": "Zo\u00eb"}`},
		{"UTF-8 in a name", `{"ë": "x"}`, `{"\u00eb": "x"}`},
		{"beyond the first plane", `{"a": "😀"}`, `{"a": "\ud83d\ude00"}`},
		{"an escaped backslash before it", `{"a": "\\ë"}`, `{"a": "\\\u00eb"}`},
		{"half a pair, escaped", `{"a": "\ud83d"}`, `{"a": "\ud83d"}`},
		{"Latin-1", "{\"a\": \"Zo\xeb\"}", ""},
		{"half a pair in UTF-8", "{\"a\": \"\xed\xa0\xbd\"}", ""},
		{"cut within a character", "{\"a\": \"\xc3\"}", ""},
		{"a backslash before it", `{"a": "\ë"}`, ""},
		{"beyond the string", `{"a": ë}`, ""},
		{"a byte order mark", "\ufeff{}", ""},
	} {
		t.Run(row.reason, func(t *testing.T) {
			d, err := cachestore.DjangoJSON.Loads(row.text)
			if row.want == "" {
				if !errors.Is(err, djsession.ErrUndecodable) {
					t.Errorf("got error %v, want ErrUndecodable", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := cachestore.DjangoJSON.Dumps(nil, d)
			if err != nil || string(got) != row.want {
				t.Errorf("got %s (%v), want %s", got, err, row.want)
			}
		})
	}
	d, err := cachestore.DjangoJSON.Loads(`{"name": "Zoë"}`)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := djsession.Get[string](d, "name"); got != "Zoë" || err != nil {
		t.Errorf("got %q (%v), want Zoë", got, err)
	}
}
