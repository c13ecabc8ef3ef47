package pyzlib

import (
	"math/bits"
	"slices"
	"sync"
)

// A code is a Huffman code for a symbol, its first bit lowest, and how many
// bits it has in the upper half.
type code = uint32

// A blockCoder has the codes of a block.
type blockCoder struct {
	literals  [288]code
	distances [maxDistances]code

	// Of a dynamic block: how it writes the lengths of its codes.
	runs       []run
	lengths    [len(codeOrder)]code
	written    int // how many of lengths are
	literalsN  int // how many symbols are
	distancesN int
	lengthsOf  [maxLiterals + maxDistances]uint8
	sorted     []uint32
}

// A run is a symbol of the code for lengths, with the number that follows it.
type run struct{ symbol, extra, value uint8 }

// plan makes the codes for what has been counted and returns the cost of a
// dynamic block, in bits.
func (c *blockCoder) plan(literals *[maxLiterals]uint32, distances *[maxDistances]uint32) int {
	all := &c.lengthsOf
	c.optimal(all[:maxLiterals], literals[:], maxCode)
	c.literalsN = used(all[:maxLiterals], endOfBlock+1)
	second := all[c.literalsN : c.literalsN+maxDistances]
	if c.optimal(second, distances[:], maxCode); !slices.ContainsFunc(second, func(n uint8) bool { return n > 0 }) {
		second[0] = 1 // there must be one, though nothing uses it
	}
	c.distancesN = used(second, 1)
	assign(c.literals[:], all[:c.literalsN])
	assign(c.distances[:], second[:c.distancesN])

	c.makeRuns(all[:c.literalsN+c.distancesN])
	var counts [len(codeOrder)]uint32
	for _, r := range c.runs {
		counts[r.symbol]++
	}
	if used := len(c.runs); counts[c.runs[0].symbol] == uint32(used) {
		counts[codeOrder[0]]++ // a code of one symbol is not complete
		counts[codeOrder[1]]++
	}
	var lengths [len(codeOrder)]uint8
	c.optimal(lengths[:], counts[:], 7)
	assign(c.lengths[:], lengths[:])
	c.written = len(codeOrder)
	for c.written > 4 && lengths[codeOrder[c.written-1]] == 0 {
		c.written--
	}
	bits := 3 + 5 + 5 + 4 + 3*c.written
	for _, r := range c.runs {
		bits += int(lengths[r.symbol]) + int(r.extra)
	}
	return bits + c.cost(literals, distances) - 3
}

// cost is how long a block with these codes is, in bits, but for the codes.
func (c *blockCoder) cost(literals *[maxLiterals]uint32, distances *[maxDistances]uint32) int {
	bits := 3
	for symbol, n := range literals {
		if n > 0 {
			extra := 0
			if symbol > endOfBlock {
				extra = int(literalEntries[symbol] >> extraShift & lengthMask)
			}
			bits += int(n) * (int(c.literals[symbol]>>16) + extra)
		}
	}
	for symbol, n := range distances {
		bits += int(n) * (int(c.distances[symbol]>>16) + int(distanceEntries[symbol]>>extraShift&lengthMask))
	}
	return bits
}

// used is how many symbols must be told of.
func used(lengths []uint8, least int) int {
	n := len(lengths)
	for n > least && lengths[n-1] == 0 {
		n--
	}
	return n
}

// makeRuns packs code lengths: 16 repeats the last one, 17 and 18 are zeros.
func (c *blockCoder) makeRuns(lengths []uint8) {
	c.runs = c.runs[:0]
	for i := 0; i < len(lengths); {
		n := 1
		for i+n < len(lengths) && lengths[i+n] == lengths[i] {
			n++
		}
		length := lengths[i]
		i += n
		if length > 0 {
			c.runs = append(c.runs, run{symbol: length})
			n--
		}
		for n > 0 {
			switch {
			case length == 0 && n >= 11:
				k := min(n, 138)
				c.runs = append(c.runs, run{18, 7, uint8(k - 11)})
				n -= k
			case length == 0 && n >= 3:
				c.runs = append(c.runs, run{17, 3, uint8(n - 3)})
				n = 0
			case length > 0 && n >= 3:
				k := min(n, 6)
				c.runs = append(c.runs, run{16, 2, uint8(k - 3)})
				n -= k
			default:
				c.runs = append(c.runs, run{symbol: length})
				n--
			}
		}
	}
}

