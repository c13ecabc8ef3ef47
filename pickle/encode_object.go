package pickle

// object writes an Object as it was read.
func (e *encoder) object(o *Object) error {
	r := refOf(o)
	if e.recall(r) {
		return nil
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	if err := e.make(o); err != nil {
		return err
	}
	if i := e.memo.number(r); i >= 0 { // its arguments wrote it: they refer to it
		e.op(opPop)
		e.get(i)
		return nil
	}
	e.remember(r)
	if err := e.appendItems(o.ListItems); err != nil {
		return err
	}
	if err := e.setItems(o.DictItems); err != nil {
		return err
	}
	if !o.HasState {
		return nil
	}
	if o.Setter == nil {
		return e.state(o.State)
	}
	if err := e.encode(o.Setter); err != nil {
		return err
	}
	if err := e.args(o, o.State); err != nil {
		return err
	}
	e.op(opReduce)
	e.op(opPop)
	return nil
}

// make writes what makes the object. If it is met again among its own
// arguments, Python makes it there, of copies of them: those being written are
// not complete.
func (e *encoder) make(o *Object) error {
	if o.content(0) == 0 || !o.finished() {
		return e.construct(o)
	}
	if e.making[o] {
		return e.construct(o.copied())
	}
	if e.making == nil {
		e.making = map[*Object]bool{}
	}
	e.making[o] = true
	defer delete(e.making, o)
	return e.construct(o)
}

func (e *encoder) state(state any) error {
	if err := e.encode(state); err != nil {
		return err
	}
	e.op(opBuild)
	return nil
}

// construct writes what makes the object, before it has items and state.
func (e *encoder) construct(o *Object) error {
	switch o.Form {
	case FormNew:
		if e.protocol < 2 {
			return e.callWith(Class{"copyreg", "__newobj__"}, append(Tuple{o.maker()}, o.Args...))
		}
		return e.construction(o, opNewObj)
	case FormNewEx:
		if e.protocol < 4 {
			return e.callWith(Class{"copyreg", "__newobj_ex__"}, Tuple{o.maker(), o.Args, o.Kwargs})
		}
		return e.construction(o, opNewObjEx)
	case FormBase:
		return e.callWith(Class{"copyreg", "_reconstructor"}, append(Tuple{o.maker()}, o.Args...))
	case FormInstance:
		e.op(opMark)
		if err := e.encode(o.maker()); err != nil {
			return err
		}
		for _, a := range o.Args {
			if err := e.encode(a); err != nil {
				return err
			}
		}
		e.op(opObj)
		return nil
	}
	return e.construction(o, opReduce)
}

func (e *encoder) construction(o *Object, code byte) error {
	if err := e.encode(o.maker()); err != nil {
		return err
	}
	if err := e.tuple(o.Args); err != nil {
		return err
	}
	if code == opNewObjEx {
		if err := e.encode(o.Kwargs); err != nil {
			return err
		}
	}
	e.op(code)
	return nil
}

func (e *encoder) callWith(c Class, args Tuple) error {
	if err := e.class(c); err != nil {
		return err
	}
	if err := e.args(args...); err != nil {
		return err
	}
	e.op(opReduce)
	return nil
}

// maker is what constructs the object.
func (o *Object) maker() any {
	if o.Callable != nil {
		return o.Callable
	}
	return o.Class
}
