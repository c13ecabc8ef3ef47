package pickle

import (
	"errors"
	"reflect"
	"strings"
)

// Unmarshal reads a pickle into the Go value that dst points to: [Loads], then
// [Assign].
func Unmarshal(data []byte, dst any, opts *DecodeOptions) error {
	v, err := Loads(data, opts)
	if err != nil {
		return err
	}
	return Assign(dst, v)
}

var errDst = errors.New("pickle: the destination must be a pointer that is not nil")

// Unmarshaler is implemented by types that take the value read from a pickle
// themselves.
type Unmarshaler interface {
	UnmarshalPickle(v any) error
}

// Assign stores a value that [Loads] returned, or one within it, in the Go
// value that dst points to:
//
//   - any value in an any, in a variable of its own type, or as an
//     [Unmarshaler] takes it;
//   - bool in bool; int in integers and floats, if it fits; float in floats;
//     complex in complex numbers;
//   - str, SafeString and Path in strings; Decimal in strings and *big.Rat; any
//     of them, UUIDs and addresses, in what has UnmarshalText;
//   - bytes and bytearray in []byte; UUIDs in types made of [16]byte;
//   - list, tuple, set, frozenset and deque in slices, and in arrays of as many
//     elements;
//   - dicts in maps and structs; the attributes of an [Object] or [Message] in
//     structs too;
//   - datetime in time.Time (naive ones as UTC), date too; timedelta in
//     time.Duration.
//
// A struct's fields are found by the name in the tag `pickle:"name"`, else
// `json:"name"`, else their own, and only if the key is exactly that; keys
// without a field and fields without a key are left alone. None sets pointers,
// maps, slices and interfaces to nil and leaves other variables alone. A value
// that does not fit is a [*TypeError], and dst may be partly set then.
func Assign(dst, v any) error {
	p := reflect.ValueOf(dst)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return errDst
	}
	a := assigner{}
	return a.assign(p.Elem(), v)
}

// assigner stores values in Go variables.
type assigner struct {
	path  []string
	depth int
	built map[builtKey]reflect.Value // what shared containers became, so that each is built once
}

type builtKey struct {
	from ref
	as   reflect.Type
}

func (a *assigner) mismatch(to reflect.Value, v any, reason string) error {
	return &TypeError{Path: strings.Join(a.path, ""), Python: pythonType(v), Type: to.Type(), Reason: reason}
}

// within runs f with one more element in the path.
func (a *assigner) within(element string, f func() error) error {
	a.path = append(a.path, element)
	err := f()
	a.path = a.path[:len(a.path)-1]
	return err
}

func (a *assigner) assign(to reflect.Value, v any) error {
	if a.depth++; a.depth > defaultMaxDepth {
		return ErrTooDeep
	}
	defer func() { a.depth-- }()
	if v == nil {
		return assignNone(to)
	}
	from := reflect.ValueOf(v)
	if from.Type().AssignableTo(to.Type()) {
		to.Set(from)
		return nil
	}
	if to.Kind() == reflect.Pointer {
		return a.pointer(to, v)
	}
	if to.CanAddr() {
		if u, ok := to.Addr().Interface().(Unmarshaler); ok {
			return u.UnmarshalPickle(v)
		}
	}
	if done, err := a.special(to, v); done {
		return err
	}
	switch to.Kind() {
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			to.SetBool(b)
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return a.integer(to, v)
	case reflect.Float32, reflect.Float64:
		return a.float(to, v)
	case reflect.Complex64, reflect.Complex128:
		return a.complex(to, v)
	case reflect.String:
		if s, ok := textOf(v); ok {
			to.SetString(s)
			return nil
		}
	case reflect.Slice:
		return a.slice(to, v)
	case reflect.Array:
		return a.array(to, v)
	case reflect.Map:
		return a.goMap(to, v)
	case reflect.Struct:
		return a.structure(to, v)
	}
	return a.mismatch(to, v, "")
}

func assignNone(to reflect.Value) error {
	switch to.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		to.SetZero()
	}
	return nil
}
