package pickle

import "math"

func copyreg(name string) reader {
	switch name {
	case "_reconstructor":
		return readReconstructor
	case "__newobj__":
		return readNewObj
	case "__newobj_ex__":
		return readNewObjEx
	}
	return nil
}

// readReconstructor reads _reconstructor(class, base, value), as protocols 0
// and 1 write most instances.
func readReconstructor(d *decoder, args Tuple) (any, error) {
	if len(args) != 3 {
		return nil, errOther
	}
	class, ok := args[0].(Class)
	if !ok {
		return nil, errOther
	}
	k, _ := lookup(class)
	if k.build != nil && args[1] == any(Class{"builtins", "object"}) && args[2] == nil {
		return &Object{Class: class, Form: FormNew}, nil
	}
	if k.new != nil && args[1] == any(Class{"builtins", "str"}) {
		if v, err := k.new(d, args[2:]); err == nil {
			return v, nil
		}
	}
	o := &Object{Class: class, Form: FormBase, Args: args[1:]}
	n := o.content(math.MaxInt)
	o.filled = 1 + n
	return o, d.charge(n)
}

// readNewObj reads __newobj__(class, *args), as protocols 0 and 1 write the
// opcode NEWOBJ.
func readNewObj(d *decoder, args Tuple) (any, error) {
	if len(args) == 0 {
		return nil, errOther
	}
	if err := d.instance(args[0], args[1:]); err != nil {
		return nil, err
	}
	return d.pop(), nil
}

// readNewObjEx reads __newobj_ex__(class, args, kwargs), as protocols before 4
// write the opcode NEWOBJ_EX.
func readNewObjEx(d *decoder, args Tuple) (any, error) {
	if len(args) != 3 {
		return nil, errOther
	}
	positional, ok1 := args[1].(Tuple)
	kwargs, ok2 := args[2].(*Dict)
	if !ok1 || !ok2 {
		return nil, errOther
	}
	if err := d.instanceEx(args[0], positional, kwargs); err != nil {
		return nil, err
	}
	return d.pop(), nil
}
