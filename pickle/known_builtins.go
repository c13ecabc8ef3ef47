package pickle

func builtin(name string) reader {
	switch name {
	case "set":
		return readSet
	case "frozenset":
		return readFrozenSet
	case "bytes":
		return readBytes
	case "bytearray":
		return readByteArray
	case "complex":
		return readComplex
	case "range":
		return readRange
	case "slice":
		return readSlice
	case "getattr":
		return readGetattr
	}
	return nil
}

// elements returns the items of the one argument of a collection's class; none
// for no argument.
func elements(d *decoder, args Tuple) ([]any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	var items []any
	switch a := args[0].(type) {
	case *List:
		items = a.Items
	case Tuple:
		items = a
	default:
		return nil, errOther
	}
	if len(args) > 1 {
		return nil, errOther
	}
	return items, d.charge(len(items))
}

func readSet(d *decoder, args Tuple) (any, error) {
	items, err := elements(d, args)
	if err != nil {
		return nil, err
	}
	s := new(Set)
	return s, d.addAll(&s.elems, items)
}

func readFrozenSet(d *decoder, args Tuple) (any, error) {
	items, err := elements(d, args)
	if err != nil {
		return nil, err
	}
	return d.frozenOf(items)
}

// readBytes reads bytes(), as protocols before 3 write empty bytes.
func readBytes(d *decoder, args Tuple) (any, error) {
	if len(args) != 0 {
		return nil, errOther
	}
	return Bytes(""), nil
}

// readEncoded reads _codecs.encode(text, 'latin1'), as protocols before 3 write
// bytes.
func readEncoded(d *decoder, args Tuple) (any, error) {
	if len(args) != 2 || args[1] != any("latin1") && args[1] != any("latin-1") {
		return nil, errOther
	}
	text, ok := args[0].(string)
	if !ok {
		return nil, errOther
	}
	if err := d.charge(len(text)); err != nil {
		return nil, err
	}
	s, ok := toLatin1(text)
	if !ok {
		return nil, errOther
	}
	return Bytes(s), nil
}

func readByteArray(d *decoder, args Tuple) (any, error) {
	switch len(args) {
	case 0:
		return new(ByteArray), nil
	case 1:
		if b, ok := args[0].(Bytes); ok {
			return &ByteArray{[]byte(b)}, d.charge(len(b))
		}
	case 2:
		if b, err := readEncoded(d, args); err == nil {
			return &ByteArray{[]byte(b.(Bytes))}, nil
		}
	}
	return nil, errOther
}

func readComplex(d *decoder, args Tuple) (any, error) {
	if len(args) != 2 {
		return nil, errOther
	}
	re, ok1 := args[0].(float64)
	im, ok2 := args[1].(float64)
	if !ok1 || !ok2 {
		return nil, errOther
	}
	return complex(re, im), nil
}

func readRange(d *decoder, args Tuple) (any, error) {
	v, ok := ints(args, 3)
	if !ok || v[2] == 0 {
		return nil, errOther
	}
	return Range{v[0], v[1], v[2]}, nil
}

func readSlice(d *decoder, args Tuple) (any, error) {
	if len(args) != 3 {
		return nil, errOther
	}
	return Slice{args[0], args[1], args[2]}, nil
}

// readGetattr reads getattr(class, name), as protocols before 4 write a name
// within a class.
func readGetattr(d *decoder, args Tuple) (any, error) {
	if len(args) != 2 {
		return nil, errOther
	}
	c, ok1 := args[0].(Class)
	name, ok2 := args[1].(string)
	if !ok1 || !ok2 {
		return nil, errOther
	}
	if err := d.charge(len(c.Name) + len(name)); err != nil {
		return nil, err
	}
	c.Name += "." + name
	return c, d.allow(c)
}

// ints returns args if they are n ints of 64 bits.
func ints(args Tuple, n int) ([]int64, bool) {
	if len(args) != n {
		return nil, false
	}
	v := make([]int64, n)
	for i, a := range args {
		var ok bool
		if v[i], ok = a.(int64); !ok {
			return nil, false
		}
	}
	return v, true
}
