package msgpacked

import (
	"bytes"
	"errors"
	"maps"
	"math/big"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// encode writes a value of a session: as it was read, or by JSON's rules for
// what was set. Bytes and times are msgpack's own, also within the maps and
// lists that are made of what was read.
func encode(e *msgpack.Encoder, buf *bytes.Buffer, value any, left int) error {
	if left < 0 {
		return errTooDeep // to be read again
	}
	switch v := value.(type) {
	case *held:
		buf.WriteString(string(*v))
		return nil
	case djsession.RawValue:
		plain, err := v.Plain()
		if err != nil {
			return err
		}
		return encode(e, buf, plain, left)
	case []byte:
		return e.EncodeBytes(v)
	case time.Time:
		return e.EncodeTime(v)
	case nil:
		return e.EncodeNil()
	case bool:
		return e.EncodeBool(v)
	case int:
		return e.EncodeInt(int64(v))
	case int64:
		return e.EncodeInt(v)
	case *big.Int:
		return encodeBig(e, v)
	case float64:
		return e.EncodeFloat64(v)
	case string:
		return encodeText(e, v)
	case []any:
		if v != nil {
			return encodeList(e, buf, v, left)
		}
		return e.EncodeNil()
	case pyjson.Object:
		return encodeObject(e, buf, v, left)
	case map[string]any:
		if v != nil {
			return encodeMap(e, buf, v, left)
		}
		return e.EncodeNil()
	}
	text, err := pyjson.Append(nil, value)
	if err != nil {
		return err
	}
	var plain any
	if err := pyjson.Unmarshal(string(text), &plain); err != nil {
		return err
	}
	return encode(e, buf, plain, left)
}

var (
	errTooBig  = errors.New("an integer of more than 64 bits")
	errTooDeep = errors.New("nested too deep, or it contains itself")
)

func encodeBig(e *msgpack.Encoder, n *big.Int) error {
	switch {
	case n == nil:
		return e.EncodeNil()
	case n.IsInt64():
		return e.EncodeInt(n.Int64())
	case n.IsUint64():
		return e.EncodeUint(n.Uint64())
	}
	return errTooBig
}

func encodeList(e *msgpack.Encoder, buf *bytes.Buffer, list []any, left int) error {
	if err := e.EncodeArrayLen(len(list)); err != nil {
		return err
	}
	for _, item := range list {
		if err := encode(e, buf, item, left-1); err != nil {
			return err
		}
	}
	return nil
}

func encodeObject(e *msgpack.Encoder, buf *bytes.Buffer, object pyjson.Object, left int) error {
	if err := e.EncodeMapLen(len(object)); err != nil {
		return err
	}
	for _, m := range object {
		if err := encodeText(e, m.Name); err != nil {
			return err
		}
		if err := encode(e, buf, m.Value, left-1); err != nil {
			return err
		}
	}
	return nil
}

func encodeMap(e *msgpack.Encoder, buf *bytes.Buffer, values map[string]any, left int) error {
	var object pyjson.Object
	for _, name := range slices.Sorted(maps.Keys(values)) { // as everywhere
		object = append(object, pyjson.Member{Name: name, Value: values[name]})
	}
	return encodeObject(e, buf, object, left)
}

var errNotText = errors.New("a string that is not UTF-8, which Python could not read again")

func encodeText(e *msgpack.Encoder, s string) error {
	if !utf8.ValidString(s) {
		return errNotText
	}
	return e.EncodeString(s)
}
