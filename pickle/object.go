package pickle

// Form is how an [Object] is constructed.
type Form uint8

const (
	FormReduce   Form = iota // class(*args); the class may be any callable
	FormNew                  // class.__new__(class, *args)
	FormNewEx                // class.__new__(class, *args, **kwargs)
	FormInstance             // an instance of Python 2's old-style classes, made from args
	FormBase                 // base.__new__(class, value), where args are (base, value): copyreg._reconstructor
)

// Object is an instance of a class that this package does not map to a Go type,
// or an unusual pickle of one that it does. It keeps all that the pickle says,
// so that encoding it gives Python an equal object. Nothing is called.
type Object struct {
	Class     Class  // what constructs the object: a class, or a function
	Callable  any    // set in place of Class where the constructor is itself an object
	Form      Form   // how
	Args      Tuple  // its arguments
	Kwargs    *Dict  // its keyword arguments, FormNewEx only
	ListItems []any  // items to append to the object
	DictItems []Item // items to set on the object, obj[key] = value
	State     any    // given to __setstate__ or put into __dict__ and slots, if HasState
	HasState  bool
	Setter    any // what sets State instead, unless nil; a Class as a rule

	slot   int64 // 1 + the memo entry that holds it, while decoding
	shared bool  // whether anything but the stack and that entry may refer to it
	filled int   // 1 + what content returned when a pickle made it
}

// finished reports whether what the object is made of was complete when it was
// made. A list that refers to the object may have been empty then, and is again
// if the object is to hold on to it; but one that the constructor copies was
// not.
func (o *Object) finished() bool {
	if o.filled == 0 { // made by hand
		return o.Form == FormBase || o.Callable != nil
	}
	return o.filled == 1+o.content(o.filled)
}

// content counts what can be put, later than it was made, into what the object
// is made of: items, also those of the pairs that Python 2 makes ordered dicts
// of, and the state of what is called. It counts no further than most: many
// objects can be made of one list, which was short when they were.
func (o *Object) content(most int) int {
	n := 0
	for _, a := range o.Args[:min(len(o.Args), 8)] {
		switch a := a.(type) {
		case *List:
			n += len(a.Items)
			if n <= most && a.ofPairs() {
				n += len(a.Items)
			}
		case *Dict:
			n += a.size()
		}
	}
	if c, ok := o.Callable.(*Object); ok && c.HasState {
		n++
	}
	return n + o.Kwargs.size()
}

// copied returns the object made of copies of what content counts.
func (o *Object) copied() *Object {
	twin := *o
	twin.Args = append(Tuple{}, o.Args...)
	for i, a := range twin.Args {
		switch a := a.(type) {
		case *List:
			l := &List{Items: a.Items}
			if l.ofPairs() {
				l.Items = append([]any{}, a.Items...)
				for j, pair := range l.Items {
					l.Items[j] = &List{Items: pair.(*List).Items}
				}
			}
			twin.Args[i] = l
		case *Dict:
			twin.Args[i] = a.copied()
		}
	}
	if c, ok := o.Callable.(*Object); ok {
		again := *c
		twin.Callable = &again
	}
	twin.Kwargs = o.Kwargs.copied()
	return &twin
}

// ofPairs reports whether all items are lists of two.
func (l *List) ofPairs() bool {
	for _, item := range l.Items {
		if pair, ok := item.(*List); !ok || len(pair.Items) != 2 {
			return false
		}
	}
	return true
}

func (d *Dict) size() int {
	if d == nil {
		return 0
	}
	return len(d.items)
}

func (d *Dict) copied() *Dict {
	if d == nil {
		return nil
	}
	return &Dict{items: d.items}
}

// Attr returns the attribute that the object's state gives to name, as Python's
// default __setstate__ would.
func (o *Object) Attr(name string) (any, bool) {
	state := o.State
	if pair, ok := state.(Tuple); ok && len(pair) == 2 { // (__dict__, slots)
		if slots, ok := AsDict(pair[1]); ok {
			if v, ok := slots.Get(name); ok {
				return v, true
			}
		}
		state = pair[0]
	}
	if d, ok := AsDict(state); ok {
		return d.Get(name)
	}
	return nil, false
}
