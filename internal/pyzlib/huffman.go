package pyzlib

import (
	"math/bits"
	"sync"
)

const (
	maxLiterals  = 286
	maxDistances = 30
	endOfBlock   = 256
	maxCode      = 15 // bits

	tableBits = 9 // codes up to here take one look
)

// An entry of a table is what a code means: its length and how many extra bits
// follow, flags, and a literal or the base of a length or distance.
const (
	lengthMask = 0xf
	extraShift = 4
	isLiteral  = 1 << 8
	isSpecial  = 1 << 9  // no value: the end of the block, or no code at all
	isEnd      = 1 << 10 // the end of the block
	valueShift = 16
)

// A huffmanTable turns codes into entries.
type huffmanTable struct {
	fast [1 << tableBits]uint32 // by the next bits; 0 for longer codes
	mask uint64                 // of the bits that fast looks at

	// Longer codes are found one bit at a time.
	counts  [maxCode + 1]uint16
	symbols [288]uint16 // in the order of their codes
	entries []uint32    // by symbol
}

// entry returns what the next code means. It may lie behind the end of the
// input.
func (t *huffmanTable) entry(next uint64) uint32 {
	if e := t.fast[next&t.mask&(1<<tableBits-1)]; e != 0 {
		return e
	}
	return t.slow(next)
}

func (t *huffmanTable) slow(next uint64) uint32 {
	var code, first, index int
	for length := 1; length <= maxCode; length++ {
		code |= int(next & 1)
		next >>= 1
		count := int(t.counts[length])
		if code-first < count {
			return t.entries[t.symbols[index+code-first]] | uint32(length)
		}
		index += count
		first = (first + count) << 1
		code <<= 1
	}
	return isSpecial
}

// A coded is a symbol that has a code, and how many bits.
type coded struct {
	symbol uint16
	bits   uint8
}

// build makes the table of a canonical code from its symbols in order. It must
// be complete, or, if that is allowed, be one code of one bit, or none at all.
func (t *huffmanTable) build(symbols []coded, entries []uint32, sparse bool) bool {
	t.entries = entries
	t.counts = [maxCode + 1]uint16{}
	for _, s := range symbols {
		t.counts[s.bits&maxCode]++
	}
	var next [maxCode + 2]int // codes
	var offsets [maxCode + 2]uint16
	longest, left := 0, 1
	for n := 1; n <= maxCode; n++ {
		count := int(t.counts[n])
		if count > 0 {
			longest = n
		}
		if left = left<<1 - count; left < 0 {
			return false
		}
		next[n+1] = (next[n] + count) << 1
		offsets[n+1] = offsets[n] + uint16(count)
	}
	if left > 0 && !(sparse && longest <= 1) {
		return false
	}
	width := min(longest, tableBits)
	t.mask = 1<<width - 1
	fast := t.fast[:1<<width]
	if left > 0 || longest > tableBits {
		clear(fast)
	}
	for _, s := range symbols {
		n := s.bits & maxCode
		t.symbols[offsets[n]] = s.symbol
		offsets[n]++
		code := next[n]
		next[n]++
		if int(n) > width {
			continue
		}
		e := entries[s.symbol] | uint32(n)
		for i := int(bits.Reverse16(uint16(code)) >> (16 - n)); i < len(fast); i += 1 << n {
			fast[i] = e
		}
	}
	return true
}

// The entries of literals and lengths, of distances, and of codes that are
// nothing but numbers, without the length of a code.
var (
	literalEntries  = makeLiteralEntries()
	distanceEntries = makeDistanceEntries()
	plainEntries    = makePlainEntries()
)

func makeLiteralEntries() (entries [288]uint32) {
	for i := range endOfBlock {
		entries[i] = isLiteral | uint32(i)<<valueShift
	}
	entries[endOfBlock] = isSpecial | isEnd
	for i := range 28 {
		base, extra := step(i, 2)
		entries[257+i] = uint32(base+3)<<valueShift | uint32(extra)<<extraShift
	}
	entries[285] = longest << valueShift
	entries[286], entries[287] = isSpecial, isSpecial
	return entries
}

func makeDistanceEntries() (entries [32]uint32) {
	for i := range maxDistances {
		base, extra := step(i, 1)
		entries[i] = uint32(base+1)<<valueShift | uint32(extra)<<extraShift
	}
	entries[30], entries[31] = isSpecial, isSpecial
	return entries
}

// step is where the ith range begins, and how many extra bits are within it,
// where 2^k ranges share a number of bits.
func step(i, k int) (base, extra int) {
	if i < 2<<k {
		return i, 0
	}
	extra = i>>k - 1
	return (1<<k + i&(1<<k-1)) << extra, extra
}

func makePlainEntries() (entries [len(codeOrder)]uint32) {
	for i := range entries {
		entries[i] = uint32(i) << valueShift
	}
	return entries
}

// fixedTables are those of blocks that bring none.
var fixedTables = sync.OnceValue(func() *struct{ literals, distances huffmanTable } {
	t := new(struct{ literals, distances huffmanTable })
	var symbols []coded
	for i, n := range fixedLengths {
		symbols = append(symbols, coded{uint16(i), n})
	}
	t.literals.build(symbols, literalEntries[:], true)
	symbols = symbols[:0]
	for i := range distanceEntries {
		symbols = append(symbols, coded{uint16(i), 5})
	}
	t.distances.build(symbols, distanceEntries[:], true)
	return t
})

var fixedLengths = makeFixedLengths()

func makeFixedLengths() (lengths [288]uint8) {
	for i := range lengths {
		switch {
		case i < 144, i >= 280:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		default:
			lengths[i] = 7
		}
	}
	return lengths
}
