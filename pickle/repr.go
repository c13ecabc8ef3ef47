package pickle

import (
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
)

// reprMax bounds what Repr returns: shared values are written out each time, so that a small pickle could fill any memory.
const reprMax = 1 << 20

// Repr returns a value as Python's repr shows it, for people to read; an [Object] and others without a repr of their own
// appear as the call that makes them. A value within itself is "...", as is what goes beyond a megabyte.
func Repr(v any) string {
	r := reprer{open: map[ref]bool{}}
	r.value(v)
	if len(r.b) > reprMax {
		return string(r.b[:reprMax]) + "..."
	}
	return string(r.b)
}

type reprer struct {
	b     []byte
	open  map[ref]bool // the containers being written
	depth int
}

func (r *reprer) str(s string) { r.b = append(r.b, s...) }

func (r *reprer) value(v any) {
	if len(r.b) > reprMax {
		return
	}
	if s := reprScalar(v); s != "" {
		r.str(s)
		return
	}
	if nests(v) {
		id := identityOf(v)
		if r.open[id] || r.depth > 200 {
			r.within(v)
			return
		}
		r.open[id] = true
		r.depth++
		defer func() { delete(r.open, id); r.depth-- }()
	}
	if !r.container(v) && !r.known(v) {
		r.str("<" + pythonType(v) + ">")
	}
}

// within writes what stands for a value within itself.
func (r *reprer) within(v any) {
	switch v.(type) {
	case *List, *Deque:
		r.str("[...]")
	case Tuple:
		r.str("(...)")
	case *Dict, *Counter:
		r.str("{...}")
	default:
		r.str("...")
	}
}

// container writes a collection; false if v is none.
func (r *reprer) container(v any) bool {
	switch v := v.(type) {
	case *List:
		r.items("[", v.Items, "]")
	case Tuple:
		r.tuple(v)
	case *Dict:
		r.dict(v)
	case *OrderedDict:
		r.str("OrderedDict(")
		r.dict(&v.Dict)
		r.str(")")
	case *DefaultDict:
		r.str("defaultdict(")
		r.value(v.Factory)
		r.str(", ")
		r.dict(&v.Dict)
		r.str(")")
	case *Counter:
		r.str("Counter(")
		r.dict(&v.Dict)
		r.str(")")
	case *Set:
		if v.Len() == 0 {
			r.str("set()")
			break
		}
		r.items("{", v.elems.keyList().Items, "}")
	case *FrozenSet:
		if v.Len() == 0 {
			r.str("frozenset()")
			break
		}
		r.items("frozenset({", v.elems.keyList().Items, "})")
	case *Deque:
		r.items("deque([", v.Items, "]")
		if v.Bounded {
			r.str(", maxlen=" + strconv.Itoa(v.MaxLen))
		}
		r.str(")")
	default:
		return false
	}
	return true
}

func (r *reprer) items(open string, items []any, end string) {
	r.str(open)
	for i, v := range items {
		if i > 0 {
			r.str(", ")
		}
		if len(r.b) > reprMax {
			return
		}
		r.value(v)
	}
	r.str(end)
}

func (r *reprer) tuple(t Tuple) {
	if len(t) == 1 {
		r.items("(", t, ",)")
		return
	}
	r.items("(", t, ")")
}

func (r *reprer) dict(d *Dict) {
	r.str("{")
	r.pairs(d.items)
	r.str("}")
}

func (r *reprer) pairs(items []Item) {
	for i, it := range items {
		if len(r.b) > reprMax {
			return
		}
		if i > 0 {
			r.str(", ")
		}
		r.value(it.Key)
		r.str(": ")
		r.value(it.Value)
	}
}

// call writes a call with the given arguments.
func (r *reprer) call(name string, args ...any) { r.items(name+"(", args, ")") }

