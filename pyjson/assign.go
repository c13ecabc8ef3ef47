package pyjson

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strconv"
)

var nan, inf = math.NaN(), math.Inf(1)

// Assign stores a decoded value in what dst, a non-nil pointer, points to.
func Assign(dst, v any) error {
	p := reflect.ValueOf(dst)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return &TypeError{Type: reflect.TypeOf(dst), Why: "a destination is a non-nil pointer"}
	}
	return assign(p.Elem(), v)
}

func assign(dst reflect.Value, v any) error {
	if done, err := assignSpecial(dst, v); done {
		return err
	}
	if dst.Kind() == reflect.Pointer {
		if v == nil {
			dst.SetZero()
			return nil
		}
		if dst.IsNil() {
			dst.Set(reflect.New(dst.Type().Elem()))
		}
		return assign(dst.Elem(), v)
	}
	if dst.Kind() == reflect.Interface && dst.NumMethod() == 0 {
		if v == nil {
			dst.SetZero()
		} else {
			dst.Set(reflect.ValueOf(v))
		}
		return nil
	}
	switch v := v.(type) {
	case nil:
		switch dst.Kind() {
		case reflect.Map, reflect.Slice, reflect.Interface:
			dst.SetZero()
		}
		return nil // as encoding/json: null leaves the rest alone
	case bool:
		if dst.Kind() == reflect.Bool {
			dst.SetBool(v)
			return nil
		}
	case string:
		return assignString(dst, v)
	case int64:
		return assignInt(dst, v)
	case *big.Int:
		return assignBig(dst, v)
	case float64:
		if dst.CanFloat() {
			if dst.Kind() == reflect.Float32 && dst.OverflowFloat(v) && !math.IsInf(v, 0) {
				return misfit(dst, v)
			}
			dst.SetFloat(v)
			return nil
		}
	case []any:
		return assignList(dst, v)
	case Object:
		return assignObject(dst, v)
	}
	return misfit(dst, v)
}

// assignSpecial is for types that say themselves how they are read.
func assignSpecial(dst reflect.Value, v any) (done bool, err error) {
	if dst.Type() == reflect.TypeFor[big.Int]() {
		switch v := v.(type) {
		case int64:
			dst.Addr().Interface().(*big.Int).SetInt64(v)
			return true, nil
		case *big.Int:
			dst.Addr().Interface().(*big.Int).Set(v)
			return true, nil
		}
		return true, misfit(dst, v)
	}
	switch dst.Type() {
	case reflect.TypeFor[Raw](), reflect.TypeFor[json.RawMessage](), reflect.TypeFor[json.Number]():
		return assignText(dst, v)
	}
	if !dst.CanAddr() || v == nil {
		return false, nil
	}
	switch p := dst.Addr().Interface().(type) {
	case json.Unmarshaler:
		text, err := Append(nil, v)
		if err != nil {
			return true, err
		}
		return true, p.UnmarshalJSON(text)
	case encoding.TextUnmarshaler:
		if s, ok := v.(string); ok {
			return true, p.UnmarshalText([]byte(s))
		}
		return true, misfit(dst, v)
	}
	return false, nil
}

// assignText stores the text of a value.
func assignText(dst reflect.Value, v any) (bool, error) {
	text, err := Append(nil, v)
	switch {
	case err != nil:
		return true, err
	case dst.Kind() == reflect.Slice:
		dst.SetBytes(text)
	case dst.Type() == reflect.TypeFor[Raw]():
		dst.SetString(string(text))
	default: // a json.Number
		switch v.(type) {
		case nil: // leaves it alone
		case int64, *big.Int, float64:
			dst.SetString(string(text))
		default:
			return true, misfit(dst, v)
		}
	}
	return true, nil
}

func assignString(dst reflect.Value, s string) error {
	switch {
	case dst.Kind() == reflect.String:
		dst.SetString(s)
		return nil
	case dst.Kind() == reflect.Slice && dst.Type().Elem().Kind() == reflect.Uint8:
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return misfit(dst, s)
		}
		dst.SetBytes(b)
		return nil
	}
	return misfit(dst, s)
}

