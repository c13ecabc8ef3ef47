package pickle_test

import (
	"errors"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/pickle"
)

// TestEncodings reads what Python 2 wrote of a str: text, and bytes that are no
// text.
func TestEncodings(t *testing.T) {
	for _, row := range []struct {
		reason   string
		encoding pickle.Encoding
		data     string
		want     any // nil is an error
	}{
		{"the default reads ASCII as text", "", "U\x01a.", "a"},
		{"and refuses all else", "", "U\x02\xc3\xa9.", nil},
		{"UTF-8", pickle.EncodingUTF8, "U\x02\xc3\xa9.", "é"},
		{"what is not UTF-8", pickle.EncodingUTF8, "U\x01\xe9.", nil},
		{"a surrogate is not UTF-8 there", pickle.EncodingUTF8, "U\x03\xed\xa0\x80.", nil},
		{"latin-1", pickle.EncodingLatin1, "U\x01\xe9.", "é"},
		{"all bytes", pickle.EncodingBytes, "U\x01a.", pickle.Bytes("a")},
		{"lenient: text if it is ASCII", pickle.EncodingLenient, "U\x01a.", "a"},
		{"lenient: else bytes", pickle.EncodingLenient, "U\x02\xc3\xa9.", pickle.Bytes("é")},
		{"BINSTRING", pickle.EncodingLenient, "T\x01\x00\x00\x00\xff.", pickle.Bytes("\xff")},
		{"STRING with escapes", pickle.EncodingLenient, `S'a\x41\'\n\\\101\q'` + "\n.", "aA'\n\\A\\q"},
		{"STRING in double quotes", pickle.EncodingLenient, `S"it's"` + "\n.", "it's"},
		{"STRING that ends within an escape", pickle.EncodingLenient, `S'\x4'` + "\n.", nil},
		{"STRING without quotes", pickle.EncodingLenient, "Sa\n.", nil},
		{"unicode does not ask", pickle.EncodingASCII, "X\x02\x00\x00\x00\xc3\xa9.", "é"},
		{"UNICODE with escapes", pickle.EncodingASCII, `V\u20ac\U0001f600` + "\xe9\\\n.", "€😀é\\"},
		{"an encoding nobody knows", "cp1252", "U\x01\xe9.", nil},
		{"a datetime of Python 2, lenient", pickle.EncodingLenient, "cdatetime\ndatetime\nU\x0a\x07\xee\x05\x06\x07\x08\x09\x01\xe2\x40\x85R.", pickle.DateTime{Year: 2030, Month: 5, Day: 6, Hour: 7, Minute: 8, Second: 9, Microsecond: 123456}},
		{"and latin-1, as Python 3 needs", pickle.EncodingLatin1, "cdatetime\ndatetime\nU\x0a\x07\xee\x05\x06\x07\x08\x09\x01\xe2\x40\x85R.", pickle.DateTime{Year: 2030, Month: 5, Day: 6, Hour: 7, Minute: 8, Second: 9, Microsecond: 123456}},
		{"and raw", pickle.EncodingBytes, "cdatetime\ndate\nU\x04\x07\xee\x05\x06\x85R.", pickle.Date{Year: 2030, Month: 5, Day: 6}},
	} {
		got, err := pickle.Loads([]byte(row.data), &pickle.DecodeOptions{Encoding: row.encoding})
		if got != row.want || (err != nil) != (row.want == nil) {
			t.Errorf("%s: got %#v, %v", row.reason, got, err)
		}
	}
}

func TestStrict(t *testing.T) {
	for _, row := range []struct {
		reason, data string
		allowed      bool
	}{
		{"a known class", "cdatetime\ndate\nC\x04\x07\xee\x05\x06\x85R.", true},
		{"its name by the stack", "\x80\x04\x8c\x08datetime\x8c\x04date\x93.", true},
		{"a class that Allow knows", "cshop\nCart\n.", true},
		{"another", "cshop\nOrder\n.", false},
		{"by the stack", "\x80\x04\x8c\x02os\x8c\x06system\x93.", false},
		{"by INST", "(ios\nsystem\n.", false},
		{"by an extension code", "\x82\x07.", false},
		{"a name within an allowed class", "cbuiltins\ngetattr\n(cshop\nCart\nX\x04\x00\x00\x00evilt\x52.", false},
		{"a function of a known module", "cbuiltins\neval\n.", false},
		{"Python 2's name for it", "c__builtin__\neval\n.", false},
	} {
		opts := &pickle.DecodeOptions{Strict: true, Extensions: map[int]pickle.Class{7: {Module: "os", Name: "system"}}, Allow: func(c pickle.Class) bool { return c.String() == "shop.Cart" }}
		_, err := pickle.Loads([]byte(row.data), opts)
		var forbidden *pickle.ForbiddenError
		if errors.As(err, &forbidden) != !row.allowed || errors.Is(err, pickle.ErrForbidden) != !row.allowed {
			t.Errorf("%s: got error %v", row.reason, err)
		}
	}
}

