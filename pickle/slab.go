package pickle

import "unsafe"

// slab hands out values of one type from chunks, so that a pickle of many small
// values costs few allocations. A chunk is small compared with the pickle, and
// so is its unused part.
type slab[T any] struct {
	free []T
	size int // of a chunk
}

const slabMax = 512

// sized sets the size of chunks for a pickle of n bytes, if each value takes a
// typical number of them.
func (s *slab[T]) sized(n, each int) { s.size = min(n/each+1, slabMax) }

func (s *slab[T]) one() *T { return &s.many(1)[0] }

// many returns n zero values that have no spare capacity.
func (s *slab[T]) many(n int) []T {
	if n > len(s.free) {
		if n > s.size/2 { // large enough to stand alone
			return make([]T, n)
		}
		s.free = make([]T, s.size)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

// words is an interface value as it lies in memory. Boxing a string or number
// that already lies in a slab this way saves an allocation each.
type words struct{ kind, data unsafe.Pointer }

var (
	stringKind = kindOf("")
	bytesKind  = kindOf(Bytes(""))
	intKind    = kindOf(int64(0))
	floatKind  = kindOf(float64(0))
	tupleKind  = kindOf(Tuple(nil))
)

func kindOf(v any) unsafe.Pointer { return (*words)(unsafe.Pointer(&v)).kind }

// box makes an interface value of what p points to, which must have the type of
// kind and never change.
func box(kind, p unsafe.Pointer) any {
	w := words{kind, p}
	return *(*any)(unsafe.Pointer(&w))
}
