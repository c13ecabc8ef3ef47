package pickle

import "encoding/binary"

const (
	frameSize   = 64 << 10 // a frame ends at the first value after so many bytes
	frameHeader = 9
	frameLeast  = 4 // below which a frame has no header
)

// openFrame leaves room for a frame's header.
func (e *encoder) openFrame() {
	e.frame = len(e.buf)
	e.buf = append(e.buf, opFrame, 0, 0, 0, 0, 0, 0, 0, 0)
}

// closeFrame completes the header, or takes it away from a frame that is too
// short for one.
func (e *encoder) closeFrame() {
	if e.frame < 0 {
		return
	}
	body := e.buf[e.frame+frameHeader:]
	if len(body) < frameLeast {
		e.buf = append(e.buf[:e.frame], body...)
	} else {
		binary.LittleEndian.PutUint64(e.buf[e.frame+1:], uint64(len(body)))
	}
	e.frame = -1
}

// bulk writes an opcode whose argument is data after its length in width bytes;
// outside the frames if it is large.
func (e *encoder) bulk(code byte, width int, data string) {
	large := e.frame >= 0 && len(data) >= frameSize
	if large {
		e.closeFrame()
	}
	e.op(code)
	for i, n := 0, len(data); i < width; i++ {
		e.op(byte(n))
		n >>= 8
	}
	e.buf = append(e.buf, data...)
	if large {
		e.openFrame()
	}
}
