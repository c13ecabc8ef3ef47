package pyzlib

import (
	"encoding/binary"
	"hash/adler32"
	"math/bits"
	"sync"
)

// Compress appends src as a zlib stream (RFC 1950, 1951). Like [Decompress] it
// has all of its input at once. It looks less far for matches than zlib at the
// level Python uses, and for a usual session takes a quarter of the time of
// compress/zlib; the result is about as long. Python: zlib.compress.
func Compress(dst, src []byte) []byte {
	d, _ := deflaters.Get().(*deflater)
	if d == nil {
		d = new(deflater)
	}
	defer deflaters.Put(d)
	d.out.dst = append(dst, 0x78, 0x9c)
	d.compress(src)
	dst = d.out.finish()
	d.out = bitWriter{}
	return binary.BigEndian.AppendUint32(dst, adler32.Checksum(src))
}

var deflaters sync.Pool

const (
	window     = 1 << 15
	minMatch   = 4  // shorter ones are rarely worth their distance
	maxChain   = 8  // candidates to look at
	goodMatch  = 16 // long enough to look no further
	blockItems = 1 << 14
	hashBits   = 13
)

// A deflater is what one call needs, kept for the next: 240 KB.
type deflater struct {
	out   bitWriter
	heads [1 << hashBits]int32 // by hash: the last place it was seen at, and one more
	chain [window]int32        // by place: the one before with the same hash, and one more

	items     []uint32 // of a block: literals, and matches as length and distance
	literals  [maxLiterals]uint32
	distances [maxDistances]uint32
	coder     blockCoder
}

const isMatch = 1 << 31

// compress turns src into literals and matches, and those into blocks.
func (d *deflater) compress(src []byte) {
	shift := 32 - min(max(bits.Len(uint(len(src))), 8), hashBits)
	clear(d.heads[:1<<(32-shift)])
	d.reset()
	begin := 0 // of the block
	insert := func(at int) {
		h := hash4(src[at:], shift)
		d.chain[at%window] = d.heads[h]
		d.heads[h] = int32(at + 1)
	}
	last := len(src) - minMatch // where a match can begin
	for at := 0; at < len(src); {
		length, distance := 0, 0
		if at <= last {
			length, distance = d.find(src, at, shift)
			insert(at)
		}
		if length > 0 && length < goodMatch && at < last {
			// One further there may be a longer one.
			if next, back := d.find(src, at+1, shift); next > length {
				d.literal(src[at])
				at++
				insert(at)
				length, distance = next, back
			}
		}
		if length == 0 {
			d.literal(src[at])
			at++
		} else {
			d.match(length, distance)
			for i := at + 1; i < at+length && i <= last; i++ {
				insert(i)
			}
			at += length
		}
		if len(d.items) >= blockItems-1 && at < len(src) {
			d.block(src[begin:at], false)
			begin = at
		}
	}
	d.block(src[begin:], true)
}

func hash4(b []byte, shift int) uint32 {
	return binary.LittleEndian.Uint32(b) * 0x9E3779B1 >> shift
}

// find returns the longest match for what is at a place, or 0.
func (d *deflater) find(src []byte, at, shift int) (length, distance int) {
	most := min(len(src)-at, longest)
	here := src[at : at+most]
	length = minMatch - 1
	candidate := int(d.heads[hash4(here, shift)]) - 1
	for range maxChain {
		if candidate < 0 || at-candidate > window {
			break
		}
		there := src[candidate : candidate+most]
		if there[length] == here[length] {
			if n := common(there, here); n > length {
				length, distance = n, at-candidate
				if n == most || n >= longest/2 {
					break
				}
			}
		}
		before := int(d.chain[candidate%window]) - 1
		if before >= candidate { // of a window that has passed
			break
		}
		candidate = before
	}
	if distance == 0 {
		return 0, 0
	}
	return length, distance
}

// common is how many bytes a and b, of one length, have in common at their
// beginning.
func common(a, b []byte) int {
	n := 0
	for ; n+8 <= len(a) && n+8 <= len(b); n += 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)>>3
		}
	}
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func (d *deflater) reset() {
	d.items = d.items[:0]
	d.literals = [maxLiterals]uint32{endOfBlock: 1}
	d.distances = [maxDistances]uint32{}
}

func (d *deflater) literal(c byte) {
	d.items = append(d.items, uint32(c))
	d.literals[c]++
}

func (d *deflater) match(length, distance int) {
	d.items = append(d.items, isMatch|uint32(length)<<16|uint32(distance-1))
	code, _, _ := lengthCode(length)
	d.literals[code]++
	code, _, _ = distanceCode(distance)
	d.distances[code]++
}

// lengthCode is the symbol of a match's length, and the bits that follow it:
// the inverse of literalEntries.
func lengthCode(length int) (symbol, extra, value int) {
	n := length - 3
	switch {
	case length == longest:
		return 285, 0, 0
	case n < 8:
		return 257 + n, 0, 0
	}
	extra = bits.Len(uint(n)) - 3
	return 257 + extra<<2 + n>>extra, extra, n & (1<<extra - 1)
}

// distanceCode is the symbol of a match's distance, and the bits that follow
// it: the inverse of distanceEntries.
func distanceCode(distance int) (symbol, extra, value int) {
	n := distance - 1
	if n < 4 {
		return n, 0, 0
	}
	extra = bits.Len(uint(n)) - 2
	return extra<<1 + n>>extra, extra, n & (1<<extra - 1)
}

// block writes a block in the shortest of the three forms.
func (d *deflater) block(src []byte, final bool) {
	c, w := &d.coder, &d.out
	last := 0
	if final {
		last = 1
	}
	dynamic := c.plan(&d.literals, &d.distances)
	fixed := fixedCodes()
	plain := fixed.cost(&d.literals, &d.distances)
	switch {
	case len(src) <= 0xffff && 8*len(src)+40 < min(dynamic, plain):
		w.put(uint64(last), 3)
		w.align()
		w.put(uint64(len(src)), 16)
		w.put(uint64(len(src)^0xffff), 16)
		w.align()
		w.dst = append(w.dst, src...)
	case plain <= dynamic:
		w.put(uint64(last|1<<1), 3)
		fixed.write(w, d.items)
	default:
		w.put(uint64(last|2<<1), 3)
		c.writeCodes(w)
		c.write(w, d.items)
	}
	d.reset()
}
