package pickle

import "unsafe"

// refs numbers the values that a pickle may refer to again, by where their
// contents lie: an open-addressed table.
type refs struct {
	slots []refSlot
	used  int
	next  int // the next number; some are given to values that nothing can refer to
}

// ref identifies a value: its type, where it lies, and its length if it is text
// or a tuple.
type ref struct {
	kind, at unsafe.Pointer
	len      int
}

type refSlot struct {
	ref    ref
	number int // counted from 1
}

// refOf identifies a value by the memory that an interface holding it points
// to, which copies of the interface share.
func refOf(v any) ref {
	w := (*words)(unsafe.Pointer(&v))
	return ref{kind: w.kind, at: w.data}
}

func textRef(s string) ref {
	if s == "" {
		return ref{}
	}
	return ref{at: unsafe.Pointer(unsafe.StringData(s)), len: len(s)}
}

func tupleRef(t Tuple) ref {
	return ref{tupleKind, unsafe.Pointer(unsafe.SliceData(t)), len(t)}
}

// find returns the slot of r, or the free one where it belongs. The table is
// never full.
func (t *refs) find(r ref) *refSlot {
	mask := len(t.slots) - 1
	x := uint64(uintptr(r.at))>>3 ^ uint64(uintptr(r.kind))<<1 ^ uint64(r.len)
	i := int(x*0x9e3779b97f4a7c15>>32) & mask
	for {
		s := &t.slots[i]
		if s.number == 0 || s.ref == r {
			return s
		}
		i = (i + 1) & mask
	}
}

// number returns the number of r, -1 if it has none.
func (t *refs) number(r ref) int {
	if t.used == 0 {
		return -1
	}
	return t.find(r).number - 1
}

// reserve makes room for one more.
func (t *refs) reserve() {
	if 2*t.used < len(t.slots) {
		return
	}
	old := t.slots
	t.slots = make([]refSlot, max(64, 2*len(old)))
	for i := range old {
		if old[i].number != 0 {
			*t.find(old[i].ref) = old[i]
		}
	}
}

// add gives r the next number.
func (t *refs) add(r ref) {
	t.reserve()
	t.take(t.find(r), r)
}

// take gives r, whose free slot is s, the next number.
func (t *refs) take(s *refSlot, r ref) {
	t.next++
	*s = refSlot{r, t.next}
	t.used++
}

// clear forgets everything but the memory of the table, unless that is large.
func (t *refs) clear() {
	if len(t.slots) > 1<<10 {
		t.slots = nil
	}
	if t.used > 0 {
		clear(t.slots)
	}
	t.used, t.next = 0, 0
}
