package msgpacked

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/djsession/djsession-go/pyjson"
)

// held is a value as the bytes it was read from, which are whole and not nested
// too deep.
type held string

func (h *held) Text() (string, bool) { return text(string(*h)) }

// Decode gives what JSON can say by JSON's rules, and the rest as package
// msgpack reads it.
func (h *held) Decode(dst any) error {
	plain, err := h.Plain()
	if err != nil {
		d := msgpack.NewDecoder(strings.NewReader(string(*h)))
		d.SetCustomStructTag("json")
		return d.Decode(dst)
	}
	if p, ok := dst.(*any); ok {
		*p = plain
		return nil
	}
	text, err := pyjson.Append(nil, plain)
	if err != nil {
		return err
	}
	return pyjson.Unmarshal(string(text), dst)
}

func (h *held) Plain() (any, error) {
	return plain(msgpack.NewDecoder(strings.NewReader(string(*h))))
}

func plain(d *msgpack.Decoder) (any, error) {
	code, err := d.PeekCode()
	if err != nil {
		return nil, err
	}
	switch {
	case code == msgpcode.Nil:
		return nil, d.DecodeNil()
	case code == msgpcode.True || code == msgpcode.False:
		return d.DecodeBool()
	case code == msgpcode.Float || code == msgpcode.Double:
		return d.DecodeFloat64()
	case code == msgpcode.Uint64:
		n, err := d.DecodeUint64()
		if err != nil || n <= 1<<63-1 {
			return int64(n), err
		}
		return new(big.Int).SetUint64(n), nil
	case msgpcode.IsFixedNum(code) || code >= msgpcode.Uint8 && code <= msgpcode.Int64:
		return d.DecodeInt64()
	case msgpcode.IsString(code):
		return d.DecodeString()
	case msgpcode.IsFixedArray(code) || code == msgpcode.Array16 || code == msgpcode.Array32:
		return plainList(d)
	case msgpcode.IsFixedMap(code) || code == msgpcode.Map16 || code == msgpcode.Map32:
		return plainObject(d)
	}
	return nil, fmt.Errorf("bytes and extensions of msgpack have no JSON form")
}

func plainList(d *msgpack.Decoder) (any, error) {
	n, err := d.DecodeArrayLen()
	if err != nil {
		return nil, err
	}
	list := make([]any, n)
	for i := range list {
		if list[i], err = plain(d); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func plainObject(d *msgpack.Decoder) (any, error) {
	n, err := d.DecodeMapLen()
	if err != nil {
		return nil, err
	}
	object := make(pyjson.Object, n)
	for i := range object {
		key, err := plain(d)
		if err != nil {
			return nil, err
		}
		if object[i].Name, err = pyjson.NameOf(key); err != nil {
			return nil, err
		}
		if object[i].Value, err = plain(d); err != nil {
			return nil, err
		}
	}
	return object, nil
}
