package pickle

import (
	"bytes"
	"errors"
	"sync"
)

// Marshal returns the pickle of the Go value v: [Unmarshal] is the reverse. It
// is [Dumps] by the name that encoding/json has for it.
func Marshal(v any, opts *EncodeOptions) ([]byte, error) { return Dumps(v, opts) }

// Dumps returns v as Python's pickle.dumps writes the value that v stands for:
// [Loads] is the reverse. The package documentation says which value that is. v
// may be what [Loads] returned, hold plain Go values, or both. Values that are
// shared, or that refer to themselves, through pointers and maps stay so. A nil
// opts is the zero EncodeOptions: protocol 4.
//
// The error is a [*TypeError] if a value cannot be written, or wraps
// [ErrTooDeep].
func Dumps(v any, opts *EncodeOptions) ([]byte, error) {
	if opts == nil {
		opts = &defaultEncodeOptions
	}
	protocol, ok := opts.protocol()
	if !ok {
		return nil, errors.New("pickle: Protocol must be 1 to 5, or ProtocolZero")
	}
	e := encoders.Get().(*encoder)
	e.opts, e.protocol = opts, protocol
	err := e.pickle(v)
	var data []byte
	if err == nil {
		data = bytes.Clone(e.buf)
	}
	e.release()
	return data, err
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encoder writes opcodes.
type encoder struct {
	buf      []byte
	opts     *EncodeOptions
	protocol int
	frame    int // where the header of the current frame stands, -1 for none
	depth    int
	memo     refs
	classes  map[Class]int // memo numbers
	making   map[*Object]bool
}

func (e *encoder) pickle(v any) error {
	e.frame = -1
	if e.protocol >= 2 {
		e.buf = append(e.buf, opProto, byte(e.protocol))
	}
	if e.protocol >= 4 {
		e.openFrame()
	}
	if err := e.encode(v); err != nil {
		return err
	}
	e.buf = append(e.buf, opStop)
	e.closeFrame()
	return nil
}

func (e *encoder) release() {
	const keep = 1 << 16
	buf := e.buf[:0]
	if cap(buf) > keep {
		buf = nil
	}
	e.memo.clear()
	*e = encoder{buf: buf, memo: e.memo}
	encoders.Put(e)
}

// encode writes one value.
func (e *encoder) encode(v any) error {
	if e.frame >= 0 && len(e.buf)-e.frame > frameSize {
		e.closeFrame()
		e.openFrame()
	}
	if e.opts.PersistentID != nil {
		if id, ok := e.opts.PersistentID(v); ok {
			return e.persistent(id)
		}
	}
	return e.value(v)
}

func (e *encoder) value(v any) error {
	switch v := v.(type) {
	case string:
		return e.text(v)
	case int64:
		e.int(v)
	case nil:
		e.op(opNone)
	case bool:
		e.bool(v)
	case *Dict:
		if v == nil {
			e.op(opNone)
			return nil
		}
		return e.dict(v)
	case *List:
		if v == nil {
			e.op(opNone)
			return nil
		}
		return e.list(v)
	case Tuple:
		return e.tuple(v)
	case float64:
		e.float(v)
	case map[string]any:
		return e.stringMap(v)
	case []any:
		return e.slice(v)
	default:
		return e.other(v)
	}
	return nil
}

func (e *encoder) op(code byte) { e.buf = append(e.buf, code) }

// binary reports whether the protocol is not the textual one.
func (e *encoder) binary() bool { return e.protocol > 0 }

func (e *encoder) enter() error {
	e.depth++
	if e.depth > e.opts.maxDepth() {
		return ErrTooDeep
	}
	return nil
}

func (e *encoder) leave() { e.depth-- }
