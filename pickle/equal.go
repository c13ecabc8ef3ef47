package pickle

import (
	"math/big"
	"reflect"
	"unsafe"
)

// equal reports whether Python holds two hashable values equal.
func (h *hasher) equal(x, b any) bool {
	switch a := x.(type) {
	case string:
		switch b := b.(type) {
		case string:
			return h.sameText(a, b)
		case SafeString:
			return h.sameText(a, b.Text)
		}
		return false
	case int64:
		if b, ok := b.(int64); ok {
			return a == b
		}
	case SafeString:
		return h.equal(a.Text, b)
	case Bytes:
		b, ok := b.(Bytes)
		return ok && h.sameText(string(a), string(b))
	case Tuple:
		b, ok := b.(Tuple)
		return ok && h.sameTuple(a, b)
	case Slice:
		_, ok := b.(Slice)
		return ok && h.sameTuple(boundsOf(x), boundsOf(b))
	case *FrozenSet:
		b, ok := b.(*FrozenSet)
		return ok && h.sameSet(a, b)
	case DateTime:
		b, ok := b.(DateTime)
		return ok && a.naive() == b.naive() && h.equal(a.TZ, b.TZ)
	case Time:
		b, ok := b.(Time)
		return ok && a.naive() == b.naive() && h.equal(a.TZ, b.TZ)
	}
	if isNumber(x) {
		return isNumber(b) && h.sameNumber(h.canonical(x), h.canonical(b))
	}
	return reflect.TypeOf(x) == reflect.TypeOf(b) && x == b
}

func (h *hasher) sameText(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) >= longText && unsafe.StringData(a) != unsafe.StringData(b) {
		h.spend(len(a))
		if h.err != nil {
			return false
		}
	}
	return a == b
}

func (h *hasher) sameNumber(a, b any) bool {
	switch a := a.(type) {
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case *big.Rat:
		b, ok := b.(*big.Rat)
		return ok && a.Cmp(b) == 0
	case Decimal:
		b, ok := b.(Decimal)
		return ok && h.sameText(string(a), string(b)) && !a.isNaN()
	}
	return a == b
}

// sameTuple compares by hash first; equal pairs are joined into classes, so
// that each tuple is gone through once however often it is shared.
func (h *hasher) sameTuple(a, b Tuple) bool {
	if len(a) != len(b) {
		return false
	}
	idA, idB := h.find(tupleIdentity(a)), h.find(tupleIdentity(b))
	if idA == idB {
		return true
	}
	hashA, errA := h.hashTuple(a)
	hashB, errB := h.hashTuple(b)
	if errA != nil || errB != nil || hashA != hashB {
		return false
	}
	for i := range a {
		if !h.equal(a[i], b[i]) {
			return false
		}
	}
	if h.same == nil {
		h.same = map[identity]identity{}
	}
	h.same[h.find(idA)] = idB
	return true
}

// find returns the representative of a tuple's class, halving the path to it.
func (h *hasher) find(id identity) identity {
	for {
		up, ok := h.same[id]
		if !ok {
			return id
		}
		if top, ok := h.same[up]; ok {
			h.same[id] = top
		}
		id = up
	}
}

func (h *hasher) sameSet(a, b *FrozenSet) bool {
	if a == b {
		return true
	}
	if a.hash != b.hash || a.Len() != b.Len() {
		return false
	}
	h.spend(a.Len())
	for i := range a.elems.items {
		if at, _, err := b.elems.find(h, a.elems.items[i].Key); err != nil || at < 0 {
			return false
		}
	}
	return true
}
