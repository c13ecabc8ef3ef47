package pickle

import "math/big"

// build runs BUILD: it gives an object its state.
func (d *decoder) build() error {
	if err := d.need(2); err != nil {
		return err
	}
	state := d.pop()
	switch v := (*d.top()).(type) {
	case *Object:
		return d.buildObject(v, state)
	case *OrderedDict:
		v.State = state
	case *Deque:
		v.State = state
	case Class:
		return d.malformed("state for a class")
	case nil, bool, int64, *big.Int, float64, complex128, string, Bytes, *ByteArray, *List, Tuple, *Dict, *Set, *FrozenSet:
		if !nothing(state) {
			return d.malformed("state for what has no attributes")
		}
	default:
		if !nothing(state) && !empty(state) {
			return d.malformed("state for what has none")
		}
	}
	return nil
}

func (d *decoder) buildObject(o *Object, state any) error {
	if o.HasState {
		return d.fail(ErrUnsupported, "state given twice")
	}
	if k, ok := lookup(o.Class); ok && k.build != nil && o.bare() {
		if v, ok := k.build(state); ok {
			d.replace(o, v)
			return nil
		}
	}
	o.State, o.HasState = state, true
	return nil
}

// bare reports whether o is just made by class.__new__(class), and nothing but
// the stack and one memo entry knows it.
func (o *Object) bare() bool {
	return !o.shared && o.Callable == nil && o.Form == FormNew && len(o.Args) == 0 && o.ListItems == nil && o.DictItems == nil
}

// nothing reports whether a state, of attributes and slots, asks for nothing.
func nothing(state any) bool {
	if pair, ok := state.(Tuple); ok && len(pair) == 2 {
		return pair[0] == nil && empty(pair[1])
	}
	return state == nil
}

// empty reports whether a state is a dict without attributes.
func empty(state any) bool {
	d, ok := state.(*Dict)
	return ok && d.Len() == 0
}
