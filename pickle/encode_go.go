package pickle

import (
	"cmp"
	"encoding"
	"maps"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"github.com/djsession/djsession-go/internal/structfields"
)

// fields finds the fields that a dict's items stand for.
var fields = structfields.Finder{Tag: "pickle"}

// Marshaler is implemented by types that say which value is written in their
// place.
type Marshaler interface {
	MarshalPickle() (any, error)
}

func (e *encoder) freshBytes(b []byte) error {
	if b == nil {
		e.op(opNone)
		return nil
	}
	r := textRef(string(b))
	r.kind = bytesKind
	return e.bytes(string(b), r)
}

// stringMap writes a map as a dict in the order of its keys, so that equal maps
// give equal pickles.
func (e *encoder) stringMap(m map[string]any) error {
	if m == nil {
		e.op(opNone)
		return nil
	}
	r := refOf(m)
	if e.recall(r) {
		return nil
	}
	e.emptyDict()
	e.remember(r)
	keys := slices.Sorted(maps.Keys(m))
	return e.batches(len(keys), opSetItem, opSetItems, func(i int) error {
		if err := e.text(keys[i]); err != nil {
			return err
		}
		return e.encode(m[keys[i]])
	})
}

// goValue writes values of Go's own types.
func (e *encoder) goValue(v any) error {
	if m, ok := v.(Marshaler); ok {
		return e.marshaler(m)
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer && native(r.Elem()) {
		return e.encode(r.Elem().Interface())
	}
	if m, ok := v.(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		if err != nil {
			return err
		}
		return e.text(string(text))
	}
	return e.reflected(r)
}

// native reports whether v has a type that other writes in its own way.
func native(v reflect.Value) bool {
	switch v.Interface().(type) {
	case DateTime, Date, Time, TimeDelta, TimeZone, ZoneInfo, PytzZone, PytzOffset, time.Time, Class, Range, Slice,
		Tuple, Decimal, UUID, SafeString, netip.Addr, netip.Prefix, IPInterface, Path, PersistentID:
		return true
	}
	return false
}

func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

func (e *encoder) marshaler(m Marshaler) error {
	v, err := m.MarshalPickle()
	if err != nil {
		return err
	}
	if err := e.enter(); err != nil { // a MarshalPickle that returns its receiver
		return err
	}
	defer e.leave()
	return e.encode(v)
}

func (e *encoder) reflected(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Bool:
		e.bool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return e.encode(fromUint(v.Uint()))
		}
		e.int(int64(v.Uint()))
	case reflect.Float32, reflect.Float64:
		e.float(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return e.encode(v.Complex())
	case reflect.String:
		return e.text(v.String())
	case reflect.Pointer:
		return e.pointer(v)
	case reflect.Slice:
		if v.IsNil() {
			e.op(opNone)
			return nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return e.freshBytes(v.Bytes())
		}
		return e.sequence(v)
	case reflect.Array:
		return e.sequence(v)
	case reflect.Map:
		return e.goMap(v)
	case reflect.Struct:
		p := reflect.New(v.Type())
		p.Elem().Set(v)
		return e.encode(p.Interface())
	default:
		return &TypeError{Type: v.Type(), Reason: "a Go type that has no value in Python"}
	}
	return nil
}

// pointer writes what v points to. A pointer to a struct that is met again
// becomes a reference to the same dict.
func (e *encoder) pointer(v reflect.Value) error {
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	if v.Elem().Kind() == reflect.Struct {
		return e.structure(v)
	}
	return e.encode(v.Elem().Interface())
}

// structure writes the struct that p points to as a dict.
func (e *encoder) structure(p reflect.Value) error {
	r := refOf(p.Interface())
	if p.Type().Elem().Size() == 0 { // all such lie at one address
		e.emptyDict()
		e.skip()
	} else {
		if e.recall(r) {
			return nil
		}
		e.emptyDict()
		e.remember(r)
	}
	var items []Item
	for _, f := range fields.Of(p.Type().Elem()) {
		if v, ok := f.Get(p.Elem()); ok {
			items = append(items, Item{f.Name, v.Interface()})
		}
	}
	return e.setItems(items)
}

// sequence writes a slice or array as a list.
func (e *encoder) sequence(v reflect.Value) error {
	e.emptyList()
	e.skip()
	return e.batches(v.Len(), opAppend, opAppends, func(i int) error { return e.encode(v.Index(i).Interface()) })
}

func (e *encoder) goMap(v reflect.Value) error {
	if v.IsNil() {
		e.op(opNone)
		return nil
	}
	r := refOf(v.Interface())
	if e.recall(r) {
		return nil
	}
	e.emptyDict()
	e.remember(r)
	type item struct{ key, value reflect.Value }
	items := make([]item, 0, v.Len())
	for it := v.MapRange(); it.Next(); { // a key that is NaN cannot be asked for
		items = append(items, item{it.Key(), it.Value()})
	}
	slices.SortFunc(items, func(a, b item) int { return compareKeys(a.key, b.key) })
	return e.batches(len(items), opSetItem, opSetItems, func(i int) error {
		start := len(e.buf)
		if err := e.encode(items[i].key.Interface()); err != nil {
			return err
		}
		if unhashable(e.buf[start:]) {
			return &TypeError{Type: v.Type(), Reason: "its keys would be lists or dicts, which cannot be keys in Python"}
		}
		return e.encode(items[i].value.Interface())
	})
}

// unhashable reports whether opcodes make a list or a dict, as an array or a
// struct becomes one.
func unhashable(code []byte) bool {
	if code[0] == opFrame && len(code) > frameHeader {
		code = code[frameHeader:]
	}
	switch code[0] {
	case opEmptyList, opEmptyDict:
		return true
	case opMark:
		return code[1] == opList || code[1] == opDict
	}
	return false
}

// compareKeys orders the keys of a map: numbers and strings by value, others as
// they come.
func compareKeys(a, b reflect.Value) int {
	for a.Kind() == reflect.Interface && b.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
	}
	if a.Kind() != b.Kind() {
		return int(a.Kind()) - int(b.Kind())
	}
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String())
	}
	return 0
}
