package pyjson_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/pyjson"
)

// exact compares unexported fields too.
var exact = cmp.Exporter(func(reflect.Type) bool { return true })

func big1(s string) *big.Int { n, _ := new(big.Int).SetString(s, 10); return n }

func member(name string, value any) pyjson.Member { return pyjson.Member{Name: name, Value: value} }

type inner struct {
	A int `json:"a"`
	B int `json:",omitempty"`
}

type outer struct {
	inner
	Name  string          `json:"name"`
	Price float64         `json:"price"`
	Tags  []string        `json:"tags,omitempty"`
	Extra map[string]any  `json:"extra,omitempty"`
	ID    int64           `json:"id,string"`
	When  time.Time       `json:"when,omitzero"`
	Ptr   *inner          `json:"ptr"`
	Skip  string          `json:"-"`
	Raw   json.RawMessage `json:"raw,omitempty"`
	ByInt map[int]string  `json:"by_int,omitempty"`
	Bytes []byte          `json:"bytes,omitempty"`
}

func TestAppend(t *testing.T) {
	var nilMap map[string]int
	for _, row := range []struct {
		reason string
		value  any
		want   string
	}{
		{"None", nil, "null"},
		{"bools", []any{true, false}, "[true,false]"},
		{"an int stays an int", 1, "1"},
		{"a float stays a float", 1.0, "1.0"},
		{"floats as repr", []float64{0.1, 1e16, 1e-7, 1e22, 123456789012345680.0, math.Copysign(0, -1), 5e-324, math.MaxFloat64, 1e15, 9999999999999998, 0.0001, 0.00001},
			"[0.1,1e+16,1e-07,1e+22,1.2345678901234568e+17,-0.0,5e-324,1.7976931348623157e+308,1000000000000000.0,9999999999999998.0,0.0001,1e-05]"},
		{"no numbers", []float64{math.NaN(), math.Inf(1), math.Inf(-1)}, "[NaN,Infinity,-Infinity]"},
		{"float32 by its own digits", float32(0.1), "0.1"},
		{"integers of any size", []any{int64(math.MinInt64), uint64(math.MaxUint64), big1("10000000000000000000000000000000000000000")},
			"[-9223372036854775808,18446744073709551615,10000000000000000000000000000000000000000]"},
		{"short escapes", "\"\\\n\r\t\f\b/", `"\"\\\n\r\t\f\b/"`},
		{"controls, DEL too", "\x00\x1f\x7f", `"\u0000\u001f\u007f"`},
		{"nothing for HTML", "<&>'", `"<&>'"`},
		{"ASCII only", "é€\u2028😀", `"\u00e9\u20ac\u2028\ud83d\ude00"`},
		{"a lone surrogate", "a\xed\xa0\x80b", `"a\ud800b"`},
		{"a dict in order", pyjson.Object{member("z", 1), member("a", pyjson.Object{})}, `{"z":1,"a":{}}`},
		{"a map by name", map[string]any{"b": 1, "a": []int{}}, `{"a":[],"b":1}`},
		{"a nil map", nilMap, "null"},
		{"a nil pointer", (*inner)(nil), "null"},
		{"a nil pointer to something with methods", (*time.Time)(nil), "null"},
		{"a struct by its tags", outer{inner: inner{A: 1}, Name: "x", Price: 2, ID: 7, Skip: "s", Raw: json.RawMessage(` {"k" : 1.0} `), ByInt: map[int]string{2: "b", 10: "a"}, Bytes: []byte("hi")},
			`{"a":1,"name":"x","price":2.0,"id":"7","ptr":null,"raw":{"k":1.0},"by_int":{"10":"a","2":"b"},"bytes":"aGk="}`},
		{"a time", time.Unix(0, 0).UTC(), `"1970-01-01T00:00:00Z"`},
		{"a json.Number as it is", json.Number("1E5"), "1E5"},
		{"raw text as it is", pyjson.Raw(` [1,  NaN] `), "[1,  NaN]"},
	} {
		got, err := pyjson.Append(nil, row.value)
		if string(got) != row.want || err != nil {
			t.Errorf("%s:\ngot  %s (%v)\nwant %s", row.reason, got, err, row.want)
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	cycle := []any{nil}
	cycle[0] = cycle
	type node struct{ Next *node }
	ring := &node{}
	ring.Next = ring
	for reason, v := range map[string]any{
		"a function": func() {}, "a channel": make(chan int), "a complex number": 1i, "invalid UTF-8": "\xff", "half a surrogate": "\xed\xa0",
		"a list in itself": cycle, "a ring of pointers": ring, "a map by floats": map[float64]int{1: 1}, "raw text that is not JSON": pyjson.Raw("{"),
		"a number that is none": json.Number("1x"), "an empty number": json.Number(""), "a nested one": map[string]any{"a": []any{func() {}}},
	} {
		if got, err := pyjson.Append(nil, v); err == nil {
			t.Errorf("%s was written as %.40s", reason, got)
		}
	}
}

func TestUnmarshalAny(t *testing.T) {
	for _, row := range []struct {
		reason, text string
		want         any
	}{
		{"int", "1", int64(1)},
		{"float", "1.0", 1.0},
		{"float by exponent", "1E2", 100.0},
		{"minus nothing is an int", "-0", int64(0)},
		{"beyond 64 bits", "9223372036854775808", big1("9223372036854775808")},
		{"out of a float's range", "-1e999", math.Inf(-1)},
		{"infinities", "[Infinity,-Infinity]", []any{math.Inf(1), math.Inf(-1)}},
		{"pairs are joined", `"\ud83d\ude00"`, "😀"},
		{"in upper case too", `"\uD83D\uDE00"`, "😀"},
		{"a lone one stays", `"\ud83dx"`, "\xed\xa0\xbdx"},
		{"two high ones", `"\ud83d\ud83d\ude00"`, "\xed\xa0\xbd😀"},
		{"bytes are latin-1", "\"\xe9\xff\"", "éÿ"},
		{"so UTF-8 is mojibake, as it is to Django", "\"é\"", "Ã©"},
		{"the last of a name, in the first place", `{"a":1,"b":2,"a":3}`, pyjson.Object{member("a", int64(3)), member("b", int64(2))}},
		{"names with escapes", `{"\u0061":1}`, pyjson.Object{member("a", int64(1))}},
		{"blanks", " \t\r\n[ 1 , { } ] ", []any{int64(1), pyjson.Object{}}},
	} {
		var got any
		err := pyjson.Unmarshal(row.text, &got)
		if diff := cmp.Diff(row.want, got, exact); diff != "" || err != nil {
			t.Errorf("%s: got error %v, and a difference (-want +got):\n%s", row.reason, err, diff)
		}
	}
}

var notJSON = []string{
	"", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "{\"a\"", `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{1:2}`, `{a:1}`, `{"a" 1}`,
	"01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "--1", "-NaN", "nan", "inf", "infinity", "None", "True", "nul", "tru", "1 2", "[1 2]",
	"'a'", `"`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"\x00\"", "\ufeff1", "1\x00", "\v1", "\f1", "\u00a01", "//x\n1",
}

func TestUnmarshalRefuses(t *testing.T) {
	for _, text := range append(notJSON, strings.Repeat("9", pyjson.MaxDigits+1), strings.Repeat("[", pyjson.MaxDepth+1)+strings.Repeat("]", pyjson.MaxDepth+1), strings.Repeat("[", 1e6)) {
		var v any = "untouched"
		err := pyjson.Unmarshal(text, &v)
		var syntax *pyjson.SyntaxError
		if !errors.As(err, &syntax) || v != "untouched" {
			t.Errorf("%.40q: got %v, error %v", text, v, err)
		}
		if pyjson.Valid(text) {
			t.Errorf("%.40q is valid", text)
		}
	}
}

func TestUnmarshalGo(t *testing.T) {
	var o outer
	err := pyjson.Unmarshal(`{"a":1,"NAME":"folded","name":"x","price":2,"id":"7","ptr":{"a":5,"B":6},"raw":[1.0],"by_int":{"3":"c"},"bytes":"aGk=","when":"2023-11-14T22:13:20Z","tags":["t"],"extra":{"n":null}}`, &o)
	if err != nil {
		t.Fatal(err)
	}
	want := outer{inner: inner{A: 1}, Name: "x", Price: 2, ID: 7, Ptr: &inner{5, 6}, Raw: json.RawMessage("[1.0]"), ByInt: map[int]string{3: "c"}, Bytes: []byte("hi"),
		When: time.Unix(1700000000, 0).UTC(), Tags: []string{"t"}, Extra: map[string]any{"n": nil}}
	if diff := cmp.Diff(want, o, exact); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnmarshalMisfits(t *testing.T) {
	for reason, fit := range map[string]func() error{
		"a float is no int":             func() error { return pyjson.Unmarshal("1.0", new(int)) },
		"300 is no uint8":               func() error { return pyjson.Unmarshal("300", new(uint8)) },
		"-1 is no uint":                 func() error { return pyjson.Unmarshal("-1", new(uint)) },
		"2**64 is no int64":             func() error { return pyjson.Unmarshal("18446744073709551616", new(int64)) },
		"a string is no int":            func() error { return pyjson.Unmarshal(`"1"`, new(int)) },
		"an int is no string":           func() error { return pyjson.Unmarshal("1", new(string)) },
		"a list is no struct":           func() error { return pyjson.Unmarshal("[]", new(inner)) },
		"a nested one":                  func() error { return pyjson.Unmarshal(`[{"a":"x"}]`, new([]inner)) },
		"a destination must be pointed": func() error { return pyjson.Unmarshal("1", 1) },
		"a nil pointer points nowhere":  func() error { return pyjson.Unmarshal("1", (*int)(nil)) },
		"not base64":                    func() error { return pyjson.Unmarshal(`"!"`, new([]byte)) },
	} {
		var mismatch *pyjson.TypeError
		if err := fit(); !errors.As(err, &mismatch) {
			t.Errorf("%s: got error %v", reason, err)
		}
	}
}

func TestErrorsDoNotQuote(t *testing.T) {
	const secret = "hunter2"
	err := errors.Join(pyjson.Unmarshal(`{"hunter2"`, new(any)), pyjson.Unmarshal(`"hunter2"`, new(int)), pyjson.Unmarshal(`hunter2`, new(any)))
	if strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
}

func TestScanObject(t *testing.T) {
	var got []string
	err := pyjson.ScanObject(" { \"a\" : [1, {\"x\":2} ] , \"\\u0062\":\"\\ud800\",\"a\":1.0 } ", func(name, raw string) error {
		got = append(got, name+"="+raw)
		return nil
	})
	want := []string{`a=[1, {"x":2} ]`, `b="\ud800"`, `a=1.0`}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("got error %v, and a difference (-want +got):\n%s", err, diff)
	}
	stop := errors.New("stop")
	if err := pyjson.ScanObject(`{"a":1,"b":2}`, func(string, string) error { return stop }); err != stop {
		t.Errorf("got error %v", err)
	}
	for _, text := range []string{"[]", "null", "1", `"a"`} {
		if err := pyjson.ScanObject(text, func(string, string) error { return nil }); err == nil {
			t.Errorf("%s is no object", text)
		}
	}
	text := `{"a":1,"b":[1,2,{"c":"d"}],"e":null}`
	if n := testing.AllocsPerRun(100, func() { pyjson.ScanObject(text, func(string, string) error { return nil }) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzRoundTrip: what is read and written is read as the same, and the scanner
// agrees with the decoder.
func FuzzRoundTrip(f *testing.F) {
	for _, text := range append(notJSON, `{"a":[1,1.0,null,"\ud800",NaN,-Infinity,123456789012345678901234567890]}`, "\"\xe9\"") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var v any
		err := pyjson.Unmarshal(text, &v)
		scanErr := pyjson.ScanObject(text, func(string, string) error { return nil })
		if _, isObject := v.(pyjson.Object); (err == nil && isObject) != (scanErr == nil) {
			t.Errorf("%q: decoder %v, scanner %v", text, err, scanErr)
		}
		if err != nil {
			return
		}
		once, err := pyjson.Append(nil, v)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var again any
		if err := pyjson.Unmarshal(string(once), &again); err != nil {
			t.Fatalf("%q: %v", once, err)
		}
		if twice, err := pyjson.Append(nil, again); string(once) != string(twice) || err != nil {
			t.Errorf("%q then %q, %v", once, twice, err)
		}
	})
}
