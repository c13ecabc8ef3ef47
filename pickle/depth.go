package pickle

// checkDepth refuses a value nested deeper than MaxDepth, so that those who
// walk through it need not fear for their stack. Few pickles make so many
// containers that one could be.
func (d *decoder) checkDepth(v any) error {
	most := d.opts.maxDepth()
	if d.made <= most {
		return nil
	}
	w := depthWalk{most: most, heights: map[ref]int{}}
	if _, ok := w.height(v, 0); !ok {
		return d.fail(ErrTooDeep, "see MaxDepth")
	}
	return nil
}

// depthWalk measures how deeply values nest; references back to a value that is
// being walked through count nothing.
type depthWalk struct {
	most    int
	heights map[ref]int
}

// height returns how many levels lie in v, which lies at the given depth; false
// if that is too deep.
func (w *depthWalk) height(v any, depth int) (int, bool) {
	if !nests(v) {
		return 0, true
	}
	r := refOf(v)
	if t, ok := v.(Tuple); ok {
		r = tupleRef(t)
	}
	if h, ok := w.heights[r]; ok {
		return h, depth+h <= w.most
	}
	if depth++; depth > w.most {
		return 0, false
	}
	w.heights[r] = 1
	highest := 0
	for _, c := range parts(v) {
		h, ok := w.height(c, depth)
		if !ok {
			return 0, false
		}
		highest = max(highest, h)
	}
	w.heights[r] = 1 + highest
	return 1 + highest, true
}

func nests(v any) bool {
	switch v.(type) {
	case *List, Tuple, *Dict, *OrderedDict, *DefaultDict, *Counter, *Set, *FrozenSet, *Deque, *Object, Slice, DateTime, Time, *LazyString,
		*Message, PersistentID:
		return true
	}
	return false
}

// parts returns the values within v.
func parts(v any) []any {
	switch v := v.(type) {
	case *List:
		return v.Items
	case Tuple:
		return v
	case *Deque:
		return append(v.Items[:len(v.Items):len(v.Items)], v.State)
	case *Set:
		return itemParts(v.elems.items)
	case *FrozenSet:
		return itemParts(v.elems.items)
	case *Dict:
		return itemParts(v.items)
	case *OrderedDict:
		return append(itemParts(v.items), v.State)
	case *DefaultDict:
		return append(itemParts(v.items), v.Factory)
	case *Counter:
		return itemParts(v.items)
	case *Object:
		all := append(itemParts(v.DictItems), v.ListItems...)
		all = append(all, v.Args) // as one, since many objects may have the same
		if v.Kwargs != nil {
			all = append(all, v.Kwargs)
		}
		return append(all, v.Callable, v.State, v.Setter)
	case Slice:
		return []any{v.Start, v.Stop, v.Step}
	case DateTime:
		return []any{v.TZ}
	case Time:
		return []any{v.TZ}
	case *LazyString:
		return []any{v.Func, v.Args, v.Kwargs, v.Types}
	case *Message:
		return []any{v.Text, v.ExtraTags}
	case PersistentID:
		return []any{v.ID}
	}
	return nil
}

func itemParts(items []Item) []any {
	all := make([]any, 0, 2*len(items)+3)
	for _, it := range items {
		all = append(all, it.Key, it.Value)
	}
	return all
}
