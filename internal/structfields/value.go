package structfields

import "reflect"

// Get returns the field of a struct. It reports false if the field is to be
// omitted, or lies behind a nil pointer.
func (f *Field) Get(v reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, !(f.omitZero && isZero(v) || f.omitEmpty && isEmpty(v))
}

// Reach returns the field of a struct to store in, and allocates the embedded
// structs on the way. It reports false, with the nil pointer, for one that
// cannot be set because its type is not exported.
func (f *Field) Reach(v reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !v.CanSet() {
					return v, false
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

type isZeroer interface{ IsZero() bool }

var isZeroerType = reflect.TypeFor[isZeroer]()

// isZero asks the method IsZero of the value, or of a pointer to it, if there
// is one.
func isZero(v reflect.Value) bool {
	t := v.Type()
	switch {
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface:
		return v.IsNil() || t.Implements(isZeroerType) && v.Interface().(isZeroer).IsZero()
	case !reflect.PointerTo(t).Implements(isZeroerType):
		return v.IsZero()
	case !v.CanAddr():
		p := reflect.New(t)
		p.Elem().Set(v)
		v = p.Elem()
	}
	return v.Addr().Interface().(isZeroer).IsZero()
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
