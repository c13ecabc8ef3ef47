package pickle

const batch = 1000 // items given to one opcode

func (e *encoder) tuple(t Tuple) error {
	if len(t) == 0 {
		if !e.binary() {
			e.op(opMark)
			e.op(opTuple)
			return nil
		}
		e.op(opEmptyTuple)
		return nil
	}
	r := tupleRef(t)
	if e.recall(r) {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	short := len(t) <= 3 && e.protocol >= 2
	if !short {
		e.op(opMark)
	}
	for _, v := range t {
		if err := e.encode(v); err != nil {
			return err
		}
	}
	e.leave()
	if i := e.memo.number(r); i >= 0 { // its items wrote it: it contains itself
		e.drop(len(t), !short)
		e.get(i)
		return nil
	}
	e.closeTuple(len(t), short)
	e.remember(r)
	return nil
}

// drop takes n values off the stack again, and the mark below them if there is
// one.
func (e *encoder) drop(n int, marked bool) {
	if marked && e.binary() {
		e.op(opPopMark)
		return
	}
	if marked {
		n++
	}
	for ; n > 0; n-- {
		e.op(opPop)
	}
}

func (e *encoder) closeTuple(n int, short bool) {
	if short {
		e.op(opTuple1 + byte(n) - 1)
		return
	}
	e.op(opTuple)
}

// args writes a tuple that nothing else refers to.
func (e *encoder) args(values ...any) error {
	if len(values) == 0 {
		return e.tuple(nil)
	}
	short := len(values) <= 3 && e.protocol >= 2
	if !short {
		e.op(opMark)
	}
	for _, v := range values {
		if err := e.encode(v); err != nil {
			return err
		}
	}
	e.closeTuple(len(values), short)
	e.skip()
	return nil
}

func (e *encoder) emptyList() {
	if e.binary() {
		e.op(opEmptyList)
		return
	}
	e.op(opMark)
	e.op(opList)
}

func (e *encoder) emptyDict() {
	if e.binary() {
		e.op(opEmptyDict)
		return
	}
	e.op(opMark)
	e.op(opDict)
}

func (e *encoder) list(l *List) error {
	r := refOf(l)
	if e.recall(r) {
		return nil
	}
	e.emptyList()
	e.remember(r)
	return e.appendItems(l.Items)
}

// slice writes a list that nothing else refers to.
func (e *encoder) slice(items []any) error {
	e.emptyList()
	e.skip()
	return e.appendItems(items)
}

func (e *encoder) appendItems(items []any) error {
	return e.batches(len(items), opAppend, opAppends, func(i int) error { return e.encode(items[i]) })
}

// batches writes n items, each by write, and the opcode that takes one of them
// or many into what is on the stack.
func (e *encoder) batches(n int, one, many byte, write func(i int) error) error {
	if n == 0 {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	marked := e.binary() && n > 1
	for i := 0; i < n; i++ {
		if marked && i%batch == 0 {
			e.op(opMark)
		}
		if err := write(i); err != nil {
			return err
		}
		switch {
		case !marked:
			e.op(one)
		case i%batch == batch-1 || i == n-1:
			e.op(many)
		}
	}
	return nil
}

func (e *encoder) dict(d *Dict) error {
	r := refOf(d)
	if e.recall(r) {
		return nil
	}
	e.emptyDict()
	e.remember(r)
	return e.setItems(d.items)
}

func (e *encoder) setItems(items []Item) error {
	return e.batches(len(items), opSetItem, opSetItems, func(i int) error {
		if err := e.encode(items[i].Key); err != nil {
			return err
		}
		return e.encode(items[i].Value)
	})
}

// reduce writes the call that makes the value known as r.
func (e *encoder) reduce(r ref, c Class, args ...any) error {
	if e.recall(r) {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	if err := e.class(c); err != nil {
		return err
	}
	if err := e.args(args...); err != nil {
		return err
	}
	e.op(opReduce)
	e.made(r)
	return nil
}

// made numbers the value just constructed, or takes the one that its own parts
// wrote.
func (e *encoder) made(r ref) {
	if i := e.memo.number(r); i >= 0 {
		e.op(opPop)
		e.get(i)
		return
	}
	e.remember(r)
}