func TestPersistentIDs(t *testing.T) {
	keep := &pickle.DecodeOptions{PersistentLoad: func(id any) (any, error) { return pickle.PersistentID{ID: id}, nil }}
	for protocol := range 6 {
		data, err := pickle.Marshal(pickle.Tuple{"a", pickle.PersistentID{ID: "user 1"}}, protocolOf(protocol))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pickle.Loads(data, nil); !errors.Is(err, pickle.ErrUnsupported) {
			t.Errorf("protocol %d: without the option: %v", protocol, err)
		}
		v, err := pickle.Loads(data, keep)
		if err != nil || v.(pickle.Tuple)[1] != any(pickle.PersistentID{ID: "user 1"}) {
			t.Errorf("protocol %d: got %v, %v", protocol, v, err)
		}
		opts := protocolOf(protocol)
		opts.PersistentID = func(v any) (any, bool) { return "the int", v == any(int64(7)) }
		if data, err = pickle.Marshal(pickle.NewList(int64(7), int64(8)), opts); err != nil {
			t.Fatal(err)
		}
		if v, err = pickle.Loads(data, keep); err != nil || v.(*pickle.List).Items[0] != any(pickle.PersistentID{ID: "the int"}) {
			t.Errorf("protocol %d: got %v, %v", protocol, pickle.Repr(v), err)
		}
	}
	for reason, id := range map[string]any{"no text": int64(1), "more than a line": "a\nb", "not ASCII": "é"} {
		if _, err := pickle.Marshal(pickle.PersistentID{ID: id}, protocolOf(0)); !isTypeError(err) {
			t.Errorf("protocol 0, an id that is %s: got error %v", reason, err)
		}
	}
	failing := &pickle.DecodeOptions{PersistentLoad: func(any) (any, error) { return nil, errRefused }}
	if _, err := pickle.Loads([]byte("Px\n."), failing); !errors.Is(err, errRefused) {
		t.Errorf("a function that fails: got error %v", err)
	}
}

func TestExtensions(t *testing.T) {
	cart := pickle.Class{Module: "shop", Name: "Cart"}
	for code, want := range map[int]string{1: "\x82\x01", 255: "\x82\xff", 256: "\x83\x00\x01", 65536: "\x84\x00\x00\x01\x00", 1<<31 - 1: "\x84\xff\xff\xff\x7f"} {
		data, err := pickle.Marshal(cart, &pickle.EncodeOptions{Protocol: 2, Extensions: map[pickle.Class]int{cart: code}})
		if err != nil || string(data) != "\x80\x02"+want+"." {
			t.Errorf("code %d: got %q, %v", code, data, err)
		}
		if v, err := pickle.Loads(data, &pickle.DecodeOptions{Extensions: map[int]pickle.Class{code: cart}}); v != any(cart) || err != nil {
			t.Errorf("code %d: got %v, %v", code, v, err)
		}
	}
}

