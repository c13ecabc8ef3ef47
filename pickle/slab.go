package pickle

import "unsafe"

// slab hands out values of one type from chunks, so that a pickle of many small values costs few allocations. Chunks
// double, hence what is left unused is at most in proportion to what was used.
type slab[T any] struct {
	free []T
	size int // of the next chunk
}

const slabMax = 512

func (s *slab[T]) one() *T { return &s.many(1)[0] }

// many returns n zero values that have no spare capacity.
func (s *slab[T]) many(n int) []T {
	if n > len(s.free) {
		if n > slabMax/4 && n > s.size { // large enough to stand alone
			return make([]T, n)
		}
		s.size = max(s.size, n, 1)
		s.free = make([]T, s.size)
		s.size = min(2*s.size, slabMax)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

// words is an interface value as it lies in memory. Boxing a string or number that already lies in a slab this way saves
// an allocation each.
type words struct{ kind, data unsafe.Pointer }

var (
	stringKind = kindOf("")
	bytesKind  = kindOf(Bytes(""))
	intKind    = kindOf(int64(0))
	floatKind  = kindOf(float64(0))
	tupleKind  = kindOf(Tuple(nil))
)

func kindOf(v any) unsafe.Pointer { return (*words)(unsafe.Pointer(&v)).kind }

// box makes an interface value of what p points to, which must have the type of kind and never change.
func box(kind, p unsafe.Pointer) any {
	w := words{kind, p}
	return *(*any)(unsafe.Pointer(&w))
}