// known writes instances of classes; false if v is none.
func (r *reprer) known(v any) bool {
	switch v := v.(type) {
	case Class:
		r.str("<class '" + v.String() + "'>")
	case *ByteArray:
		r.str(reprByteArray(string(v.Data)))
	case Range:
		if v.Step == 1 {
			r.call("range", v.Start, v.Stop)
		} else {
			r.call("range", v.Start, v.Stop, v.Step)
		}
	case Slice:
		r.call("slice", v.Start, v.Stop, v.Step)
	case Decimal:
		r.call("Decimal", string(v))
	case *big.Rat:
		r.call("Fraction", v.Num(), v.Denom())
	case UUID:
		r.call("UUID", v.String())
	case SafeString:
		r.value(v.Text)
	case *Message:
		r.call("Message", v.Level, v.Text, v.ExtraTags)
	case *LazyString:
		r.str("<lazy ")
		r.value(v.Func)
		r.str(" ")
		r.tuple(v.Args)
		r.str(">")
	case netip.Addr:
		r.call(addressClass(v, "Address").Name, v.String())
	case netip.Prefix:
		r.call(addressClass(v.Addr(), "Network").Name, v.String())
	case IPInterface:
		r.call(addressClass(v.Addr(), "Interface").Name, v.String())
	case Path:
		name := v.Name
		if name == "" {
			name = "."
		}
		r.call(v.Flavor, strings.ReplaceAll(name, `\`, "/"))
	case *Object:
		r.object(v)
	default:
		return r.temporal(v)
	}
	return true
}

// temporal writes dates, times and zones; false if v is none.
func (r *reprer) temporal(v any) bool {
	switch v := v.(type) {
	case Date:
		r.str(fmt.Sprintf("datetime.date(%d, %d, %d)", v.Year, v.Month, v.Day))
	case DateTime:
		r.str(fmt.Sprintf("datetime.datetime(%d, %d, %d, %d, %d", v.Year, v.Month, v.Day, v.Hour, v.Minute))
		r.clock(v.Second, v.Microsecond, v.Fold, v.TZ)
	case Time:
		r.str(fmt.Sprintf("datetime.time(%d, %d", v.Hour, v.Minute))
		r.clock(v.Second, v.Microsecond, v.Fold, v.TZ)
	case TimeDelta:
		r.timeDelta(v)
	case TimeZone:
		switch {
		case v == TimeZone{}:
			r.str("datetime.timezone.utc")
		case v.Name == "":
			r.call("datetime.timezone", TimeDeltaOf(v.Offset))
		default:
			r.call("datetime.timezone", TimeDeltaOf(v.Offset), v.Name)
		}
	case ZoneInfo:
		r.str("zoneinfo.ZoneInfo(key=")
		r.value(v.Key)
		r.str(")")
	case PytzZone:
		if v.Zone == "UTC" && !v.Localized {
			r.str("<UTC>")
			break
		}
		r.call("pytz.timezone", v.Zone)
	case PytzOffset:
		r.call("pytz.FixedOffset", int64(v.Minutes))
	default:
		return false
	}
	return true
}

// clock writes the end of a date and time, of which Python leaves out what is zero.
func (r *reprer) clock(second, microsecond int, fold bool, zone any) {
	if second != 0 || microsecond != 0 {
		r.str(", " + strconv.Itoa(second))
	}
	if microsecond != 0 {
		r.str(", " + strconv.Itoa(microsecond))
	}
	if fold {
		r.str(", fold=1")
	}
	if zone != nil {
		r.str(", tzinfo=")
		r.value(zone)
	}
	r.str(")")
}

func (r *reprer) timeDelta(v TimeDelta) {
	var parts []string
	for _, p := range []struct {
		name string
		n    int
	}{{"days", v.Days}, {"seconds", v.Seconds}, {"microseconds", v.Microseconds}} {
		if p.n != 0 {
			parts = append(parts, p.name+"="+strconv.Itoa(p.n))
		}
	}
	if parts == nil {
		parts = []string{"0"}
	}
	r.str("datetime.timedelta(" + strings.Join(parts, ", ") + ")")
}

// object writes the call that makes an object, then what it is given: list items, dict items, state.
func (r *reprer) object(o *Object) {
	switch {
	case o.Callable != nil:
		r.value(o.Callable)
	default:
		r.str(o.Class.String())
	}
	r.items("(", o.Args, "")
	if o.Kwargs != nil {
		r.str(", **")
		r.dict(o.Kwargs)
	}
	r.str(")")
	if o.ListItems != nil {
		r.items("[", o.ListItems, "]")
	}
	if o.DictItems != nil {
		r.str("{")
		r.pairs(o.DictItems)
		r.str("}")
	}
	if o.HasState {
		r.str("<")
		r.value(o.State)
		r.str(">")
	}
}