// TestMarshalGo has Go's own types become what Python has for them.
func TestMarshalGo(t *testing.T) {
	type inner struct{ A, b int }
	three := 3
	shared := map[string]any{"k": 1}
	for _, row := range []struct {
		reason string
		v      any
		want   string // the repr
	}{
		{"ints of every size", []any{int8(-1), int16(2), int32(3), int64(4), uint8(5), uint16(6), uint32(7), uint64(1 << 63), uint(9), uintptr(1)}, "[-1, 2, 3, 4, 5, 6, 7, 9223372036854775808, 9, 1]"},
		{"floats", []any{float32(0.5), 1e300}, "[0.5, 1e+300]"},
		{"complex", complex64(1), "(1+0j)"},
		{"named types", []named{"a"}, "['a']"},
		{"bytes", []byte("\x00a"), `b'\x00a'`},
		{"an array of bytes", [2]byte{1, 2}, "[1, 2]"},
		{"nil of every kind", []any{nil, []int(nil), map[string]int(nil), (*int)(nil), []byte(nil), (*pickle.List)(nil), (*big.Int)(nil)}, "[None, None, None, None, None, None, None]"},
		{"nil of every kind of ours", []any{(*pickle.Set)(nil), (*pickle.FrozenSet)(nil), (*pickle.Object)(nil), (*pickle.Deque)(nil), (*pickle.OrderedDict)(nil), (*pickle.DefaultDict)(nil), (*pickle.Counter)(nil),
			(*pickle.ByteArray)(nil), (*pickle.Buffer)(nil), (*pickle.Message)(nil), (*pickle.LazyString)(nil), (*pickle.Decimal)(nil), (*big.Rat)(nil), (*time.Time)(nil), (*netip.AddrPort)(nil), (*marshals)(nil)},
			"[" + strings.TrimSuffix(strings.Repeat("None, ", 16), ", ") + "]"},
		{"a pointer", &three, "3"},
		{"maps by their keys' order", map[string]int{"b": 1, "a": 2}, "{'a': 2, 'b': 1}"},
		{"maps by numbers", map[int]string{10: "x", 9: "y"}, "{9: 'y', 10: 'x'}"},
		{"a map by NaN", map[float64]int{math.NaN(): 1}, "{nan: 1}"},
		{"a map of any by NaN", map[any]int{math.NaN(): 1}, "{nan: 1}"},
		{"an embedded pointer to what is not exported", struct {
			*inner
			C int
		}{&inner{A: 1}, 2}, "{'A': 1, 'C': 2}"},
		{"both omitempty and omitzero", struct {
			L []int `json:",omitempty,omitzero"`
		}{[]int{}}, "{}"},
		{"maps by what is hashable in Python", map[any]any{netip.MustParseAddrPort("[::1]:80"): pickle.UUID{}, pickle.UUID{}: 1, &three: 2},
			"{UUID('00000000-0000-0000-0000-000000000000'): 1, 3: 2, '[::1]:80': UUID('00000000-0000-0000-0000-000000000000')}"},
		{"maps of any", map[any]any{"s": 1, 2: "i"}, "{2: 'i', 's': 1}"},
		{"structs by their fields", inner{A: 1, b: 2}, "{'A': 1}"},
		{"tags, and what is left out", struct {
			A int `pickle:"a" json:"x"`
			B int `json:"b,omitempty"`
			C int `pickle:"c,omitzero"`
			D int `pickle:"-"`
			E *inner
		}{A: 1, E: &inner{A: 2}}, "{'a': 1, 'E': {'A': 2}}"},
		{"time", time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC), "datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)"},
		{"time with an offset", time.Date(2026, 1, 2, 0, 0, 0, 0, time.FixedZone("X", 3600)), "datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=3600)))"},
		{"duration", -time.Second, "datetime.timedelta(days=-1, seconds=86399)"},
		{"text marshalers", []any{netip.MustParseAddrPort("10.0.0.1:80")}, "['10.0.0.1:80']"},
		{"addresses", []netip.Addr{netip.MustParseAddr("10.0.0.1")}, "[IPv4Address('10.0.0.1')]"},
		{"big numbers", []any{big.NewInt(5), big.NewRat(1, 3)}, "[5, Fraction(1, 3)]"},
		{"what says what it is", marshals{"x"}, "('x',)"},
		{"one map twice", []any{shared, shared}, "[{'k': 1}, {'k': 1}]"},
		{"our types by value and pointer", []any{pickle.Date{Year: 1, Month: 1, Day: 1}, &pickle.Date{Year: 1, Month: 1, Day: 1}}, "[datetime.date(1, 1, 1), datetime.date(1, 1, 1)]"},
	} {
		for protocol := range 6 {
			data, err := pickle.Marshal(row.v, protocolOf(protocol))
			if err != nil {
				t.Errorf("%s: %v", row.reason, err)
				break
			}
			v, err := pickle.Loads(data, nil)
			if got := pickle.Repr(v); err != nil || got != row.want {
				t.Errorf("%s, protocol %d: got %s, %v, want %s", row.reason, protocol, got, err, row.want)
			}
		}
	}
	for reason, v := range map[string]any{
		"a channel": make(chan int), "a function": func() {}, "a string that is not UTF-8": "\xff", "a Decimal that is none": pickle.Decimal("x"),
		"a date of month 13": pickle.Date{Year: 1, Month: 13, Day: 1}, "an invalid address": netip.Addr{}, "a time beyond year 9999": time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		"a map by arrays": map[[2]int]string{{1, 2}: "x"}, "a map by structs": map[inner]int{{A: 1}: 1}, "a map of any by an array": map[any]int{[1]int{}: 1}, "a map by pointers to structs": map[*inner]int{{}: 1},
		"a path of no class": pickle.Path{Name: "a"}, "a class with a newline": []any{pickle.Class{Module: "a\nb", Name: "c"}},
	} {
		for _, protocol := range []int{0, 2, 4} {
			if _, err := pickle.Marshal(v, protocolOf(protocol)); !isTypeError(err) && !(protocol == 4 && strings.Contains(reason, "newline")) {
				t.Errorf("%s, protocol %d: got error %v", reason, protocol, err)
			}
		}
	}
	if _, err := pickle.Marshal(nil, &pickle.EncodeOptions{Protocol: 6}); err == nil || !strings.Contains(err.Error(), "Protocol") {
		t.Errorf("protocol 6: got error %v", err)
	}
	if _, err := pickle.Marshal(endless{}, nil); !errors.Is(err, pickle.ErrTooDeep) {
		t.Errorf("a Marshaler that returns itself: got error %v", err)
	}
}

