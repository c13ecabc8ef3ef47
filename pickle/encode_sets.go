package pickle

func (e *encoder) set(s *Set) error {
	r := refOf(s)
	if e.recall(r) {
		return nil
	}
	if e.protocol < 4 {
		return e.reduce(r, Class{"builtins", "set"}, s.elems.keyList())
	}
	e.op(opEmptySet)
	e.remember(r)
	if s.Len() == 0 {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	for i := range s.elems.items {
		if i%batch == 0 {
			e.op(opMark)
		}
		if err := e.encode(s.elems.items[i].Key); err != nil {
			return err
		}
		if i%batch == batch-1 || i == s.Len()-1 {
			e.op(opAddItems)
		}
	}
	return nil
}

func (e *encoder) frozenSet(s *FrozenSet) error {
	r := refOf(s)
	if e.recall(r) {
		return nil
	}
	if e.protocol < 4 {
		return e.reduce(r, Class{"builtins", "frozenset"}, s.elems.keyList())
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	e.op(opMark)
	for i := range s.elems.items {
		if err := e.encode(s.elems.items[i].Key); err != nil {
			return err
		}
	}
	if i := e.memo.number(r); i >= 0 {
		e.drop(s.Len(), true)
		e.get(i)
		return nil
	}
	e.op(opFrozenSet)
	e.remember(r)
	return nil
}

func (d *Dict) keyList() *List {
	l := &List{Items: make([]any, len(d.items))}
	for i := range d.items {
		l.Items[i] = d.items[i].Key
	}
	return l
}
