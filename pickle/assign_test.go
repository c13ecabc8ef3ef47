package pickle_test

import (
	"errors"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/pickle"
)

// exact compares unexported fields too.
var exact = cmp.Exporter(func(reflect.Type) bool { return true })

type (
	named     string
	flags     uint8
	guid      [16]byte
	embedded  struct{ City, Zip string }
	withText  struct{ got string }
	takesAny  struct{ got any }
	refuses   struct{}
	recursive struct {
		Name string
		Next *recursive
	}
	person struct {
		ID    int               `pickle:"id" json:"other"`
		Name  string            `json:"name"`
		Tags  []string          `pickle:"tags,omitempty"`
		Extra map[string]any    `pickle:"extra"`
		By    map[int64]float64 `pickle:"by"`
		Skip  string            `pickle:"-"`
		Plain bool
		Ptr   *string
		embedded
	}
)

func (w *withText) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return errors.New("empty")
	}
	w.got = string(text)
	return nil
}

func (a *takesAny) UnmarshalPickle(v any) error { a.got = v; return nil }

func (*refuses) UnmarshalPickle(any) error { return errRefused }

var errRefused = errors.New("refused")

func set(elems ...any) *pickle.Set {
	s, err := pickle.NewSet(elems...)
	if err != nil {
		panic(err)
	}
	return s
}

