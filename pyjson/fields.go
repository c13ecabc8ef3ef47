package pyjson

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// A field is a struct's field as encoding/json sees it.
type field struct {
	name                        string
	index                       []int
	omitEmpty, omitZero, quoted bool
	tagged                      bool
}

var fieldCache sync.Map // of []field by reflect.Type

// fieldsOf returns the fields that are written, in order: of several with one
// name, the one least deep counts, then the one with a tag, else none does.
func fieldsOf(t reflect.Type) []field {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.([]field)
	}
	all := collect(t, nil, map[reflect.Type]bool{})
	var kept []field
	for i, f := range all {
		if dominates(f, i, all) {
			kept = append(kept, f)
		}
	}
	cached, _ := fieldCache.LoadOrStore(t, kept)
	return cached.([]field)
}

// collect lists the fields of t and of the structs embedded in it. That Go's
// own rules hide one does not matter: it is the names in JSON that count.
func collect(t reflect.Type, index []int, within map[reflect.Type]bool) []field {
	if within[t] {
		return nil
	}
	within[t] = true
	defer delete(within, t)
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(slices.Clone(index), i)
		tag := f.Tag.Get("json")
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !validName(name) {
			name = ""
		}
		if inner := pointed(f.Type); f.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			all = append(all, collect(inner, at, within)...)
			continue
		}
		if !f.IsExported() {
			continue
		}
		has := func(option string) bool { return strings.Contains(","+options+",", ","+option+",") }
		all = append(all, field{
			name: orName(name, f.Name), index: at, tagged: name != "",
			omitEmpty: has("omitempty"), omitZero: has("omitzero"), quoted: has("string") && isScalar(pointed(f.Type)),
		})
	}
	return all
}

// pointed is what a field of type t holds, by a pointer or not.
func pointed(t reflect.Type) reflect.Type {
	if t.Name() == "" && t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// validName reports whether encoding/json takes a name from a tag.
func validName(name string) bool {
	return !strings.ContainsFunc(name, func(c rune) bool {
		return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
}

func orName(name, fallback string) string {
	if name == "" {
		return fallback
	}
	return name
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

var (
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
)

// isScalar reports whether the option "string" concerns a type: one that says
// itself how it is written does not heed it.
func isScalar(t reflect.Type) bool {
	if p := reflect.PointerTo(t); p.Implements(marshalerType) || p.Implements(textMarshalerType) {
		return false
	}
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64, reflect.String:
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
	return f.omitZero && isZero(v) || f.omitEmpty && isEmpty(v)
}

type isZeroer interface{ IsZero() bool }

var isZeroerType = reflect.TypeFor[isZeroer]()

// isZero asks the value, or a pointer to it, where there is such a method.
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
