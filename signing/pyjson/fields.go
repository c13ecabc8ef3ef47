package pyjson

import (
	"reflect"
	"strings"
	"sync"
)

// A field is a struct's field as encoding/json sees it.
type field struct {
	name                        string
	index                       []int
	omitEmpty, omitZero, quoted bool
	tagged                      bool
}

var fieldCache sync.Map // of []field by reflect.Type

// fieldsOf returns the fields that are written, in order: of several with one name, the one least deep counts, then the one with
// a tag, else none does.
func fieldsOf(t reflect.Type) []field {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.([]field)
	}
	var all []field
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		flattened := f.Anonymous && name == "" && structBelow(f.Type)
		if tag == "-" || flattened || !f.IsExported() || hidden(t, f.Index) {
			continue
		}
		has := func(option string) bool { return strings.Contains(","+options+",", ","+option+",") }
		all = append(all, field{
			name: orName(name, f.Name), index: f.Index, tagged: name != "",
			omitEmpty: has("omitempty"), omitZero: has("omitzero"), quoted: has("string") && isScalar(f.Type),
		})
	}
	var kept []field
	for i, f := range all {
		if dominates(f, i, all) {
			kept = append(kept, f)
		}
	}
	cached, _ := fieldCache.LoadOrStore(t, kept)
	return cached.([]field)
}

func orName(name, fallback string) string {
	if name == "" {
		return fallback
	}
	return name
}

func structBelow(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// hidden reports whether a promoted field lies in an embedded struct that has a name of its own, or none.
func hidden(t reflect.Type, index []int) bool {
	for i := 1; i < len(index); i++ {
		f := t.FieldByIndex(index[:i])
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" || !f.IsExported() && f.Type.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

func dominates(f field, i int, all []field) bool {
	for j, other := range all {
		if j == i || other.name != f.name {
			continue
		}
		if len(other.index) < len(f.index) {
			return false
		}
		if len(other.index) == len(f.index) && (other.tagged || !f.tagged) {
			return false
		}
	}
	return true
}

func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64:
		return true
	}
	return false
}

// of returns the field of a struct, unless it lies behind a nil pointer.
func (f *field) of(v reflect.Value) (reflect.Value, bool) {
	for i, x := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, true
}

func (f *field) omits(v reflect.Value) bool {
	if f.omitZero {
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
			return z.IsZero()
		}
		return v.IsZero()
	}
	if !f.omitEmpty {
		return false
	}
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
