package pickle

import (
	"reflect"
	"strconv"
)

// sequenceOf returns the elements of what Python iterates over in order.
func sequenceOf(v any) ([]any, bool) {
	switch v := v.(type) {
	case *List:
		return v.Items, true
	case Tuple:
		return v, true
	case *Deque:
		return v.Items, true
	case *Set:
		return v.elems.keyList().Items, true
	case *FrozenSet:
		return v.elems.keyList().Items, true
	}
	return nil, false
}

// attributes returns the names and values that v has as a dict or as an
// instance.
func attributes(v any) (func(name string) (any, bool), bool) {
	switch v := v.(type) {
	case *Object:
		return v.Attr, v.HasState
	case *Message:
		d := Dict{items: []Item{{"level", v.Level}, {"message", v.Text}, {"extra_tags", v.ExtraTags}}}
		return func(name string) (any, bool) { return d.Get(name) }, true
	}
	d, ok := AsDict(v)
	if !ok {
		return nil, false
	}
	return func(name string) (any, bool) { return d.Get(name) }, true
}

func identityOf(v any) ref {
	if t, ok := v.(Tuple); ok {
		return tupleRef(t)
	}
	return refOf(v)
}

// shared returns what v became when it was stored in a variable of to's type
// before.
func (a *assigner) shared(to reflect.Value, v any) (builtKey, bool) {
	key := builtKey{identityOf(v), to.Type()}
	done, ok := a.built[key]
	if ok {
		to.Set(done)
	}
	return key, ok
}

func (a *assigner) keep(key builtKey, v reflect.Value) {
	if a.built == nil {
		a.built = map[builtKey]reflect.Value{}
	}
	a.built[key] = v
}

// pointer makes a new variable, unless there is one for the same object. A
// value that Python cannot change in place does not count as an object: two
// names for one number are two variables.
func (a *assigner) pointer(to reflect.Value, v any) error {
	p := reflect.New(to.Type().Elem())
	if isContainer(v) {
		key, ok := a.shared(to, v)
		if ok {
			return nil
		}
		a.keep(key, p)
	}
	if u, ok := p.Interface().(Unmarshaler); ok {
		if err := u.UnmarshalPickle(v); err != nil {
			return err
		}
	} else if err := a.assign(p.Elem(), v); err != nil {
		return err
	}
	to.Set(p)
	return nil
}

func isContainer(v any) bool {
	switch v.(type) {
	case DateTime, Time: // for their zones
		return false
	}
	return nests(v)
}

func (a *assigner) slice(to reflect.Value, v any) error {
	if to.Type().Elem().Kind() == reflect.Uint8 {
		switch b := v.(type) {
		case Bytes:
			to.SetBytes([]byte(b))
			return nil
		case *ByteArray:
			to.SetBytes(append([]byte{}, b.Data...))
			return nil
		case *Buffer:
			to.SetBytes(append([]byte{}, b.Data...))
			return nil
		}
	}
	items, ok := sequenceOf(v)
	if !ok {
		return a.mismatch(to, v, "")
	}
	key, ok := a.shared(to, v)
	if ok {
		return nil
	}
	s := reflect.MakeSlice(to.Type(), len(items), len(items))
	a.keep(key, s)
	if err := a.elements(s, items); err != nil {
		return err
	}
	to.Set(s)
	return nil
}

func (a *assigner) array(to reflect.Value, v any) error {
	items, ok := sequenceOf(v)
	if !ok {
		return a.mismatch(to, v, "")
	}
	if len(items) != to.Len() {
		return a.mismatch(to, v, "of another length")
	}
	return a.elements(to, items)
}

func (a *assigner) elements(to reflect.Value, items []any) error {
	for i, item := range items {
		err := a.within("["+strconv.Itoa(i)+"]", func() error { return a.assign(to.Index(i), item) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *assigner) goMap(to reflect.Value, v any) error {
	d, ok := AsDict(v)
	if !ok {
		return a.mismatch(to, v, "")
	}
	built, ok := a.shared(to, v)
	if ok {
		return nil
	}
	m := reflect.MakeMapWithSize(to.Type(), d.Len())
	a.keep(built, m)
	err := a.within("[]", func() error {
		for k, item := range d.All() {
			key, value := reflect.New(to.Type().Key()).Elem(), reflect.New(to.Type().Elem()).Elem()
			if err := a.assign(key, k); err != nil {
				return err
			}
			if !key.Comparable() {
				return a.mismatch(key, k, "which cannot be a key in Go")
			}
			if err := a.assign(value, item); err != nil {
				return err
			}
			m.SetMapIndex(key, value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	to.Set(m)
	return nil
}

func (a *assigner) structure(to reflect.Value, v any) error {
	attr, ok := attributes(v)
	if !ok {
		return a.mismatch(to, v, "")
	}
	for _, f := range fields.Of(to.Type()) {
		item, ok := attr(f.Name)
		if !ok {
			continue
		}
		at, ok := f.Reach(to)
		if !ok {
			return a.mismatch(at, v, "embedded, and its type is not exported")
		}
		if err := a.within("."+f.Name, func() error { return a.assign(at, item) }); err != nil {
			return err
		}
	}
	return nil
}