func TestAssign(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 70)
	paris := time.FixedZone("CEST", 7200)
	list := pickle.NewList(int64(1), int64(2))
	for _, row := range []struct {
		reason  string
		v, want any // want's type is that of the destination
	}{
		{"bool", true, true},
		{"int in int", int64(-5), -5},
		{"int in the smallest type that holds it", int64(-128), int8(-128)},
		{"int in unsigned", int64(255), uint8(255)},
		{"int in a named type", int64(3), flags(3)},
		{"int beyond int64 in uint64", new(big.Int).SetUint64(math.MaxUint64), uint64(math.MaxUint64)},
		{"int in float", int64(3), 3.0},
		{"int beyond int64 in float", huge, float64(1 << 70)},
		{"int in *big.Int", int64(7), big.NewInt(7)},
		{"int in big.Int", huge, *huge},
		{"int in complex", int64(2), complex(2, 0)},
		{"float in float32", 1.5, float32(1.5)},
		{"float in complex", 1.5, complex(1.5, 0)},
		{"complex", complex(1, 2), complex64(complex(1, 2))},
		{"infinity in float32", math.Inf(1), float32(math.Inf(1))},
		{"str", "a", "a"},
		{"str in a named type", "a", named("a")},
		{"SafeString in string", pickle.SafeString{Text: "<b>"}, "<b>"},
		{"Path in string", pickle.Path{Flavor: "PosixPath", Name: "/a"}, "/a"},
		{"Decimal in string", pickle.Decimal("1.10"), "1.10"},
		{"Decimal in *big.Rat", pickle.Decimal("1.5"), big.NewRat(3, 2)},
		{"int in *big.Rat", int64(2), big.NewRat(2, 1)},
		{"Fraction", big.NewRat(1, 3), big.NewRat(1, 3)},
		{"str in what unmarshals text", "text", withText{"text"}},
		{"UUID in what unmarshals text", pickle.UUID{15: 1}, withText{"00000000-0000-0000-0000-000000000001"}},
		{"UUID in an array of its size", pickle.UUID{15: 1}, guid{15: 1}},
		{"address", netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.1")},
		{"address in what unmarshals text", netip.MustParseAddr("10.0.0.1"), withText{"10.0.0.1"}},
		{"str in an address", "10.0.0.1", netip.MustParseAddr("10.0.0.1")},
		{"bytes", pickle.Bytes("ab"), []byte("ab")},
		{"bytearray", &pickle.ByteArray{Data: []byte("ab")}, []byte("ab")},
		{"buffer", &pickle.Buffer{Data: []byte("ab")}, []byte("ab")},
		{"list in slice", list, []int{1, 2}},
		{"list in array", list, [2]int8{1, 2}},
		{"tuple in slice", pickle.Tuple{"a", nil}, []any{"a", nil}},
		{"set in slice", set("x"), []string{"x"}},
		{"deque in slice", &pickle.Deque{Items: []any{"x"}}, []string{"x"}},
		{"list of ints in bytes", pickle.NewList(int64(1), int64(255)), []byte{1, 255}},
		{"a list in a list", pickle.NewList(list, list), [][]int{{1, 2}, {1, 2}}},
		{"dict in map", dict("a", int64(1)), map[string]int{"a": 1}},
		{"dict with keys of several types", dict("a", int64(1), int64(2), "b"), map[any]any{"a": int64(1), int64(2): "b"}},
		{"OrderedDict in map", &pickle.OrderedDict{Dict: *dict("a", int64(1))}, map[string]int{"a": 1}},
		{"dict in struct", dict("id", int64(1), "name", "n", "tags", pickle.NewList("t"), "extra", dict("k", nil), "by", dict(int64(1), 2.5), "Plain", true,
			"City", "c", "unknown", "x", "Skip", "x", "other", int64(9), int64(5), "no name"),
			person{ID: 1, Name: "n", Tags: []string{"t"}, Extra: map[string]any{"k": nil}, By: map[int64]float64{1: 2.5}, Plain: true, embedded: embedded{City: "c"}}},
		{"keys must match exactly", dict("ID", int64(1), "plain", true), person{}},
		{"the attributes of an object", &pickle.Object{State: dict("City", "c"), HasState: true}, embedded{City: "c"}},
		{"its slots too", &pickle.Object{State: pickle.Tuple{dict("City", "c"), dict("Zip", "z")}, HasState: true}, embedded{City: "c", Zip: "z"}},
		{"a message", &pickle.Message{Level: 20, Text: "hi"}, struct {
			Level   int    `pickle:"level"`
			Message string `pickle:"message"`
		}{20, "hi"}},
		{"a pointer", int64(5), func() *int { n := 5; return &n }()},
		{"None in a pointer", nil, (*int)(nil)},
		{"None in a slice", nil, []int(nil)},
		{"None in a map", nil, map[string]int(nil)},
		{"None leaves others alone", nil, 0},
		{"any takes all as it is", pickle.Tuple{int64(1)}, any(pickle.Tuple{int64(1)})},
		{"a variable of its own type", pickle.Date{Year: 2026, Month: 1, Day: 2}, pickle.Date{Year: 2026, Month: 1, Day: 2}},
		{"datetime", pickle.DateTime{Year: 2026, Month: 1, Day: 2, Hour: 3, TZ: pickle.TimeZone{}}, time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)},
		{"naive datetime as UTC", pickle.DateTime{Year: 2026, Month: 1, Day: 2}, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
		{"datetime with an offset", pickle.DateTime{Year: 2026, Month: 7, Day: 2, TZ: pickle.PytzZone{Zone: "Europe/Paris", Localized: true, UTCOffset: 7200, Abbrev: "CEST"}}, time.Date(2026, 7, 2, 0, 0, 0, 0, paris)},
		{"date", pickle.Date{Year: 2026, Month: 1, Day: 2}, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
		{"timedelta", pickle.TimeDelta{Days: -1, Seconds: 86399}, -time.Second},
		{"a type that takes values itself", pickle.Tuple{}, takesAny{pickle.Tuple{}}},
	} {
		dst := reflect.New(reflect.TypeOf(&row.want).Elem())
		if row.want != nil {
			dst = reflect.New(reflect.TypeOf(row.want))
		}
		if err := pickle.Assign(dst.Interface(), row.v); err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		got := dst.Elem().Interface()
		if tm, ok := row.want.(time.Time); ok {
			if !tm.Equal(got.(time.Time)) {
				t.Errorf("%s: got %v, want %v", row.reason, got, tm)
			}
		} else if diff := cmp.Diff(row.want, got, exact); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

func TestAssignRefuses(t *testing.T) {
	for _, row := range []struct {
		reason string
		dst, v any
		want   string
	}{
		{"int that does not fit", new(int8), int64(128), "pickle: cannot assign Python int to int8: out of range"},
		{"negative int in unsigned", new(uint), int64(-1), "pickle: cannot assign Python int to uint: out of range"},
		{"int beyond all", new(int64), new(big.Int).Lsh(big.NewInt(1), 64), "pickle: cannot assign Python int to int64: out of range"},
		{"float in int, though Python has 1.0", new(int), 1.0, "pickle: cannot assign Python float to int"},
		{"float that does not fit", new(float32), 1e300, "pickle: cannot assign Python float to float32: out of range"},
		{"bool in int, though Python takes it for one", new(int), true, "pickle: cannot assign Python bool to int"},
		{"int in bool", new(bool), int64(1), "pickle: cannot assign Python int to bool"},
		{"bytes in string", new(string), pickle.Bytes("a"), "pickle: cannot assign Python bytes to string"},
		{"str in bytes", new([]byte), "a", "pickle: cannot assign Python str to []uint8"},
		{"list of another length in array", new([3]int), pickle.NewList(int64(1)), "pickle: cannot assign Python list to [3]int: of another length"},
		{"list in map", new(map[string]int), pickle.NewList(), "pickle: cannot assign Python list to map[string]int"},
		{"dict in slice", new([]int), dict(), "pickle: cannot assign Python dict to []int"},
		{"where it is", new(struct{ A []map[string]int }), dict("A", pickle.NewList(dict(), dict("k", "v"))), "pickle: cannot assign Python str to int (at A[1][])"},
		{"a key that Go has not", new(map[any]int), dict(pickle.Tuple{}, int64(1)), "pickle: cannot assign Python tuple to interface {}: which cannot be a key in Go (at [])"},
		{"datetime of an unknown zone", new(time.Time), pickle.DateTime{Year: 1, Month: 1, Day: 1, TZ: &pickle.Object{}}, "pickle: cannot assign Python datetime to time.Time: its time zone is not known here"},
		{"timedelta of centuries", new(time.Duration), pickle.TimeDelta{Days: 1e6}, "pickle: cannot assign Python timedelta to time.Duration: out of range"},
		{"NaN in *big.Rat", new(big.Rat), pickle.Decimal("NaN"), "pickle: cannot assign Python Decimal to big.Rat: not finite, or out of range"},
		{"a million digits in *big.Rat", new(big.Rat), pickle.Decimal(strings.Repeat("7", 1e6)), "pickle: cannot assign Python Decimal to big.Rat: not finite, or out of range"},
		{"text that is refused, without the text", new(netip.Addr), "secret", "pickle: cannot assign Python str to netip.Addr: its text is refused"},
		{"an object without state in a struct", new(embedded), &pickle.Object{}, "pickle: cannot assign Python object to pickle_test.embedded"},
	} {
		err := pickle.Assign(row.dst, row.v)
		if !isTypeError(err) || err.Error() != row.want {
			t.Errorf("%s:\ngot  %v\nwant %s", row.reason, err, row.want)
		}
	}
	if err := pickle.Assign(new(refuses), "x"); !errors.Is(err, errRefused) {
		t.Errorf("a type that refuses: got error %v", err)
	}
	for _, dst := range []any{nil, 1, (*int)(nil), map[string]int{}} {
		if err := pickle.Assign(dst, int64(1)); err == nil {
			t.Errorf("%T taken as a destination", dst)
		}
	}
}

// TestAssignShared has what is shared or recursive in Python be so in Go, and
// take no longer for it.
func TestAssignShared(t *testing.T) {
	ring := dict("Name", "a")
	next := dict("Name", "b", "Next", ring)
	add(ring, "Next", next)
	var r *recursive
	if err := pickle.Assign(&r, ring); err != nil {
		t.Fatal(err)
	}
	if r.Name != "a" || r.Next.Name != "b" || r.Next.Next != r {
		t.Errorf("the ring is %+v", r)
	}
	v := pickle.NewList()
	for range 50 {
		v = pickle.NewList(v, v)
	}
	type tree []tree
	var got tree
	if err := pickle.Assign(&got, v); err != nil || len(got) != 2 {
		t.Errorf("%d, %v", len(got), err)
	}
	self := pickle.NewList()
	self.Items = append(self.Items, self)
	if err := pickle.Assign(&got, self); err != nil || len(got) != 1 || len(got[0]) != 1 {
		t.Errorf("%d, %v", len(got), err)
	}
	// What Python cannot change in place is not shared: who changes one number
	// does not mean the other.
	var numbers struct{ A, B *int64 }
	var texts struct{ A, B *string }
	var times struct{ A, B *time.Time }
	shared, moment := any("x"), any(pickle.DateTime{Year: 2026, Month: 1, Day: 1})
	if err := errors.Join(pickle.Assign(&times, dict("A", moment, "B", moment)), pickle.Assign(&numbers, dict("A", int64(1), "B", int64(1))), pickle.Assign(&texts, dict("A", shared, "B", shared))); err != nil {
		t.Fatal(err)
	}
	if numbers.A == numbers.B || texts.A == texts.B || times.A == times.B {
		t.Error("one variable for two numbers, strings or times")
	}
}

// TestAssignEmbeddedHidden: an embedded pointer to a type that is not exported
// is used where there is one, but cannot be made.
func TestAssignEmbeddedHidden(t *testing.T) {
	type home struct {
		*embedded
		Name string
	}
	h := home{embedded: &embedded{}}
	if err := pickle.Assign(&h, dict("City", "c", "Name", "n")); err != nil || h.City != "c" || h.Name != "n" {
		t.Errorf("%+v, %v", h, err)
	}
	if err := pickle.Assign(&home{}, dict("City", "c")); !isTypeError(err) {
		t.Errorf("got error %v", err)
	}
}
