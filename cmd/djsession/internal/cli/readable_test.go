package cli

import (
	"math/big"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
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
		text, err := pyjson.Append(nil, readable(v))
		if err != nil || !strings.Contains(string(text), "...") || len(text) > 16<<20 {
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

// TestReadableOnce has a walk meet every container of a pickle about once, and
// write in each place what is in a few.
func TestReadableOnce(t *testing.T) {
	inner := pickle.NewList(int64(1))
	outer := pickle.NewList(inner, pickle.Tuple{inner}, inner)
	outer.Items = append(outer.Items, outer)
	text, err := pyjson.Append(nil, readable(outer))
	if want := `[[1],[[1]],[1],{"$repr":"..."}]`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
}

// TestHugeID has a number of a million digits for a user's id: writing its
// digits out takes seconds.
func TestHugeID(t *testing.T) {
	data := new(djsession.Data)
	data.Set("_auth_user_id", new(big.Int).Lsh(big.NewInt(1), 8<<20))
	if id := userID(data); id != "..." {
		t.Errorf("got an id of %d characters, want ...", len(id))
	}
	data.Set("_auth_user_id", new(big.Int).Lsh(big.NewInt(1), 70))
	if id := userID(data); id != "1180591620717411303424" {
		t.Errorf("got %s, want 1180591620717411303424", id)
	}
}
