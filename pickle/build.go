package pickle

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
	default:
		if !empty(state) {
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

// bare reports whether o is just made by class.__new__(class), and nothing but the stack and one memo entry knows it.
func (o *Object) bare() bool {
	return !o.shared && o.Callable == nil && o.Form == FormNew && len(o.Args) == 0 && o.ListItems == nil && o.DictItems == nil
}

// empty reports whether Python takes a state for none at all.
func empty(state any) bool {
	switch s := state.(type) {
	case nil:
		return true
	case *Dict:
		return s.Len() == 0
	case Tuple:
		return len(s) == 0
	}
	return false
}
