package hashers

import (
	"encoding/binary"
	"hash"
	"math/bits"

	"golang.org/x/crypto/blake2b"
)

// rareHash is Argon2 as golang.org/x/crypto has it not: version 1.0 (0x10),
// which overwrites memory in later passes where 1.3 adds to it, and argon2d. It
// is RFC 9106 in few words, not in few cycles.
func (use argon2Parameters) rareHash(password string, salt []byte) []byte {
	a := argon2Memory{argon2Parameters: use, kind: map[string]uint32{"argon2d": 0, "argon2i": 1, "argon2id": 2}[use.variant]}
	a.segment = use.memory / (4 * use.lanes)
	a.lane = 4 * a.segment
	a.blocks = make([]argon2Block, a.lane*use.lanes)
	a.begin(password, salt)
	for pass := range use.time {
		for slice := range uint32(4) {
			for lane := range use.lanes {
				a.fill(pass, slice, lane)
			}
		}
	}
	return a.end()
}

const argon2BlockSize = 1024

type argon2Block [argon2BlockSize / 8]uint64

type argon2Memory struct {
	argon2Parameters
	kind          uint32
	segment, lane uint32 // blocks in each
	blocks        []argon2Block
}

// begin makes the first two blocks of each lane.
func (a *argon2Memory) begin(password string, salt []byte) {
	h, _ := blake2b.New512(nil) // fails only for long keys
	for _, n := range []uint32{a.lanes, a.length, a.memory, a.time, a.version, a.kind, uint32(len(password))} {
		writeUint32(h, n)
	}
	h.Write([]byte(password))
	writeUint32(h, uint32(len(salt)))
	h.Write(salt)
	writeUint32(h, 0) // no secret
	writeUint32(h, 0) // no associated data
	seed := h.Sum(nil)
	for lane := range a.lanes {
		for i := range uint32(2) {
			input := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(seed[:blake2b.Size:blake2b.Size], i), lane)
			text := longHash(input, argon2BlockSize)
			for j := range a.blocks[0] {
				a.blocks[lane*a.lane+i][j] = binary.LittleEndian.Uint64(text[8*j:])
			}
		}
	}
}

// fill makes a segment: each block of the one before it and another one, which
// is drawn from the former (argon2d) or from a counter.
func (a *argon2Memory) fill(pass, slice, lane uint32) {
	counted := a.kind == 1 || a.kind == 2 && pass == 0 && slice < 2
	counter := argon2Block{uint64(pass), uint64(lane), uint64(slice), uint64(len(a.blocks)), uint64(a.time), uint64(a.kind)}
	var zero, drawn argon2Block
	for i := range a.segment {
		if counted && i%uint32(len(drawn)) == 0 {
			counter[6]++
			drawn.compress(&zero, &counter, false)
			drawn.compress(&zero, &drawn, false)
		}
		if pass == 0 && slice == 0 && i < 2 {
			continue
		}
		at := lane*a.lane + slice*a.segment + i
		previous := at - 1
		if slice == 0 && i == 0 {
			previous += a.lane
		}
		random := a.blocks[previous][0]
		if counted {
			random = drawn[i%uint32(len(drawn))]
		}
		reference := a.reference(random, pass, slice, lane, i)
		a.blocks[at].compress(&a.blocks[previous], &a.blocks[reference], pass > 0 && a.version == 0x13)
	}
}

// reference is the block that a random number stands for: of those that are
// there already, rather a late one than an early one.
func (a *argon2Memory) reference(random uint64, pass, slice, lane, i uint32) uint32 {
	from := uint32(random>>32) % a.lanes
	if pass == 0 && slice == 0 {
		from = lane
	}
	start, size := uint32(0), slice*a.segment
	if pass > 0 {
		start, size = (slice+1)%4*a.segment, 3*a.segment
	}
	if from == lane {
		size += i - 1
	} else if i == 0 {
		size--
	}
	x := random & 0xffffffff
	x = x * x >> 32
	back := uint32(uint64(size) * x >> 32)
	return from*a.lane + (start+size-1-back)%a.lane
}

// end hashes the last blocks of all lanes.
func (a *argon2Memory) end() []byte {
	var last argon2Block
	for lane := range a.lanes {
		for i, word := range a.blocks[(lane+1)*a.lane-1] {
			last[i] ^= word
		}
	}
	text := make([]byte, 0, argon2BlockSize)
	for _, word := range last {
		text = binary.LittleEndian.AppendUint64(text, word)
	}
	return longHash(text, a.length)
}

// compress is the function G of the RFC; add keeps what was in the block.
func (b *argon2Block) compress(x, y *argon2Block, add bool) {
	var r argon2Block
	for i := range r {
		r[i] = x[i] ^ y[i]
	}
	q := r
	for i := 0; i < 128; i += 16 { // rows
		permute(&q, i, 1, 2)
	}
	for i := 0; i < 16; i += 2 { // columns
		permute(&q, i, 1, 16)
	}
	for i := range r {
		if !add {
			b[i] = 0
		}
		b[i] ^= r[i] ^ q[i]
	}
}

// permute is the permutation P over eight pairs of words, which lie stride
// apart.
func permute(b *argon2Block, at, pair, stride int) {
	var v [16]*uint64
	for i := range v {
		v[i] = &b[at+i/2*stride+i%2*pair]
	}
	for i := range 4 {
		mix(v[i], v[4+i], v[8+i], v[12+i])
	}
	for i := range 4 {
		mix(v[i], v[4+(i+1)%4], v[8+(i+2)%4], v[12+(i+3)%4])
	}
}

func mix(a, b, c, d *uint64) {
	half := func(to, from, turned *uint64, by int) {
		*to += *from + 2*uint64(uint32(*to))*uint64(uint32(*from))
		*turned = bits.RotateLeft64(*turned^*to, -by)
	}
	half(a, b, d, 32)
	half(c, d, b, 24)
	half(a, b, d, 16)
	half(c, d, b, 63)
}

// longHash is the function H' of the RFC.
func longHash(input []byte, length uint32) []byte {
	sum := func(size int, texts ...[]byte) []byte {
		h, _ := blake2b.New(size, nil) // fails only for sizes that are not asked for here
		for _, text := range texts {
			h.Write(text)
		}
		return h.Sum(nil)
	}
	prefix := binary.LittleEndian.AppendUint32(nil, length)
	if length <= blake2b.Size {
		return sum(int(length), prefix, input)
	}
	v := sum(blake2b.Size, prefix, input)
	out := append([]byte(nil), v[:32]...)
	for length-uint32(len(out)) > blake2b.Size {
		v = sum(blake2b.Size, v)
		out = append(out, v[:32]...)
	}
	return append(out, sum(int(length)-len(out), v)...)
}

func writeUint32(h hash.Hash, n uint32) { h.Write(binary.LittleEndian.AppendUint32(nil, n)) }
