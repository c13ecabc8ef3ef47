package pickle

// linearMax is the size up to which a dict is scanned; larger ones have an
// index.
const linearMax = 8

// index finds items by their hash: open addressing, each slot the 32-bit hash
// above the item's number counted from 1.
type index []uint64

func newIndex(n int) index {
	size := 4 * linearMax
	for size < 2*n+1 {
		size *= 2
	}
	return make(index, size)
}

func fold(hash uint64) uint32 { return uint32(hash ^ hash>>32) }

func (x index) start(hash uint32) int { return int(hash) & (len(x) - 1) }

func (x index) next(i int) int { return (i + 1) & (len(x) - 1) }

// at returns the place in slot i, -1 if it is free, and whether its hash is the
// one sought.
func (x index) at(i int, hash uint32) (place int, match bool) {
	return int(uint32(x[i])) - 1, uint32(x[i]>>32) == hash
}

func (x index) add(hash uint32, number int) {
	i := x.start(hash)
	for x[i] != 0 {
		i = x.next(i)
	}
	x[i] = uint64(hash)<<32 | uint64(uint32(number))
}

func (x index) grow() index {
	bigger := make(index, 2*len(x))
	for _, slot := range x {
		if slot != 0 {
			bigger.add(uint32(slot>>32), int(uint32(slot)))
		}
	}
	return bigger
}