// writeCodes writes the codes of a dynamic block.
func (c *blockCoder) writeCodes(w *bitWriter) {
	w.put(uint64(c.literalsN-257)|uint64(c.distancesN-1)<<5|uint64(c.written-4)<<10, 14)
	for _, symbol := range codeOrder[:c.written] {
		w.put(uint64(c.lengths[symbol]>>16), 3)
	}
	for _, r := range c.runs {
		w.code(c.lengths[r.symbol])
		w.put(uint64(r.value), int(r.extra))
	}
}

// write writes the items of a block, and its end.
func (c *blockCoder) write(w *bitWriter, items []uint32) {
	for _, item := range items {
		if item&isMatch == 0 {
			w.code(c.literals[item])
			continue
		}
		symbol, extra, value := lengthCode(int(item >> 16 &^ (isMatch >> 16)))
		w.code(c.literals[symbol])
		w.put(uint64(value), extra)
		symbol, extra, value = distanceCode(int(item&0xffff) + 1)
		w.code(c.distances[symbol])
		w.put(uint64(value), extra)
	}
	w.code(c.literals[endOfBlock])
}

// optimal finds the lengths of the shortest code for symbols that occur so
// often, by Moffat and Katajainen's algorithm, which needs no tree; codes
// longer than most are shortened at the cost of others. It is that of miniz.
func (c *blockCoder) optimal(lengths []uint8, counts []uint32, most int) {
	clear(lengths)
	a := c.sorted[:0]
	for symbol, n := range counts {
		if n > 0 {
			a = append(a, n<<9|uint32(symbol)) // a block has too few items for an overflow
		}
	}
	c.sorted = a
	if len(a) < 2 {
		for _, x := range a {
			lengths[x&0x1ff] = 1
		}
		return
	}
	slices.Sort(a)
	var symbols [288]uint16
	for i, x := range a {
		symbols[i] = uint16(x & 0x1ff)
		a[i] = x >> 9
	}
	minimumRedundancy(a)
	var byLength [33]int
	for _, n := range a {
		byLength[min(n, 32)]++
	}
	for n := most + 1; n < len(byLength); n++ {
		byLength[most] += byLength[n]
		byLength[n] = 0
	}
	total := 0
	for n := 1; n <= most; n++ {
		total += byLength[n] << (most - n)
	}
	for ; total > 1<<most; total-- {
		byLength[most]--
		for n := most - 1; n > 0; n-- {
			if byLength[n] > 0 {
				byLength[n]--
				byLength[n+1] += 2
				break
			}
		}
	}
	rest := len(a)
	for n := 1; n <= most; n++ {
		for range byLength[n] {
			rest--
			lengths[symbols[rest]] = uint8(n)
		}
	}
}

// minimumRedundancy turns counts, in ascending order, into the lengths of their
// codes.
func minimumRedundancy(a []uint32) {
	n := len(a)
	a[0] += a[1]
	root, leaf := 0, 2
	pick := func(next int) uint32 {
		if leaf >= n || root < next && a[root] < a[leaf] {
			v := a[root]
			a[root] = uint32(next)
			root++
			return v
		}
		leaf++
		return a[leaf-1]
	}
	for next := 1; next < n-1; next++ {
		first := pick(next)
		a[next] = first + pick(next)
	}
	a[n-2] = 0
	for next := n - 3; next >= 0; next-- {
		a[next] = a[a[next]] + 1
	}
	free, taken, depth := 1, 0, uint32(0)
	root = n - 2
	for next := n - 1; free > 0; depth++ {
		for root >= 0 && a[root] == depth {
			taken++
			root--
		}
		for ; free > taken; free-- {
			a[next] = depth
			next--
		}
		free, taken = 2*taken, 0
	}
}

// assign gives symbols their codes: those of one length in order, shorter ones
// first.
func assign(codes []code, lengths []uint8) {
	var counts [maxCode + 2]int
	for _, n := range lengths {
		counts[n]++
	}
	counts[0] = 0
	var next [maxCode + 2]int
	for n := 1; n <= maxCode; n++ {
		next[n+1] = (next[n] + counts[n]) << 1
	}
	for symbol, n := range lengths {
		codes[symbol] = 0
		if n > 0 {
			codes[symbol] = uint32(bits.Reverse16(uint16(next[n]))>>(16-n)) | uint32(n)<<16
			next[n]++
		}
	}
}

// fixedCodes are those of blocks that bring none.
var fixedCodes = sync.OnceValue(func() *blockCoder {
	c := new(blockCoder)
	assign(c.literals[:], fixedLengths[:])
	for i := range c.distances {
		c.distances[i] = uint32(bits.Reverse8(uint8(i))>>3) | 5<<16
	}
	return c
})
