package pyjson_test

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/pyjson"
)

type (
	first struct {
		ID int `json:"first_id"`
	}
	second struct {
		ID int `json:"second_id"`
	}
	hidden struct{ X int }
	text   string

	// PointerOnly has its methods on the pointer, as most types do that have
	// any.
	PointerOnly struct{ n int }
)

// level says itself how it is written.
type level int

func (l level) MarshalText() ([]byte, error)  { return []byte{'L', '0' + byte(l)}, nil }
func (l *level) UnmarshalText(b []byte) error { *l = level(b[1] - '0'); return nil }

func (p *PointerOnly) MarshalJSON() ([]byte, error) { return []byte(`"by pointer"`), nil }
func (p *PointerOnly) UnmarshalJSON([]byte) error   { p.n = 7; return nil }
func (p *PointerOnly) IsZero() bool                 { return p.n == 0 }

// TestStructsLikeGo: what encoding/json writes of a Go type is what is written,
// and it is read again.
func TestStructsLikeGo(t *testing.T) {
	five := 5
	odd := reflect.StructOf([]reflect.StructField{{Name: "N", Type: reflect.TypeFor[int](), Tag: `json:"a'b"`}})
	for reason, v := range map[string]any{
		"two embedded structs have fields of one name in Go but not in JSON": &struct {
			first
			second
		}{first{1}, second{2}},
		"a field hides an embedded one in Go but not in JSON": &struct {
			first
			ID int `json:"own"`
		}{first{1}, 2},
		"embedded by pointer": &struct {
			*hidden
			Y int
		}{&hidden{1}, 2},
		"the option string, for strings and pointers too": &struct {
			S string      `json:",string"`
			P *int        `json:",string"`
			N *int        `json:",string"`
			B bool        `json:",string"`
			L level       `json:",string"`
			J json.Number `json:",string"`
		}{S: `say "x"`, P: &five, B: true, L: 3, J: "12"},
		"a tag that is no name": reflect.New(odd).Interface(),
		"both omitempty and omitzero": &struct {
			L []int `json:",omitempty,omitzero"`
		}{[]int{}},
		"IsZero of a pointer, zero": &struct {
			P PointerOnly `json:",omitzero"`
		}{},
		"methods of a pointer, deep inside": &struct{ L [1]struct{ P PointerOnly } }{},
		"a big.Int within":                  &struct{ B big.Int }{*big.NewInt(5)},
		"a map by numbers that have names":  &struct{ M map[time.Weekday]int }{map[time.Weekday]int{time.Monday: 1}},
		"a map by the largest number":       &struct{ M map[uint64]int }{map[uint64]int{math.MaxUint64: 1}},
		"a map by text":                     &struct{ M map[text]int }{map[text]int{"a": 1}},
	} {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pyjson.Append(nil, v)
		if string(got) != string(want) || err != nil {
			t.Errorf("%s:\ngot  %s (%v)\nwant %s", reason, got, err, want)
		}
		fresh := reflect.New(reflect.TypeOf(v).Elem())
		if reason == "embedded by pointer" {
			if err := pyjson.Unmarshal(string(want), fresh.Interface()); err == nil {
				t.Errorf("%s: what cannot be set was set", reason)
			}
			fresh.Elem().Set(reflect.ValueOf(v).Elem()) // now it can
		}
		if err := pyjson.Unmarshal(string(got), fresh.Interface()); err != nil {
			t.Errorf("%s: %v", reason, err)
			continue
		}
		if again, err := pyjson.Append(nil, fresh.Interface()); string(again) != string(got) || err != nil {
			t.Errorf("%s: %s came back as %s (%v)", reason, got, again, err)
		}
	}
}

// TestOwnTypesInGo: an Object and a Raw are what they hold to encoding/json
// too, and where they are fields.
func TestOwnTypesInGo(t *testing.T) {
	type fields struct {
		O pyjson.Object
		R pyjson.Raw
		P *pyjson.Object
		N json.Number
	}
	const text = `{"O":{"z":1,"a":[{"b":2.0}]},"R":[1, 1E5],"P":{"k":null},"N":null}`
	var f fields
	if err := pyjson.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	f.R = "[1, 1E5]"
	f.N = "7"
	want := `{"O":{"z":1,"a":[{"b":2.0}]},"R":[1, 1E5],"P":{"k":null},"N":7}`
	for _, v := range []any{f, &f} {
		if got, err := pyjson.Append(nil, v); string(got) != want || err != nil {
			t.Errorf("%T: got %s (%v), want %s", v, got, err, want)
		}
		if got, err := json.Marshal(v); string(got) != strings.ReplaceAll(want, ", ", ",") || err != nil {
			t.Errorf("%T by encoding/json: got %s (%v), want %s", v, got, err, want)
		}
	}
}

// TestWhatIsWrittenCanBeRead: nothing is written that would be refused when it
// is read, which is a session lost.
func TestWhatIsWrittenCanBeRead(t *testing.T) {
	tenTo := func(n int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil) }
	nested := func(n int) pyjson.Raw { return pyjson.Raw(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	for _, row := range []struct {
		reason string
		value  any
		fine   bool
	}{
		{"an integer of the most digits", tenTo(pyjson.MaxDigits - 1), true},
		{"and of one more, which Python does not write either", tenTo(pyjson.MaxDigits), false},
		{"below zero", new(big.Int).Neg(tenTo(pyjson.MaxDigits - 1)), true},
		{"and of one more, below zero", new(big.Int).Neg(tenTo(pyjson.MaxDigits)), false},
		{"a huge one", new(big.Int).Lsh(big.NewInt(1), 1<<24), false},
		{"in a struct", struct{ N *big.Int }{tenTo(5000)}, false},
		{"raw text as deep as it may be", nested(pyjson.MaxDepth), true},
		{"and deeper for what is around it", struct{ R pyjson.Raw }{nested(pyjson.MaxDepth)}, false},
	} {
		written, err := pyjson.Append(nil, row.value)
		if (err == nil) != row.fine {
			t.Errorf("%s: got error %v", row.reason, err)
		}
		if err == nil && !pyjson.Valid(string(written)) {
			t.Errorf("%s: it cannot be read again", row.reason)
		}
	}
	if _, err := pyjson.NameOf(tenTo(5000)); err == nil {
		t.Error("as a name")
	}
}
