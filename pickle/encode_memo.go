package pickle

import (
	"encoding/binary"
	"strconv"
)

// recall writes a reference to a value that was written before; false if it was
// not.
func (e *encoder) recall(r ref) bool {
	i := e.memo.number(r)
	if i < 0 {
		return false
	}
	e.get(i)
	return true
}

// remember gives the value just written a number.
func (e *encoder) remember(r ref) {
	e.put()
	e.memo.add(r)
}

// skip gives the value just written a number that nothing will refer to, as
// Python does.
func (e *encoder) skip() {
	e.put()
	e.memo.next++
}

func (e *encoder) get(i int) {
	switch {
	case !e.binary():
		e.line(opGet, strconv.Itoa(i))
	case i < 256:
		e.buf = append(e.buf, opBinGet, byte(i))
	default:
		e.buf = binary.LittleEndian.AppendUint32(append(e.buf, opLongBinGet), uint32(i))
	}
}

func (e *encoder) put() {
	i := e.memo.next
	switch {
	case e.protocol >= 4:
		e.op(opMemoize)
	case !e.binary():
		e.line(opPut, strconv.Itoa(i))
	case i < 256:
		e.buf = append(e.buf, opBinPut, byte(i))
	default:
		e.buf = binary.LittleEndian.AppendUint32(append(e.buf, opLongBinPut), uint32(i))
	}
}

// line writes an opcode with a line of text as its argument.
func (e *encoder) line(code byte, text string) {
	e.buf = append(append(append(e.buf, code), text...), '\n')
}
