package pyzlib

import (
	"encoding/binary"
	"hash/adler32"
	"math"
	"sync"
)

// Decompress appends the uncompressed content of a zlib stream (RFC 1950, 1951)
// to dst. Content larger than max bytes is [ErrTooLarge]; an incomplete or
// damaged stream is [ErrMalformed]. Bytes after the stream are ignored, as in
// Python. The whole input and the whole output are in memory, so there is no
// window to keep and nothing to resume: a usual session takes half the time
// that compress/zlib needs, with which the tests compare it. Python:
// zlib.decompress.
func Decompress(dst, src []byte, max int) ([]byte, error) {
	if len(src) < 2 || src[0]&0x0f != 8 || src[0]>>4 > 7 || binary.BigEndian.Uint16(src)%31 != 0 || src[1]&0x20 != 0 {
		return nil, ErrMalformed // not deflated, a window there is none of, or with a dictionary
	}
	f, _ := inflaters.Get().(*inflater)
	if f == nil {
		f = new(inflater)
	}
	defer inflaters.Put(f)
	f.in = bitReader{src: src, pos: 2}
	f.out, f.start, f.max = dst[:cap(dst)], len(dst), min(max, math.MaxInt-len(dst)-turn)
	n, err := f.blocks(len(dst))
	out := f.out
	src = f.in.rest()
	f.in, f.out = bitReader{}, nil
	switch {
	case err != nil:
		return nil, err
	case n-len(dst) > max:
		return nil, ErrTooLarge
	case len(src) < 4 || binary.BigEndian.Uint32(src) != adler32.Checksum(out[len(dst):n]):
		return nil, ErrMalformed
	}
	return out[:n], nil
}

var inflaters sync.Pool

// An inflater is what one call needs, kept for the next.
type inflater struct {
	in         bitReader
	out        []byte
	start, max int

	literals, distances, lengths huffmanTable
	symbols                      [maxLiterals + maxDistances]coded // as they are read
}

// blocks unpacks all blocks to out[n:] and returns the end.
func (f *inflater) blocks(n int) (int, error) {
	for final := false; !final; {
		f.in.fill()
		header := f.in.take(3)
		final = header&1 != 0
		var err error
		switch header >> 1 {
		case 0:
			n, err = f.stored(n)
		case 1:
			fixed := fixedTables()
			n, err = f.block(n, &fixed.literals, &fixed.distances)
		case 2:
			if !f.readTables() {
				return 0, ErrMalformed
			}
			n, err = f.block(n, &f.literals, &f.distances)
		default:
			err = ErrMalformed
		}
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

// stored copies a block that is not packed.
func (f *inflater) stored(n int) (int, error) {
	src := f.in.rest()
	if len(src) < 4 {
		return 0, ErrMalformed
	}
	size := int(binary.LittleEndian.Uint16(src))
	if src = src[4:]; size != int(^binary.LittleEndian.Uint16(f.in.rest()[2:])) || len(src) < size {
		return 0, ErrMalformed
	}
	if len(f.out)-n < size {
		if err := f.grow(n, size); err != nil {
			return 0, err
		}
	}
	copy(f.out[n:], src[:size])
	f.in = bitReader{src: src, pos: size}
	return n + size, nil
}

// grow makes room for more bytes behind the first n, within the bound.
func (f *inflater) grow(n, more int) error {
	if n-f.start > f.max {
		return ErrTooLarge
	}
	room := min(max(2*len(f.out), 4*len(f.in.src)), f.start+f.max+turn) // with less, the last bytes would come here again for each turn
	out := make([]byte, max(room, n+more, 1024))
	copy(out, f.out[:n])
	f.out = out
	return nil
}

const (
	longest = 258         // match
	turn    = longest + 1 // what one turn of block writes at most
)

// block unpacks a block of literals and matches.
func (f *inflater) block(n int, literals, distances *huffmanTable) (int, error) {
	in := f.in
	out := f.out
	for {
		if len(out)-n < turn {
			if err := f.grow(n, turn); err != nil {
				return 0, err
			}
			out = f.out
		}
		in.fill() // enough for all that one turn takes: 15 + 5 + 15 + 13 bits
		e := literals.entry(in.bits)
		if e&isLiteral != 0 { // a second one may follow at once
			in.drop(e)
			out[n] = byte(e >> valueShift)
			n++
			e = literals.entry(in.bits)
			if e&isLiteral != 0 {
				in.drop(e)
				out[n] = byte(e >> valueShift)
				n++
				if in.overrun() {
					return 0, ErrMalformed
				}
				continue
			}
			in.fill()
		}
		in.drop(e)
		if e&isSpecial != 0 {
			if e&isEnd == 0 || in.overrun() {
				return 0, ErrMalformed
			}
			f.in = in
			return n, nil
		}
		length := in.value(e)
		e = distances.entry(in.bits)
		in.drop(e)
		distance := in.value(e)
		if e&isSpecial != 0 || distance > n-f.start || in.overrun() {
			return 0, ErrMalformed
		}
		if distance >= length {
			copy(out[n:n+length], out[n-distance:])
		} else {
			for i := n; i < n+length; i++ {
				out[i] = out[i-distance]
			}
		}
		n += length
	}
}

// codeOrder is the order in which the lengths of the code for lengths are
// written.
var codeOrder = [...]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// readTables reads the codes of a dynamic block, as strictly as zlib.
func (f *inflater) readTables() bool {
	in := &f.in
	in.fill()
	literals, distances, lengths := in.take(5)+257, in.take(5)+1, in.take(4)+4
	if literals > maxLiterals || distances > maxDistances {
		return false
	}
	var order [len(codeOrder)]uint8
	for _, symbol := range codeOrder[:lengths] {
		in.fill()
		order[symbol] = uint8(in.take(3))
	}
	symbols := f.symbols[:0]
	for symbol, n := range order {
		if n > 0 {
			symbols = append(symbols, coded{uint16(symbol), n})
		}
	}
	if !f.lengths.build(symbols, plainEntries[:], false) {
		return false
	}
	symbols, ok := f.readSymbols(literals + distances)
	first, ends := 0, false
	for first < len(symbols) && int(symbols[first].symbol) < literals {
		ends = ends || symbols[first].symbol == endOfBlock
		first++
	}
	for i := range symbols[first:] {
		symbols[first+i].symbol -= uint16(literals)
	}
	return ok && ends && f.literals.build(symbols[:first], literalEntries[:], true) &&
		f.distances.build(symbols[first:], distanceEntries[:], true)
}

// readSymbols reads the lengths of so many codes and returns the symbols that
// have one.
func (f *inflater) readSymbols(all int) ([]coded, bool) {
	in := &f.in
	symbols := f.symbols[:0]
	var last uint8
	for i := 0; i < all; {
		in.fill()
		e := f.lengths.entry(in.bits)
		if e&isSpecial != 0 {
			return nil, false
		}
		in.drop(e)
		length, times := uint8(e>>valueShift), 1
		switch length {
		case 16:
			if i == 0 {
				return nil, false
			}
			length, times = last, 3+in.take(2)
		case 17:
			length, times = 0, 3+in.take(3)
		case 18:
			length, times = 0, 11+in.take(7)
		}
		if i+times > all || in.overrun() {
			return nil, false
		}
		if last = length; length == 0 {
			i += times
			continue
		}
		for ; times > 0; times-- {
			symbols = append(symbols, coded{uint16(i), length})
			i++
		}
	}
	return symbols, true
}
