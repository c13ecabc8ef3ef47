package pyjson

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/internal/structfields"
)

// appendValue writes what only reflection can tell.
func appendValue(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	if depth >= MaxDepth {
		return nil, tooDeep(v.Interface())
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		return appendFloat(dst, v.Float(), v.Type().Bits()), nil
	case reflect.String:
		return appendString(dst, v.String())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return appendElem(dst, v.Elem(), depth)
	case reflect.Slice:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return appendString(dst, base64.StdEncoding.EncodeToString(v.Bytes()))
		}
		return appendSequence(dst, v, depth)
	case reflect.Array:
		return appendSequence(dst, v, depth)
	case reflect.Map:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return appendMap(dst, v, depth)
	case reflect.Struct:
		return appendStruct(dst, v, depth)
	}
	return nil, &TypeError{Type: v.Type()}
}

// appendElem writes a part of a value, by its pointer's methods where it has
// one.
func appendElem(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	if v.CanAddr() {
		switch p := v.Addr().Interface().(type) {
		case json.Marshaler, encoding.TextMarshaler:
			return appendSpecial(dst, p, depth+1)
		}
		if v.Kind() == reflect.Struct || v.Kind() == reflect.Array { // whose parts have pointers too
			return appendValue(dst, v, depth+1)
		}
	}
	return appendAny(dst, v.Interface(), depth+1)
}

func appendSequence(dst []byte, v reflect.Value, depth int) (_ []byte, err error) {
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendElem(dst, v.Index(i), depth); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// appendMap writes a map by the order of its names, since Go's has none.
func appendMap(dst []byte, v reflect.Value, depth int) (_ []byte, err error) {
	type member struct {
		name  string
		value reflect.Value
	}
	members := make([]member, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		name, err := mapName(it.Key())
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, it.Value()})
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	dst = append(dst, '{')
	for i, m := range members {
		if dst, err = appendName(dst, m.name, i == 0); err != nil {
			return nil, err
		}
		if dst, err = appendElem(dst, m.value, depth); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func mapName(key reflect.Value) (string, error) {
	if key.Kind() == reflect.String {
		return key.String(), nil
	}
	if m, ok := key.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		return string(text), err
	}
	switch { // by the number, even if the type has a String method
	case key.CanInt():
		return strconv.FormatInt(key.Int(), 10), nil
	case key.CanUint():
		return strconv.FormatUint(key.Uint(), 10), nil
	}
	return "", &TypeError{Type: key.Type(), Why: "as a name"}
}

// fields finds the fields that an object's items stand for.
var fields structfields.Finder

func appendStruct(dst []byte, v reflect.Value, depth int) (_ []byte, err error) {
	dst = append(dst, '{')
	first := true
	for _, f := range fields.Of(v.Type()) {
		field, ok := f.Get(v)
		if !ok {
			continue
		}
		if dst, err = appendName(dst, f.Name, first); err != nil {
			return nil, err
		}
		first = false
		start := len(dst)
		if dst, err = appendElem(dst, field, depth); err != nil {
			return nil, err
		}
		if f.Quoted && dst[start] != 'n' { // null
			if dst, err = appendString(dst[:start], string(dst[start:])); err != nil {
				return nil, err
			}
		}
	}
	return append(dst, '}'), nil
}
