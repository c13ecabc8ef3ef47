package pickle

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// field is a field of a struct that a dict's item stands for.
type field struct {
	name                string
	index               []int
	omitEmpty, omitZero bool
	tagged              bool
}

// fields are those of a struct type, in order.
type fields struct {
	list []field
}

var fieldCache sync.Map // reflect.Type to *fields

func fieldsOf(t reflect.Type) *fields {
	if f, ok := fieldCache.Load(t); ok {
		return f.(*fields)
	}
	all := collect(t, nil, map[reflect.Type]bool{})
	f := new(fields)
	for i, c := range all {
		if dominant(all, i) {
			f.list = append(f.list, c)
		}
	}
	cached, _ := fieldCache.LoadOrStore(t, f)
	return cached.(*fields)
}

// collect lists the fields of t and of the structs embedded in it.
func collect(t reflect.Type, index []int, within map[reflect.Type]bool) []field {
	if within[t] {
		return nil
	}
	within[t] = true
	defer delete(within, t)
	var all []field
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(index), i)
		tag, tagged := sf.Tag.Lookup("pickle")
		if !tagged {
			tag = sf.Tag.Get("json")
		}
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		inner := sf.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if sf.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			all = append(all, collect(inner, at, within)...)
			continue
		}
		if !sf.IsExported() {
			continue
		}
		f := field{name: name, index: at, tagged: name != ""}
		if name == "" {
			f.name = sf.Name
		}
		for option := range strings.SplitSeq(options, ",") {
			f.omitEmpty = f.omitEmpty || option == "omitempty"
			f.omitZero = f.omitZero || option == "omitzero"
		}
		all = append(all, f)
	}
	return all
}

// dominant reports whether field i hides all others of its name: the least
// deep, and among those the one with a tag.
func dominant(all []field, i int) bool {
	for j, other := range all {
		if j == i || other.name != all[i].name || len(other.index) > len(all[i].index) {
			continue
		}
		if len(other.index) < len(all[i].index) || other.tagged || !all[i].tagged {
			return false
		}
	}
	return true
}

// of returns the field of struct v; false if an embedded pointer on the way is
// nil.
func (f *field) of(v reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// reach returns the field of struct v, making the embedded structs that nil
// pointers on the way stand for. It is false for one that cannot be made
// because its type is not exported; v is the pointer then.
func (f *field) reach(v reflect.Value) (reflect.Value, bool) {
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

func (f *field) omitted(v reflect.Value) bool {
	return f.omitZero && isZero(v) || f.omitEmpty && isEmpty(v)
}

type isZeroer interface{ IsZero() bool }

var isZeroerType = reflect.TypeFor[isZeroer]()

// isZero asks the value, or a pointer to it, where there is such a method. A
// field that is written can be addressed.
func isZero(v reflect.Value) bool {
	t := v.Type()
	switch {
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface:
		return v.IsNil() || t.Implements(isZeroerType) && v.Interface().(isZeroer).IsZero()
	case reflect.PointerTo(t).Implements(isZeroerType):
		return v.Addr().Interface().(isZeroer).IsZero()
	}
	return v.IsZero()
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
