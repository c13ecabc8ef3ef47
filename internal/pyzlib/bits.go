package pyzlib

import "encoding/binary"

// A bitReader reads bits, the lowest of each byte first. Beyond the end there
// are zeros; overrun tells whether any were taken.
type bitReader struct {
	src  []byte
	pos  int    // of the next byte
	bits uint64 // read but not taken
	have int    // how many of them; negative after an overrun
}

// fill makes sure that 56 bits are there.
func (r *bitReader) fill() {
	if r.pos+8 <= len(r.src) && r.have >= 0 {
		r.bits |= binary.LittleEndian.Uint64(r.src[r.pos:]) << r.have
		r.pos += (63 - r.have) >> 3
		r.have |= 56
		return
	}
	for r.have >= 0 && r.have <= 56 && r.pos < len(r.src) {
		r.bits |= uint64(r.src[r.pos]) << r.have
		r.pos++
		r.have += 8
	}
}

// take returns the next n bits.
func (r *bitReader) take(n int) int {
	v := int(r.bits & (1<<n - 1))
	r.bits >>= n
	r.have -= n
	return v
}

// drop passes over the code of an entry.
func (r *bitReader) drop(e uint32) {
	n := e & lengthMask
	r.bits >>= n
	r.have -= int(n)
}

// value returns the value of an entry, with its extra bits.
func (r *bitReader) value(e uint32) int {
	return int(e>>valueShift) + r.take(int(e>>extraShift&lengthMask))
}

func (r *bitReader) overrun() bool { return r.have < 0 }

// rest returns the whole bytes that were not touched.
func (r *bitReader) rest() []byte {
	if r.have < 0 {
		return nil
	}
	return r.src[r.pos-r.have/8:]
}

// A bitWriter writes bits, the lowest of each byte first.
type bitWriter struct {
	dst  []byte
	bits uint64
	have int
}

// put writes the n low bits of v, at most 16, which has no others.
func (w *bitWriter) put(v uint64, n int) {
	w.bits |= v << w.have
	if w.have += n; w.have >= 48 {
		w.dst = binary.LittleEndian.AppendUint64(w.dst, w.bits)[:len(w.dst)+6]
		w.bits >>= 48
		w.have -= 48
	}
}

func (w *bitWriter) code(c code) { w.put(uint64(c&0xffff), int(c>>16)) }

// align goes on with the next byte.
func (w *bitWriter) align() {
	for ; w.have > 0; w.have -= 8 {
		w.dst = append(w.dst, byte(w.bits))
		w.bits >>= 8
	}
	w.bits, w.have = 0, 0
}

func (w *bitWriter) finish() []byte {
	w.align()
	return w.dst
}
