package pickle

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// The clever parts beside their plain twins.

func plainIsASCII(s string) bool {
	for _, c := range []byte(s) {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func TestIsASCII(t *testing.T) {
	text := strings.Repeat("a", 40)
	for from := range 20 {
		for to := from; to <= len(text); to++ {
			s := text[from:to]
			if !isASCII(s) {
				t.Fatalf("%q", s)
			}
			for i := range s {
				for _, c := range []byte{0x7f, 0x80, 0xff} {
					changed := s[:i] + string([]byte{c}) + s[i+1:]
					if isASCII(changed) != plainIsASCII(changed) {
						t.Fatalf("%q", changed)
					}
				}
			}
		}
	}
}

// plainValidText replaces surrogates by a character of as many bytes, and asks
// the standard library.
func plainValidText(s string) bool {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == 0xed && b[i+1] >= 0xa0 && b[i+1] <= 0xbf && b[i+2] >= 0x80 && b[i+2] <= 0xbf {
			copy(b[i:], "€")
		}
	}
	return utf8.Valid(b)
}

func TestValidText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	parts := []string{"a", "é", "€", "😀", "\xed\xa0\x80", "\xed\xbf\xbf", "\xed", "\x80", "\xc3", "\xf0\x9f", "\xc0\x80", "\xe2\x82", "\xf4\x90\x80\x80", "\xed\x9f\xbf"}
	for range 100000 {
		var s string
		for range random.IntN(5) {
			s += parts[random.IntN(len(parts))]
		}
		if validText(s) != plainValidText(s) {
			t.Fatalf("%q: %v", s, validText(s))
		}
	}
}

// TestAdopt has a dict that adopts its items be the dict that has them set one
// by one.
func TestAdopt(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	adopted := 0
	for range 20000 {
		var items []Item
		for i := range random.IntN(30) {
			key := any(strings.Repeat("k", i*random.IntN(8)) + string(rune('a'+random.IntN(26))))
			if random.IntN(60) == 0 {
				key = SafeString{Text: key.(string)}
			}
			items = append(items, Item{key, i})
		}
		var one, plain Dict
		var h hasher
		for _, it := range items {
			if err := plain.Set(it.Key, it.Value); err != nil {
				t.Fatal(err)
			}
		}
		if !one.adopt(&h, items) {
			if one.Len() != 0 || one.index != nil {
				t.Fatal("half adopted")
			}
			continue
		}
		adopted++
		if one.Len() != plain.Len() {
			t.Fatalf("%v: %d items", items, one.Len())
		}
		for k, v := range plain.All() {
			if got, ok := one.Get(k); !ok || got != v {
				t.Fatalf("%v: %v is %v", items, k, got)
			}
			if err := one.Set(k, v); err != nil || one.Len() != plain.Len() {
				t.Fatalf("%v: %v is there twice", items, k)
			}
		}
	}
	if adopted < 2000 {
		t.Errorf("only %d", adopted)
	}
}

// TestBoxed has values in slabs be what an ordinary conversion makes of them,
// whatever else goes into the slab.
func TestBoxed(t *testing.T) {
	var text slab[string]
	var number slab[uint64]
	var tuple slab[Tuple]
	text.sized(100, 10)
	number.sized(100, 10)
	tuple.sized(100, 10)
	var got, want []any
	for i := range 1000 {
		s := strings.Repeat("x", i%7)
		p := text.one()
		*p = s
		got, want = append(got, box(stringKind, unsafe.Pointer(p)), box(bytesKind, unsafe.Pointer(p))), append(want, s, Bytes(s))
		n := number.one()
		*n = uint64(i) << 40
		got, want = append(got, box(intKind, unsafe.Pointer(n)), box(floatKind, unsafe.Pointer(n))), append(want, int64(i)<<40, math.Float64frombits(*n))
		u := tuple.one()
		*u = Tuple{i}
		got, want = append(got, box(tupleKind, unsafe.Pointer(u)).(Tuple)[0]), append(want, i)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%d: got %#v, want %#v", i, got[i], want[i])
		}
	}
}

func TestSlab(t *testing.T) {
	var s slab[int]
	s.sized(1000, 10)
	seen := map[*int]bool{}
	for n := range 300 {
		taken := s.many(n)
		if len(taken) != n || cap(taken) != n {
			t.Fatalf("%d of %d", cap(taken), n)
		}
		for i := range taken {
			if seen[&taken[i]] || taken[i] != 0 {
				t.Fatal("handed out twice")
			}
			seen[&taken[i]] = true
			taken[i] = 1
		}
	}
}

// TestRefs checks the table of references beside a map.
func TestRefs(t *testing.T) {
	var table refs
	twin := map[ref]int{}
	random := rand.New(rand.NewPCG(1, 2))
	held := make([]*int, 500)
	for round := range 3 {
		for range 2000 {
			i := random.IntN(len(held))
			if held[i] == nil {
				held[i] = new(int)
			}
			r := ref{at: unsafe.Pointer(held[i]), len: random.IntN(3)}
			n, ok := twin[r]
			if !ok {
				n = -1
			}
			if got := table.number(r); got != n {
				t.Fatalf("round %d: got %d, want %d", round, got, n)
			}
			if !ok {
				twin[r] = table.next
				table.add(r)
			}
		}
		table.clear()
		clear(twin)
	}
}

// TestMemo checks the memo beside a map.
func TestMemo(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var m memo
		twin := map[int64]any{}
		for range 300 {
			i := random.Int64N(1 + random.Int64N(2000))
			if random.IntN(50) == 0 {
				i = random.Int64N(1 << 32)
			}
			v, ok := m.get(i)
			want, found := twin[i]
			if ok != found || found && v != want {
				t.Fatalf("%d: got %v, %v, want %v, %v", i, v, ok, want, found)
			}
			m.put(i, len(twin))
			twin[i] = len(twin)
			if m.count != len(twin) {
				t.Fatalf("%d entries, want %d", m.count, len(twin))
			}
		}
	}
}
