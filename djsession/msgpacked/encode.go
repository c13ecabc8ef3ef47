package msgpacked

import (
	"bytes"
	"errors"
	"math/big"
	"time"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing/pyjson"
)

// encode writes a value of a session: as it was read, or by JSON's rules for what was set. Bytes and times are msgpack's own.
func encode(e *msgpack.Encoder, buf *bytes.Buffer, value any) error {
	switch v := value.(type) {
	case *held:
		buf.WriteString(string(*v))
		return nil
	case djsession.Held:
		plain, err := v.Plain()
		if err != nil {
			return err
		}
		return encodePlain(e, plain)
	case []byte:
		return e.EncodeBytes(v)
	case time.Time:
		return e.EncodeTime(v)
	case int:
		return e.EncodeInt(int64(v))
	case nil, bool, int64, float64, string:
		return encodePlain(e, v)
	}
	text, err := pyjson.Append(nil, value)
	if err != nil {
		return err
	}
	var plain any
	if err := pyjson.Unmarshal(string(text), &plain); err != nil {
		return err
	}
	return encodePlain(e, plain)
}

var errTooBig = errors.New("an integer of more than 64 bits")

func encodePlain(e *msgpack.Encoder, value any) error {
	switch v := value.(type) {
	case nil:
		return e.EncodeNil()
	case bool:
		return e.EncodeBool(v)
	case int64:
		return e.EncodeInt(v)
	case *big.Int:
		switch {
		case v.IsInt64():
			return e.EncodeInt(v.Int64())
		case v.IsUint64():
			return e.EncodeUint(v.Uint64())
		}
		return errTooBig
	case float64:
		return e.EncodeFloat64(v)
	case string:
		return encodeText(e, v)
	case []any:
		if err := e.EncodeArrayLen(len(v)); err != nil {
			return err
		}
		for _, item := range v {
			if err := encodePlain(e, item); err != nil {
				return err
			}
		}
		return nil
	case pyjson.Object:
		if err := e.EncodeMapLen(len(v)); err != nil {
			return err
		}
		for _, m := range v {
			if err := encodeText(e, m.Name); err != nil {
				return err
			}
			if err := encodePlain(e, m.Value); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.New("not a value of JSON")
}

var errNotText = errors.New("a string that is not UTF-8, which Python could not read again")

func encodeText(e *msgpack.Encoder, s string) error {
	if !utf8.ValidString(s) {
		return errNotText
	}
	return e.EncodeString(s)
}