// TestEmptyStructsAreNotOne: all values of no size have one address in Go, but
// dicts that Python changes in place must be two.
func TestEmptyStructsAreNotOne(t *testing.T) {
	type empty struct{}
	for reason, v := range map[string]any{"by value": []any{empty{}, empty{}}, "by pointer": []any{&empty{}, &empty{}}, "as fields": struct{ A, B empty }{}} {
		data, err := pickle.Marshal(v, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pickle.Loads(data, nil)
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if d, ok := pickle.AsDict(got); ok {
			a, _ = d.Get("A")
			b, _ = d.Get("B")
		} else {
			a, b = got.(*pickle.List).Items[0], got.(*pickle.List).Items[1]
		}
		if a == b || pickle.Repr(a) != "{}" || pickle.Repr(b) != "{}" {
			t.Errorf("%s: %s", reason, pickle.Repr(got))
		}
	}
}

type marshals struct{ s string }

func (m marshals) MarshalPickle() (any, error) { return pickle.Tuple{m.s}, nil }

type endless struct{}

func (e endless) MarshalPickle() (any, error) { return e, nil }

// TestDict has keys compared as Python compares them.
func TestDict(t *testing.T) {
	d := dict(1, "int", "a", "str")
	add(d, true, "bool", 1.0, "float", pickle.Decimal("1.00"), "decimal", big.NewRat(1, 1), "fraction", complex(1, 0), "complex", uint8(1), "uint8")
	if d.Len() != 2 || pickle.Repr(d) != "{1: 'uint8', 'a': 'str'}" {
		t.Errorf("got %s", pickle.Repr(d))
	}
	for _, key := range []any{int8(1), uint64(1), float32(1), pickle.Tuple(nil)[:0]} {
		_, ok := d.Get(key)
		if _, isTuple := key.(pickle.Tuple); ok == isTuple {
			t.Errorf("%T: found is %v", key, ok)
		}
	}
	if err := d.Set(pickle.NewList(), 1); !errors.Is(err, pickle.ErrUnhashable) {
		t.Errorf("a list as a key: got error %v", err)
	}
	for n := range 100 { // with an index and without
		add(d, n+10, n)
	}
	for n := range 99 {
		d.Delete(n + 10)
	}
	if v, ok := d.Get(109); d.Len() != 3 || v != 99 || !ok {
		t.Errorf("%s, %v", pickle.Repr(d), v)
	}
	zeros := dict(0.0, 1, math.Copysign(0, -1), 2)
	if zeros.Len() != 1 {
		t.Error("0.0 and -0.0 are two keys")
	}
}

// TestAllocations holds the line on garbage.
func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	most := map[string][2]float64{"login": {5, 1}, "cart": {12, 1}, "big4k": {24, 1}}
	for _, s := range sessions() {
		for _, protocol := range []int{2, 4, 5} {
			data, err := pickle.Marshal(s.value, protocolOf(protocol))
			if err != nil {
				t.Fatal(err)
			}
			loads := testing.AllocsPerRun(100, func() { _, _ = pickle.Loads(data, nil) })
			dumps := testing.AllocsPerRun(100, func() { _, _ = pickle.Marshal(s.value, nil) })
			if loads > most[s.name][0] || dumps > most[s.name][1] {
				t.Errorf("%s at protocol %d: %v allocations to load, %v to dump", s.name, protocol, loads, dumps)
			}
		}
	}
}
