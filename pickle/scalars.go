package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"unicode/utf8"
	"unsafe"
)

// take returns the next n bytes.
func (d *decoder) take(n int64) (string, bool) {
	if n < 0 || n > int64(len(d.data)-d.pos) {
		return "", false
	}
	s := d.data[d.pos : d.pos+int(n)]
	d.pos += int(n)
	return s, true
}

// text reads a str of n bytes of UTF-8, in which Python allows surrogates.
func (d *decoder) text(n int64) error {
	s, ok := d.take(n)
	if !ok {
		return d.truncated()
	}
	if !validText(s) {
		return d.malformed("not UTF-8")
	}
	return d.pushString(s)
}

func (d *decoder) pushString(s string) error {
	return d.push(d.boxString(s))
}

func (d *decoder) boxString(s string) any {
	p := d.strings.one()
	*p = s
	return box(stringKind, unsafe.Pointer(p))
}

func (d *decoder) pushBytes(n int64) error {
	s, ok := d.take(n)
	if !ok {
		return d.truncated()
	}
	p := d.strings.one()
	*p = s
	return d.push(box(bytesKind, unsafe.Pointer(p)))
}

func (d *decoder) byteArray(n int64) error {
	s, ok := d.take(n)
	if !ok {
		return d.truncated()
	}
	return d.push(&ByteArray{[]byte(s)})
}

func (d *decoder) smallInt(v int64) error {
	if v < 0 {
		return d.truncated()
	}
	return d.pushInt(v)
}

func (d *decoder) binInt() error {
	v := d.arg(4)
	if v < 0 {
		return d.truncated()
	}
	return d.pushInt(int64(int32(v)))
}

func (d *decoder) pushInt(v int64) error {
	if uint64(v) < 256 { // which Go boxes without allocating
		return d.push(v)
	}
	p := d.words.one()
	*p = uint64(v)
	return d.push(box(intKind, unsafe.Pointer(p)))
}

func (d *decoder) pushFloat(v float64) error {
	p := d.words.one()
	*p = math.Float64bits(v)
	return d.push(box(floatKind, unsafe.Pointer(p)))
}

func (d *decoder) binFloat() error {
	s, ok := d.take(8)
	if !ok {
		return d.truncated()
	}
	var bits uint64
	for i := 0; i < 8; i++ {
		bits = bits<<8 | uint64(s[i])
	}
	return d.pushFloat(math.Float64frombits(bits))
}

// long reads an int of n bytes, little-endian in two's complement.
func (d *decoder) long(n int64) error {
	s, ok := d.take(n)
	if !ok {
		return d.truncated()
	}
	if len(s) <= 8 {
		var v uint64
		for i := len(s) - 1; i >= 0; i-- {
			v = v<<8 | uint64(s[i])
		}
		unused := 64 - 8*len(s)
		return d.pushInt(int64(v<<unused) >> unused)
	}
	b := make([]byte, len(s))
	for i := range b {
		b[i] = s[len(s)-1-i]
	}
	v := new(big.Int).SetBytes(b)
	if b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return d.pushBig(v)
}

func (d *decoder) pushBig(v *big.Int) error {
	if v.IsInt64() {
		return d.pushInt(v.Int64())
	}
	return d.push(v)
}

// validText reports whether s is UTF-8 in which lone surrogates may stand as
// three bytes each.
func validText(s string) bool {
	return isASCII(s) || validWTF8(s)
}

// isASCII looks at eight bytes at a time.
func isASCII(s string) bool {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func validWTF8(s string) bool {
	for len(s) > 0 {
		if s[0] < utf8.RuneSelf {
			s = s[1:]
			continue
		}
		_, n := utf8.DecodeRuneInString(s)
		if n == 1 { // of more than one byte, hence invalid
			if !isSurrogate(s) {
				return false
			}
			n = 3
		}
		s = s[n:]
	}
	return true
}

// isSurrogate reports whether s begins with the three bytes of a surrogate.
func isSurrogate(s string) bool {
	return len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] <= 0xbf && s[2] >= 0x80 && s[2] <= 0xbf
}
