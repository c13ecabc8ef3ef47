package pickle_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

// within is a list and a dict that contain each other.
func within(t *testing.T) *pickle.List {
	t.Helper()
	list, dict := pickle.NewList(), new(pickle.Dict)
	if err := dict.Set("list", list); err != nil {
		t.Fatal(err)
	}
	list.Items = append(list.Items, dict, dict, pickle.Tuple{list})
	return list
}

// What contains itself is an error at once, as in json.dumps, and what is only
// in two places is not.
func TestCircularJSON(t *testing.T) {
	list := within(t)
	for name, v := range map[string]json.Marshaler{"a list": list, "its dict": list.Items[0].(*pickle.Dict)} {
		if text, err := v.MarshalJSON(); !errors.Is(err, pickle.ErrCircular) {
			t.Errorf("%s: got %d characters, %v; want %v", name, len(text), err, pickle.ErrCircular)
		}
	}
	inner := pickle.NewList(int64(1))
	text, err := pickle.NewList(inner, pickle.Tuple{inner}, inner).MarshalJSON()
	if want := `[[1],[[1]],[1]]`; err != nil || string(text) != want {
		t.Errorf("a list in three places: got %s, %v; want %s", text, err, want)
	}
}

// An ID is that of the object, wherever it is.
func TestID(t *testing.T) {
	list, pair := pickle.NewList(int64(1)), pickle.Tuple{int64(1), int64(2)}
	var sameList, samePair any = list, pair
	for _, tt := range []struct {
		name string
		a, b any
		same bool
	}{
		{"one list", list, sameList, true},
		{"an equal list", list, pickle.NewList(int64(1)), false},
		{"one tuple", pair, samePair, true},
		{"an equal tuple", pair, pickle.Tuple{int64(1), int64(2)}, false},
		{"the beginning of a tuple", pair, pair[:1], false},
		{"a list and a tuple", list, pair, false},
	} {
		a, okA := pickle.IDOf(tt.a)
		b, okB := pickle.IDOf(tt.b)
		if !okA || !okB || (a == b) != tt.same {
			t.Errorf("%s: got %v, %v, the same: %v; want the same: %v", tt.name, okA, okB, a == b, tt.same)
		}
	}
	for _, v := range []any{nil, "text", int64(1), pickle.Bytes("b"), pickle.Decimal("1")} {
		if _, ok := pickle.IDOf(v); ok {
			t.Errorf("%T has an ID", v)
		}
	}
}
