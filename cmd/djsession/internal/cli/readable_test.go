package cli

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/signing/pyjson"
)

// TestReadableEnds has pickles of a few bytes that, written out, would never end.
func TestReadableEnds(t *testing.T) {
	itself := new(pickle.Dict)
	if err := itself.Set("a", itself); err != nil {
		t.Fatal(err)
	}
	list := pickle.NewList()
	list.Items = append(list.Items, list, list)
	many := pickle.NewList()
	for range 40 {
		many = pickle.NewList(many, many, many, many)
	}
	for reason, v := range map[string]any{"a dict within itself": itself, "a list within itself, twice": list, "a list many times": many} {
		text, err := pyjson.Append(nil, readable(v))
		if err != nil || !strings.Contains(string(text), "...") || len(text) > 64<<20 {
			t.Errorf("%s: %d characters, %v", reason, len(text), err)
		}
	}

	// Every list of sessions asks each whose it is.
	session := new(pickle.Dict)
	if err := session.Set("_auth_user_id", itself); err != nil {
		t.Fatal(err)
	}
	payload, err := pickle.Marshal(session, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := pickled.New(nil).Loads(string(payload))
	if err != nil {
		t.Fatal(err)
	}
	if id := userID(data); !strings.Contains(id, "...") {
		t.Errorf("a user's id is %q", id)
	}
	if c, err := parseCondition("*.a.a~needle"); err != nil || c.matches(data) {
		t.Errorf("it matches: %v", err)
	}
}