func assignInt(dst reflect.Value, n int64) error {
	switch {
	case dst.CanInt() && !dst.OverflowInt(n):
		dst.SetInt(n)
	case dst.CanUint() && n >= 0 && !dst.OverflowUint(uint64(n)):
		dst.SetUint(uint64(n))
	case dst.CanFloat():
		dst.SetFloat(float64(n))
	default:
		return misfit(dst, n)
	}
	return nil
}

func assignBig(dst reflect.Value, n *big.Int) error {
	switch {
	case dst.CanUint() && n.IsUint64() && !dst.OverflowUint(n.Uint64()):
		dst.SetUint(n.Uint64())
	case dst.CanFloat():
		f, _ := new(big.Float).SetInt(n).Float64()
		dst.SetFloat(f)
	default:
		return misfit(dst, n)
	}
	return nil
}

func assignList(dst reflect.Value, list []any) error {
	switch dst.Kind() {
	case reflect.Slice:
		dst.Set(reflect.MakeSlice(dst.Type(), len(list), len(list)))
	case reflect.Array:
		dst.SetZero()
	default:
		return misfit(dst, list)
	}
	for i := range min(len(list), dst.Len()) {
		if err := assign(dst.Index(i), list[i]); err != nil {
			return err
		}
	}
	return nil
}

func assignObject(dst reflect.Value, o Object) error {
	if dst.Type() == reflect.TypeFor[Object]() {
		dst.Set(reflect.ValueOf(o))
		return nil
	}
	switch dst.Kind() {
	case reflect.Struct:
		return assignStruct(dst, o)
	case reflect.Map:
		return assignMap(dst, o)
	}
	return misfit(dst, o)
}

func assignMap(dst reflect.Value, o Object) error {
	t := dst.Type()
	if dst.IsNil() {
		dst.Set(reflect.MakeMapWithSize(t, len(o)))
	}
	for _, m := range o {
		key := reflect.New(t.Key()).Elem()
		if err := assignKey(key, m.Name); err != nil {
			return err
		}
		value := reflect.New(t.Elem()).Elem()
		if err := assign(value, m.Value); err != nil {
			return err
		}
		dst.SetMapIndex(key, value)
	}
	return nil
}

func assignKey(dst reflect.Value, name string) error {
	if p, ok := dst.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return p.UnmarshalText([]byte(name))
	}
	if dst.Kind() == reflect.String {
		dst.SetString(name)
		return nil
	}
	if n, err := strconv.ParseInt(name, 10, 64); err == nil {
		return assignInt(dst, n)
	}
	if n, err := strconv.ParseUint(name, 10, 64); err == nil && dst.CanUint() && !dst.OverflowUint(n) {
		dst.SetUint(n)
		return nil
	}
	return misfit(dst, name)
}

func assignStruct(dst reflect.Value, o Object) error {
	for _, f := range fields.Of(dst.Type()) {
		v, ok := o.Get(f.Name)
		if !ok {
			continue
		}
		field, ok := f.Reach(dst)
		if !ok {
			return &TypeError{Value: "object", Type: field.Type(), Why: "nothing can be stored in an embedded pointer to a type that is not exported"}
		}
		if s, isString := v.(string); isString && f.Quoted {
			if err := Unmarshal(s, &v); err != nil {
				return misfit(field, s)
			}
		}
		if err := assign(field, v); err != nil {
			return err
		}
	}
	return nil
}

func misfit(dst reflect.Value, v any) error {
	kind := "value"
	switch v.(type) {
	case nil:
		kind = "null"
	case bool:
		kind = "bool"
	case string:
		kind = "string"
	case int64, *big.Int:
		kind = "integer"
	case float64:
		kind = "float"
	case []any:
		kind = "list"
	case Object:
		kind = "object"
	}
	return &TypeError{Value: kind, Type: dst.Type()}
}
