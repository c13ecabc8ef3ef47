package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"unicode/utf8"
)

func (e *encoder) bool(v bool) {
	switch {
	case e.protocol >= 2 && v:
		e.op(opNewTrue)
	case e.protocol >= 2:
		e.op(opNewFalse)
	case v:
		e.line(opInt, "01")
	default:
		e.line(opInt, "00")
	}
}

func (e *encoder) int(v int64) {
	switch {
	case e.protocol == 0 && int64(int32(v)) == v:
		e.line(opInt, strconv.FormatInt(v, 10))
	case e.protocol == 0:
		e.line(opLong, strconv.FormatInt(v, 10)+"L")
	case 0 <= v && v < 1<<8:
		e.buf = append(e.buf, opBinInt1, byte(v))
	case 0 <= v && v < 1<<16:
		e.buf = append(e.buf, opBinInt2, byte(v), byte(v>>8))
	case int64(int32(v)) == v:
		e.buf = binary.LittleEndian.AppendUint32(append(e.buf, opBinInt), uint32(v))
	case e.protocol == 1:
		e.line(opLong, strconv.FormatInt(v, 10)+"L")
	default:
		n := bits.Len64(uint64(v^v>>63))/8 + 1
		e.buf = append(e.buf, opLong1, byte(n))
		for i := 0; i < n; i++ {
			e.buf = append(e.buf, byte(v>>(8*i)))
		}
	}
}

func (e *encoder) bigInt(v *big.Int) error {
	if v.IsInt64() {
		e.int(v.Int64())
		return nil
	}
	if e.protocol < 2 {
		text := hexText(v) // Python refuses to read more decimal digits
		if v.BitLen() < 3*maxDigits {
			text = v.Text(10)
		}
		e.line(opLong, text+"L")
		return nil
	}
	n, twos := v.BitLen()/8+1, v
	if v.Sign() < 0 {
		n = new(big.Int).Not(v).BitLen()/8 + 1
		twos = new(big.Int).Add(v, new(big.Int).Lsh(big.NewInt(1), uint(8*n)))
	}
	if n > math.MaxInt32 {
		return &TypeError{Reason: "an int too large for any protocol"}
	}
	header := []byte{opLong1, byte(n)}
	if n > 255 {
		header = binary.LittleEndian.AppendUint32([]byte{opLong4}, uint32(n))
	}
	e.buf = append(e.buf, header...)
	start := len(e.buf)
	e.buf = append(e.buf, make([]byte, n)...)
	b := twos.FillBytes(e.buf[start:])
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return nil
}

func hexText(v *big.Int) string {
	text := v.Text(16)
	if text[0] == '-' {
		return "-0x" + text[1:]
	}
	return "0x" + text
}

func (e *encoder) float(v float64) {
	if e.binary() {
		e.buf = binary.BigEndian.AppendUint64(append(e.buf, opBinFloat), math.Float64bits(v))
		return
	}
	switch {
	case math.IsNaN(v):
		e.line(opFloat, "nan")
	case math.IsInf(v, 1):
		e.line(opFloat, "inf")
	case math.IsInf(v, -1):
		e.line(opFloat, "-inf")
	default:
		e.line(opFloat, strconv.FormatFloat(v, 'g', -1, 64))
	}
}

// text writes a str.
func (e *encoder) text(s string) error {
	r := textRef(s)
	e.memo.reserve()
	slot := e.memo.find(r)
	if slot.number != 0 {
		e.get(slot.number - 1)
		return nil
	}
	if !validText(s) {
		return &TypeError{Reason: "a string that is not UTF-8; bytes are []byte or Bytes"}
	}
	n := len(s)
	switch {
	case !e.binary():
		e.op(opUnicode)
		e.buf = appendEscaped(e.buf, s)
		e.op('\n')
	case e.protocol >= 4 && n < 256:
		e.buf = append(append(e.buf, opShortBinUnicode, byte(n)), s...)
	case uint64(n) <= math.MaxUint32:
		e.bulk(opBinUnicode, 4, s)
	case e.protocol >= 4:
		e.bulk(opBinUnicode8, 8, s)
	default:
		return &TypeError{Reason: "a string too long for this protocol"}
	}
	e.put()
	e.memo.take(slot, r)
	return nil
}

// appendEscaped appends s in latin-1, what does not fit as \uXXXX or
// \UXXXXXXXX, and what would end the line too.
func appendEscaped(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if n == 1 && isSurrogate(s[i:]) {
			r, n = rune(s[i]&0xf)<<12|rune(s[i+1]&0x3f)<<6|rune(s[i+2]&0x3f), 3
		}
		i += n
		width := 0
		switch {
		case r > 0xffff:
			b, width = append(b, `\U`...), 8
		case r > 0xff, r == '\\', r == 0, r == '\n', r == '\r', r == 0x1a:
			b, width = append(b, `\u`...), 4
		default:
			b = append(b, byte(r))
		}
		b = appendHex(b, uint32(r), width)
	}
	return b
}

// bytes writes a bytes object, which is known by r.
func (e *encoder) bytes(s string, r ref) error {
	if e.recall(r) {
		return nil
	}
	n := len(s)
	switch {
	case e.protocol < 3 && n == 0:
		return e.reduce(r, Class{"builtins", "bytes"})
	case e.protocol < 3:
		return e.reduce(r, Class{"_codecs", "encode"}, fromLatin1(s), "latin1")
	case n < 256:
		e.buf = append(append(e.buf, opShortBinBytes, byte(n)), s...)
	case uint64(n) <= math.MaxUint32:
		e.bulk(opBinBytes, 4, s)
	case e.protocol >= 4:
		e.bulk(opBinBytes8, 8, s)
	default:
		return &TypeError{Reason: "bytes too long for this protocol"}
	}
	e.remember(r)
	return nil
}

func (e *encoder) byteArray(data []byte, r ref) error {
	switch {
	case e.recall(r):
		return nil
	case e.protocol >= 5:
		e.bulk(opByteArray8, 8, string(data))
		e.remember(r)
		return nil
	case len(data) == 0:
		return e.reduce(r, Class{"builtins", "bytearray"})
	case e.protocol < 3:
		return e.reduce(r, Class{"builtins", "bytearray"}, fromLatin1(string(data)), "latin-1")
	}
	return e.reduce(r, Class{"builtins", "bytearray"}, Bytes(data))
}
