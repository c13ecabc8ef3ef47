// Package structfields finds the fields of a Go struct that an item of a JSON
// object or of a Python dict stands for, by the rules of encoding/json.
package structfields

import (
	"cmp"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// A Finder finds fields by their tags. It is safe for concurrent use.
type Finder struct {
	// Tag is looked at before the tag "json". Default: only "json".
	Tag string

	cache sync.Map // of []Field by reflect.Type
}

// A Field is one that is read and written.
type Field struct {
	Name string

	// Quoted says that a JSON string stands for the value: the option "string".
	Quoted bool

	index               []int
	omitEmpty, omitZero bool
	tagged              bool
}

// Of returns the fields of a struct type, in order. Of several with one name,
// the least deep counts; of those, the one with a tag; else none does.
func (f *Finder) Of(t reflect.Type) []Field {
	if cached, ok := f.cache.Load(t); ok {
		return cached.([]Field)
	}
	all := f.collect(t, nil, map[reflect.Type]bool{})
	var kept []Field
	for i := range all {
		if dominates(all, i) {
			kept = append(kept, all[i])
		}
	}
	cached, _ := f.cache.LoadOrStore(t, kept)
	return cached.([]Field)
}

// collect lists the fields of t and of the structs embedded in it. That Go's
// own rules hide one does not matter: the names in the output count.
func (f *Finder) collect(t reflect.Type, index []int, within map[reflect.Type]bool) []Field {
	if within[t] {
		return nil
	}
	within[t] = true
	defer delete(within, t)
	var all []Field
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(index), i)
		tag := f.tag(sf)
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !validName(name) {
			name = ""
		}
		if inner := pointed(sf.Type); sf.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			all = append(all, f.collect(inner, at, within)...)
			continue
		}
		if !sf.IsExported() {
			continue
		}
		has := func(option string) bool { return strings.Contains(","+options+",", ","+option+",") }
		all = append(all, Field{
			Name: cmp.Or(name, sf.Name), index: at, tagged: name != "",
			omitEmpty: has("omitempty"), omitZero: has("omitzero"), Quoted: has("string") && isScalar(pointed(sf.Type)),
		})
	}
	return all
}

func (f *Finder) tag(sf reflect.StructField) string {
	if f.Tag != "" {
		if tag, ok := sf.Tag.Lookup(f.Tag); ok {
			return tag
		}
	}
	return sf.Tag.Get("json")
}

// dominates reports whether field i hides all others of its name.
func dominates(all []Field, i int) bool {
	f := &all[i]
	for j, other := range all {
		if j == i || other.Name != f.Name || len(other.index) > len(f.index) {
			continue
		}
		if len(other.index) < len(f.index) || other.tagged || !f.tagged {
			return false
		}
	}
	return true
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

var (
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
)

// isScalar reports whether the option "string" applies to a type. It does not
// to one that marshals itself.
func isScalar(t reflect.Type) bool {
	if p := reflect.PointerTo(t); p.Implements(marshalerType) || p.Implements(textMarshalerType) {
		return false
	}
	k := t.Kind()
	return k >= reflect.Bool && k <= reflect.Float64 || k == reflect.String
}
