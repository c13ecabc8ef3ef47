package pyjson

import (
	"encoding"
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

const maxFloat = math.MaxFloat64

var stringType = reflect.TypeFor[string]()

// Append appends what Python's json.dumps(v, separators=(",", ":")) writes. It
// takes everything that encoding/json takes, by the same tags and interfaces,
// and integers, floats and strings as Python has them.
func Append(dst []byte, v any) ([]byte, error) { return appendAny(dst, v, 0) }

// AppendString is [Append] of a string, which it need not wrap. It is an error
// if s is not WTF-8.
func AppendString(dst []byte, s string) ([]byte, error) { return appendString(dst, s) }

func appendAny(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case string:
		return appendString(dst, v)
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v, 64), nil
	case []any:
		return appendItems(dst, v, depth)
	case Object:
		return appendMembers(dst, v, depth)
	}
	return appendSpecial(dst, v, depth)
}

func appendItems(dst []byte, items []any, depth int) (_ []byte, err error) {
	if depth >= MaxDepth {
		return nil, tooDeep(items)
	}
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendAny(dst, item, depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendMembers(dst []byte, members Object, depth int) (_ []byte, err error) {
	if depth >= MaxDepth {
		return nil, tooDeep(members)
	}
	dst = append(dst, '{')
	for i, m := range members {
		if dst, err = appendName(dst, m.Name, i == 0); err != nil {
			return nil, err
		}
		if dst, err = appendAny(dst, m.Value, depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendName(dst []byte, name string, first bool) ([]byte, error) {
	if !first {
		dst = append(dst, ',')
	}
	dst, err := appendString(dst, name)
	return append(dst, ':'), err
}

func tooDeep(v any) error {
	return &TypeError{Type: reflect.TypeOf(v), Why: "it is nested too deep, or contains itself"}
}

// appendSpecial writes types that say themselves how they are written.
func appendSpecial(dst []byte, v any, depth int) ([]byte, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return append(dst, "null"...), nil
	}
	switch v := v.(type) {
	case *big.Int:
		return appendBig(dst, v)
	case Raw:
		return appendRaw(dst, v, depth)
	case *Raw:
		return appendRaw(dst, *v, depth)
	case *Object:
		return appendMembers(dst, *v, depth)
	case json.Number:
		s := scanner{text: string(v)}
		if s.number() != nil || s.end() != nil {
			return nil, &TypeError{Type: rv.Type(), Why: "it is not a number"}
		}
		return append(dst, v...), nil
	case json.Marshaler:
		text, err := v.MarshalJSON()
		if err != nil {
			return nil, err
		}
		return rewrite(dst, string(text), depth)
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		if err != nil {
			return nil, err
		}
		return appendString(dst, string(text))
	}
	return appendValue(dst, rv, depth)
}

func appendRaw(dst []byte, text Raw, depth int) ([]byte, error) {
	return AppendASCII(dst, strings.Trim(string(text), " \t\r\n")), valid(string(text), depth)
}

// appendBig refuses what json.dumps refuses too, and json.loads would not read
// again.
func appendBig(dst []byte, n *big.Int) ([]byte, error) {
	start := len(dst)
	if n.BitLen() <= 4*MaxDigits { // otherwise it surely has more digits
		if dst = n.Append(dst, 10); len(strings.TrimPrefix(string(dst[start:]), "-")) <= MaxDigits {
			return dst, nil
		}
	}
	return nil, &TypeError{Type: reflect.TypeOf(n), Why: "it has too many digits"}
}

// rewrite writes JSON that Go code made, which is UTF-8, in Python's style.
func rewrite(dst []byte, text string, depth int) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, &TypeError{Type: stringType, Why: "it is not valid UTF-8"}
	}
	d := decoder{scanner: scanner{text: text, depth: depth}, isUTF8: true}
	v, err := d.whole()
	if err != nil {
		return nil, err
	}
	return appendAny(dst, v, depth)
}
