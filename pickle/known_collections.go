package pickle

func collection(name string) reader {
	switch name {
	case "OrderedDict":
		return readOrderedDict
	case "defaultdict":
		return readDefaultDict
	case "Counter":
		return readCounter
	case "deque":
		return readDeque
	}
	return nil
}

// readOrderedDict reads OrderedDict(), and OrderedDict([[key, value], ...]) as
// Python 2 writes it.
func readOrderedDict(d *decoder, args Tuple) (any, error) {
	pairs, err := elements(d, args)
	if err != nil {
		return nil, err
	}
	o := new(OrderedDict)
	for _, p := range pairs {
		pair, ok := p.(*List)
		if !ok || len(pair.Items) != 2 {
			return nil, errOther
		}
		if err := o.set(&d.keys, pair.Items[0], pair.Items[1]); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func readDefaultDict(d *decoder, args Tuple) (any, error) {
	switch len(args) {
	case 0:
		return new(DefaultDict), nil
	case 1:
		return &DefaultDict{Factory: args[0]}, nil
	}
	return nil, errOther
}

func readCounter(d *decoder, args Tuple) (any, error) {
	c := new(Counter)
	if len(args) == 0 {
		return c, nil
	}
	counts, ok := args[0].(*Dict)
	if !ok || len(args) != 1 {
		return nil, errOther
	}
	if err := d.charge(counts.Len()); err != nil {
		return nil, err
	}
	for k, v := range counts.All() {
		if err := c.set(&d.keys, k, v); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func readDeque(d *decoder, args Tuple) (any, error) {
	q := new(Deque)
	if len(args) == 2 {
		if args[1] != nil {
			n, ok := args[1].(int64)
			if !ok || n < 0 || n > 1<<31-1 {
				return nil, errOther
			}
			q.Bounded, q.MaxLen = true, int(n)
		}
		args = args[:1]
	}
	items, err := elements(d, args)
	if err != nil {
		return nil, err
	}
	q.Items = append(q.Items, items...)
	q.trim()
	return q, nil
}
