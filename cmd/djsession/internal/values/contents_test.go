package values

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/pyjson"
)

// TestReadableEnds has pickles of a few bytes that, written out, would never
// end.
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
		text, err := pyjson.Append(nil, Readable(v))
		if err != nil || !strings.Contains(string(text), "...") || len(text) > 16<<20 {
			t.Errorf("%s: %d characters, %v", reason, len(text), err)
		}
	}

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
	if c, err := ParseCondition("*.a.a~needle"); err != nil || c.Matches(data) {
		t.Errorf("it matches: %v", err)
	}
}

// TestReadableOnce has a walk meet every container of a pickle about once, and
// write in each place what is in a few.
func TestReadableOnce(t *testing.T) {
	inner := pickle.NewList(int64(1))
	outer := pickle.NewList(inner, pickle.Tuple{inner}, inner)
	outer.Items = append(outer.Items, outer)
	text, err := pyjson.Append(nil, Readable(outer))
	if want := `[[1],[[1]],[1],{"$repr":"..."}]`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
}
