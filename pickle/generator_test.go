package pickle_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"github.com/djsession/djsession-go/pickle"
)

// generator makes random values of all kinds that an interpreter knows, with
// shared and recursive references in them.
type generator struct {
	*rand.Rand
	py   *python
	made []any
	size int
}

func (g *generator) text() string {
	n := []int{0, 1, 5, 30}[g.IntN(4)]
	var b strings.Builder
	for range n {
		b.WriteRune([]rune{'a', 'é', '€', '😀', '\\', '\n', 0, '\'', rune(32 + g.IntN(90))}[g.IntN(9)])
	}
	if g.IntN(20) == 0 {
		b.WriteString(strings.Repeat("x", []int{254, 255, 256, 70000}[g.IntN(4)]))
	}
	if g.IntN(20) == 0 && g.py.major == 3 {
		b.WriteString("\xed\xa0\x80")
	}
	return b.String()
}

// integer returns what Loads does: an int64 where it fits.
func (g *generator) integer() any {
	switch g.IntN(4) {
	case 0:
		return int64(g.IntN(300) - 20)
	case 1:
		return int64(g.Uint64())
	case 2:
		return int64(int32(g.Uint32()))
	}
	n := new(big.Int).Lsh(big.NewInt(int64(g.IntN(1000))-500), uint(g.IntN(2100)))
	n.Add(n, big.NewInt(int64(g.IntN(3)-1)))
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

func (g *generator) key(depth int) any {
	switch g.IntN(7) {
	case 0:
		return g.integer()
	case 1:
		return []any{nil, true, 2.5, math.Inf(-1)}[g.IntN(4)]
	case 2:
		if depth < 3 {
			return pickle.Tuple{g.key(depth + 1), g.key(depth + 1)}
		}
	case 3:
		if depth < 3 {
			s, err := pickle.NewFrozenSet(g.key(depth+1), g.key(depth+1))
			if err != nil {
				panic(err)
			}
			return s
		}
	}
	return g.text()
}

func (g *generator) zone() any {
	if g.py.major == 2 {
		return []any{nil, pickle.PytzZone{Zone: "UTC"}, pickle.PytzOffset{Minutes: -60}}[g.IntN(3)]
	}
	return []any{
		nil, pickle.TimeZone{}, pickle.TimeZone{Offset: -90 * time.Minute}, pickle.TimeZone{Offset: time.Hour, Name: "CET"},
		pickle.PytzZone{Zone: "UTC"}, pickle.PytzZone{Zone: "Europe/Paris"}, pickle.PytzZone{Zone: "Europe/Paris", Localized: true, UTCOffset: 7200, DST: 3600, Abbrev: "CEST"},
		pickle.PytzOffset{Minutes: -60},
	}[g.IntN(8)]
}

func (g *generator) scalar() any {
	var bytes [16]byte
	for i := range bytes {
		bytes[i] = byte(g.Uint32())
	}
	choices := []func() any{
		func() any { return g.text() }, func() any { return g.integer() },
		func() any { return []any{nil, true, false}[g.IntN(3)] },
		func() any { return math.Float64frombits(g.Uint64()) },
		func() any { return complex(1.5, -2) },
		func() any { return pickle.Date{Year: 1 + g.IntN(9999), Month: 1 + g.IntN(12), Day: 1 + g.IntN(28)} },
		func() any {
			return pickle.Time{Hour: g.IntN(24), Minute: g.IntN(60), Microsecond: g.IntN(1e6), TZ: g.zone()}
		},
		func() any {
			return pickle.DateTime{Year: 1 + g.IntN(9999), Month: 1 + g.IntN(12), Day: 1 + g.IntN(28), Hour: g.IntN(24), Second: g.IntN(60), Microsecond: g.IntN(1e6), TZ: g.zone()}
		},
		func() any {
			return pickle.TimeDelta{Days: g.IntN(1e6) - 5e5, Seconds: g.IntN(86400), Microseconds: g.IntN(1e6)}
		},
		func() any {
			return []any{pickle.Decimal("1.10"), pickle.Decimal("-Infinity"), pickle.Decimal("1E-30")}[g.IntN(3)]
		},
		func() any { return big.NewRat(int64(g.IntN(1000)-500), int64(1+g.IntN(1000))) },
		func() any { return pickle.UUID(bytes) },
		func() any { return pickle.SafeString{Text: g.text()} },
		func() any { return pickle.SafeString{Text: g.text(), Name: "SafeText"} },
		func() any { return pickle.Class{Module: "builtins", Name: "len"} },
		func() any { return pickle.Class{Module: "builtins", Name: "ValueError"} },
	}
	if g.py.major == 3 {
		choices = append(choices,
			func() any { return pickle.Bytes(bytes[:g.IntN(17)]) },
			func() any { return pickle.Range{Start: int64(g.IntN(9)), Stop: 20, Step: int64(1 + g.IntN(3))} },
			func() any { return pickle.Slice{Start: g.integer(), Step: nil, Stop: g.integer()} },
			func() any { return netip.AddrFrom4([4]byte(bytes[:4])) },
			func() any { return netip.AddrFrom16(bytes) },
			func() any { return netip.MustParsePrefix("10.0.0.0/8") },
			func() any { return pickle.IPInterface{Prefix: netip.MustParsePrefix("10.1.2.3/8")} },
			func() any { return pickle.Class{Module: "kinds", Name: "Outer.Inner"} },
			func() any { return pickle.Path{Flavor: "PurePosixPath", Name: "/usr/lib"} },
		)
	}
	return choices[g.IntN(len(choices))]()
}

func (g *generator) value(depth int) any {
	g.size++
	if len(g.made) > 0 && g.IntN(6) == 0 {
		return g.made[g.IntN(len(g.made))]
	}
	if depth > 6 || g.size > 80 || g.IntN(3) == 0 {
		return g.scalar()
	}
	n := []int{0, 1, 2, 5, 12}[g.IntN(5)]
	if g.IntN(200) == 0 {
		n = 2100
	}
	switch g.IntN(13) {
	case 0, 1:
		l := pickle.NewList()
		return g.items(l, &l.Items, n, depth)
	case 2, 3:
		d := new(pickle.Dict)
		return g.pairs(d, d, n, depth)
	case 4:
		d := new(pickle.OrderedDict)
		return g.pairs(d, &d.Dict, n, depth)
	case 5:
		d := &pickle.DefaultDict{Factory: pickle.Class{Module: "builtins", Name: "list"}}
		return g.pairs(d, &d.Dict, n, depth)
	case 6:
		q := &pickle.Deque{Bounded: g.IntN(2) == 0}
		if q.Bounded {
			q.MaxLen = 2200
		}
		return g.items(q, &q.Items, n, depth)
	case 7:
		var t pickle.Tuple
		for range n {
			t = append(t, g.value(depth+1))
		}
		return g.keep(append(pickle.Tuple{}, t...))
	case 8:
		s := new(pickle.Set)
		for range n {
			if err := s.Add(g.key(0)); err != nil {
				panic(err)
			}
		}
		return g.keep(s)
	case 9:
		if g.py.major == 2 {
			return g.keep(&pickle.ByteArray{})
		}
		return g.keep(&pickle.ByteArray{Data: []byte(g.text())})
	case 10:
		o := &pickle.Object{Class: pickle.Class{Module: "kinds", Name: "Reduced"}, Form: pickle.FormReduce}
		g.keep(o)
		for range g.IntN(3) {
			o.ListItems = append(o.ListItems, g.value(depth+1))
			o.DictItems = append(o.DictItems, pickle.Item{Key: g.key(0), Value: g.value(depth + 1)})
		}
		if o.State = g.value(depth + 1); o.State != nil {
			o.HasState = true
		}
		return o
	case 11:
		m := &pickle.Message{Level: 20, Text: g.text()}
		return g.keep(m)
	}
	c := new(pickle.Counter)
	for i := range n {
		if err := c.Set(fmt.Sprint("key", i), int64(i)); err != nil {
			panic(err)
		}
	}
	return g.keep(c)
}

func (g *generator) keep(v any) any {
	g.made = append(g.made, v)
	return v
}

func (g *generator) items(v any, items *[]any, n, depth int) any {
	g.keep(v)
	for range n {
		*items = append(*items, g.value(depth+1))
	}
	return v
}

func (g *generator) pairs(v any, d *pickle.Dict, n, depth int) any {
	g.keep(v)
	for range n {
		if err := d.Set(g.key(0), g.value(depth+1)); err != nil {
			panic(err)
		}
	}
	return v
}
