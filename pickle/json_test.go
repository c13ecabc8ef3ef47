package pickle_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/pickle"
)

// TestJSON has what json.dumps of Python makes of a value, in its compact form.
func TestJSON(t *testing.T) {
	ordered := new(pickle.OrderedDict)
	add(&ordered.Dict, "z", int64(1))
	add(&ordered.Dict, "a", pickle.NewList(pickle.Tuple{}, dict()))
	for _, row := range []struct {
		reason string
		v      json.Marshaler
		want   string
	}{
		{"a dict in order", dict("b", int64(1), "a", nil), `{"b":1,"a":null}`},
		{"an ordered one", ordered, `{"z":1,"a":[[],{}]}`},
		{"names that are none", dict(int64(1), "int", 1.5, "float", true, "bool", nil, "None", pickle.SafeString{Text: "<b>"}, "safe"), `{"1":"bool","1.5":"float","null":"None","<b>":"safe"}`}, // 1 and True are one
		{"numbers", pickle.NewList(1.0, 1e16, int64(-5), new(big.Int).Lsh(big.NewInt(1), 70), true), `[1.0,1e+16,-5,1180591620717411303424,true]`},
		{"texts", pickle.NewList("é\"\\\n\x7f", "a\xed\xa0\x80b", pickle.SafeString{Text: "</b>"}), "[\"é\\\"\\\\\\u000a\x7f\",\"a\\ud800b\",\"</b>\"]"},
		{"NaN and infinities", pickle.NewList(math.NaN(), math.Inf(1), math.Inf(-1)), "[NaN,Infinity,-Infinity]"},
		{"what Go put there", pickle.NewList(5, []string{"<"}, (*pickle.Set)(nil)), `[5,["\u003c"],null]`},
	} {
		got, err := row.v.MarshalJSON()
		if string(got) != row.want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", row.reason, got, err, row.want)
		}
	}
	frozen, err := pickle.NewFrozenSet(int64(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{
		set("x"), frozen, &pickle.Deque{}, &pickle.ByteArray{}, pickle.Bytes("x"), &pickle.Object{}, &pickle.Message{}, &pickle.LazyString{}, pickle.DateTimeOf(time.Now()), pickle.Date{}, pickle.Time{},
		pickle.TimeDelta{}, pickle.Decimal("1"), pickle.UUID{}, pickle.NewList(pickle.Class{}), dict(pickle.Tuple{}, "a tuple as a name"), dict(pickle.Bytes("b"), "bytes as one"),
		pickle.NewList(new(big.Int).Lsh(big.NewInt(1), 1<<20)),
	} {
		if text, err := json.Marshal(v); err == nil {
			t.Errorf("a %T became %s", v, text)
		}
	}
}

// TestJSONBombs: lists that are in lists twice, and so on, are an error before
// they fill the memory; so is a list in itself.
func TestJSONBombs(t *testing.T) {
	bomb := pickle.NewList(strings.Repeat("x", 100))
	for range 60 {
		bomb = pickle.NewList(bomb, bomb)
	}
	if _, err := json.Marshal(bomb); !errors.Is(err, pickle.ErrTooLarge) {
		t.Errorf("got error %v", err)
	}
	self := pickle.NewList()
	self.Items = append(self.Items, self)
	if _, err := json.Marshal(self); !errors.Is(err, pickle.ErrCircular) {
		t.Errorf("a list in itself: got error %v, want %v", err, pickle.ErrCircular)
	}
}
