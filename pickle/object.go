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

// Object is an instance of a class that this package does not map to a Go type, or an unusual pickle of one that it
// does. It keeps all that the pickle says, so that encoding it gives Python an equal object. Nothing is called.
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

	slot   int  // 1 + the memo entry that holds it, while decoding
	shared bool // whether anything but the stack and that entry may refer to it
	filled int  // 1 + how many items the lists and dicts in Args had when a pickle made it of them
}

// finished reports whether the lists and dicts among the arguments were complete when the object was made of them. One
// that refers to the object may have been empty then, and is if the object is to hold on to it; but one that
// the constructor copies was not.
func (o *Object) finished() bool {
	if o.filled == 0 { // made by hand
		return o.Form == FormBase
	}
	return o.filled == 1+itemsIn(o.Args)
}

// itemsIn counts the items of the lists and dicts among the first arguments.
func itemsIn(args Tuple) int {
	n := 0
	for _, a := range args[:min(len(args), 8)] {
		switch a := a.(type) {
		case *List:
			n += len(a.Items)
		case *Dict:
			if a != nil {
				n += a.Len()
			}
		}
	}
	return n
}

// copied returns the object made of copies of the lists and dicts among its arguments.
func (o *Object) copied() *Object {
	twin := *o
	twin.Args = append(Tuple{}, o.Args...)
	for i, a := range twin.Args {
		switch a := a.(type) {
		case *List:
			twin.Args[i] = &List{Items: a.Items}
		case *Dict:
			if a != nil {
				twin.Args[i] = &Dict{items: a.items}
			}
		}
	}
	return &twin
}

// Attr returns the attribute that the object's state gives to name, as Python's default __setstate__ would.
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
