package pickle

import "strconv"

// reprMax bounds what Repr returns: shared values are written out each time, so
// that a small pickle could fill any memory.
const reprMax = 1 << 20

// Repr returns a value as Python's repr shows it, for people to read; an
// [Object] and others without a repr of their own appear as the call that makes
// them. A value within itself is "...", as is what goes beyond a megabyte.
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
	if isNil(v) {
		r.str("None")
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
