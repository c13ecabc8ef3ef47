package pickle

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"
)

// MarshalJSON writes the dict as Python's json.dumps does: names in order, keys
// that are numbers, None or bools as names, NaN and infinities as such, which
// encoding/json refuses to take. A value without JSON in Python, such as a set
// or a datetime, is an error.
func (d *Dict) MarshalJSON() ([]byte, error) { return new(jsonWriter).whole(d) }

// MarshalJSON writes the list as [Dict.MarshalJSON] does.
func (l *List) MarshalJSON() ([]byte, error) { return new(jsonWriter).whole(l) }

// MarshalJSON writes the text.
func (s SafeString) MarshalJSON() ([]byte, error) { return new(jsonWriter).whole(s) }

// These have no JSON in Python. Without a method Go would make some of them up.

func (Bytes) MarshalJSON() ([]byte, error)       { return noJSON(Bytes("")) }
func (*ByteArray) MarshalJSON() ([]byte, error)  { return noJSON((*ByteArray)(nil)) }
func (*Set) MarshalJSON() ([]byte, error)        { return noJSON((*Set)(nil)) }
func (*FrozenSet) MarshalJSON() ([]byte, error)  { return noJSON((*FrozenSet)(nil)) }
func (*Deque) MarshalJSON() ([]byte, error)      { return noJSON((*Deque)(nil)) }
func (*Object) MarshalJSON() ([]byte, error)     { return noJSON((*Object)(nil)) }
func (*Message) MarshalJSON() ([]byte, error)    { return noJSON((*Message)(nil)) }
func (*LazyString) MarshalJSON() ([]byte, error) { return noJSON((*LazyString)(nil)) }
func (Date) MarshalJSON() ([]byte, error)        { return noJSON(Date{}) }
func (Time) MarshalJSON() ([]byte, error)        { return noJSON(Time{}) }
func (DateTime) MarshalJSON() ([]byte, error)    { return noJSON(DateTime{}) }
func (TimeDelta) MarshalJSON() ([]byte, error)   { return noJSON(TimeDelta{}) }
func (Decimal) MarshalJSON() ([]byte, error)     { return noJSON(Decimal("")) }
func (UUID) MarshalJSON() ([]byte, error)        { return noJSON(UUID{}) }

func noJSON(v any) ([]byte, error) {
	return nil, &TypeError{Reason: pythonType(v) + " as JSON, which has no such thing"}
}

// jsonMax bounds the text, since shared values are written out each time.
const jsonMax = 8 << 20

type jsonWriter struct {
	b     []byte
	depth int
	open  map[ref]bool // the containers being written
}

func (w *jsonWriter) whole(v any) ([]byte, error) {
	if err := w.value(v); err != nil {
		return nil, err
	}
	return w.b, nil
}

func (w *jsonWriter) value(v any) error {
	if len(w.b) > jsonMax {
		return ErrTooLarge
	}
	if w.depth++; w.depth > defaultMaxDepth {
		return ErrTooDeep
	}
	defer func() { w.depth-- }()
	if nests(v) {
		id := identityOf(v)
		if w.open[id] {
			return ErrCircular
		}
		if w.open == nil {
			w.open = make(map[ref]bool)
		}
		w.open[id] = true
		defer delete(w.open, id)
	}
	switch v := v.(type) {
	case string:
		w.text(v)
	case SafeString:
		w.text(v.Text)
	case *List:
		if v != nil {
			return w.items(v.Items)
		}
		w.word("null")
	case Tuple:
		return w.items(v)
	case nil, bool, int64, float64, *big.Int:
		text, err := jsonScalar(v)
		w.word(text)
		return err
	default:
		if d, ok := AsDict(v); ok {
			return w.dict(d)
		}
		if isNil(v) {
			w.word("null")
			return nil
		}
		if pythonType(v) != "value" {
			_, err := noJSON(v)
			return err
		}
		text, err := json.Marshal(v) // a Go value that was put there
		w.word(string(text))
		return err
	}
	return nil
}

func (w *jsonWriter) word(text string) { w.b = append(w.b, text...) }

func (w *jsonWriter) items(items []any) error {
	w.word("[")
	for i, item := range items {
		if i > 0 {
			w.word(",")
		}
		if err := w.value(item); err != nil {
			return err
		}
	}
	w.word("]")
	return nil
}

func (w *jsonWriter) dict(d *Dict) error {
	w.word("{")
	for i, it := range d.items {
		if i > 0 {
			w.word(",")
		}
		switch key := it.Key.(type) {
		case string:
			w.text(key)
		case SafeString:
			w.text(key.Text)
		default:
			name, err := jsonScalar(key)
			if err != nil {
				return err
			}
			w.text(name)
		}
		w.word(":")
		if err := w.value(it.Value); err != nil {
			return err
		}
	}
	w.word("}")
	return nil
}

func jsonScalar(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "null", nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case *big.Int:
		if v.BitLen() > 4*maxDigits {
			return "", ErrTooLarge
		}
		return v.String(), nil
	case float64:
		switch {
		case math.IsNaN(v):
			return "NaN", nil
		case math.IsInf(v, 0):
			return map[bool]string{true: "Infinity", false: "-Infinity"}[v > 0], nil
		}
		return reprFloat(v), nil
	}
	_, err := noJSON(v)
	return "", err
}

// text writes a string. Lone surrogates are escaped, because JSON has no other
// form for them.
func (w *jsonWriter) text(s string) {
	w.word(`"`)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isSurrogate(s[i:]):
			r, n = rune(s[i]&0xf)<<12|rune(s[i+1]&0x3f)<<6|rune(s[i+2]&0x3f), 3
			w.b = appendHex(append(w.b, `\u`...), uint32(r), 4)
		case r == '"' || r == '\\':
			w.b = append(w.b, '\\', byte(r))
		case r < ' ':
			w.b = appendHex(append(w.b, `\u`...), uint32(r), 4)
		default:
			w.b = utf8.AppendRune(w.b, r)
		}
		i += n
	}
	w.word(`"`)
}
