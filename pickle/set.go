package pickle

import "iter"

// Set is Python's set, its elements in the order in which they were read or
// added. The zero Set is empty and ready to use.
type Set struct{ elems Dict }

// FrozenSet is Python's frozenset. It does not change once made.
type FrozenSet struct {
	elems Dict
	hash  uint64
}

// NewSet returns a set of the given elements; the error is [ErrUnhashable] if
// one of them cannot be in a set.
func NewSet(elems ...any) (*Set, error) {
	s := new(Set)
	for _, e := range elems {
		if err := s.Add(e); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// NewFrozenSet returns a frozenset of the given elements; the error is
// [ErrUnhashable] if one of them cannot be in a set.
func NewFrozenSet(elems ...any) (*FrozenSet, error) {
	s := new(FrozenSet)
	var h hasher
	for _, e := range elems {
		if err := s.elems.set(&h, hostKey(e), nil); err != nil {
			return nil, err
		}
	}
	return s, s.seal(&h)
}

// Len returns the number of elements.
func (s *Set) Len() int { return s.elems.Len() }

// Has reports whether v is an element.
func (s *Set) Has(v any) bool { _, ok := s.elems.Get(v); return ok }

// Add adds v unless it is there; the error is [ErrUnhashable] if v cannot be in
// a set.
func (s *Set) Add(v any) error { return s.elems.Set(v, nil) }

// Delete removes v if it is there.
func (s *Set) Delete(v any) { s.elems.Delete(v) }

// All visits the elements. The set must not be changed during the iteration.
func (s *Set) All() iter.Seq[any] { return keys(&s.elems) }

// Len returns the number of elements.
func (s *FrozenSet) Len() int { return s.elems.Len() }

// Has reports whether v is an element.
func (s *FrozenSet) Has(v any) bool { _, ok := s.elems.Get(v); return ok }

// All visits the elements.
func (s *FrozenSet) All() iter.Seq[any] { return keys(&s.elems) }

// seal computes the hash, which does not depend on the order of elements. All
// of them are there by now.
func (s *FrozenSet) seal(h *hasher) error {
	s.hash = uint64(len(s.elems.items)) * 0x9e3779b97f4a7c15
	for i := range s.elems.items {
		hash, err := h.hash(s.elems.items[i].Key)
		if err != nil {
			return err
		}
		s.hash ^= mix(hash, 0xff51afd7ed558ccd)
	}
	return nil
}

func keys(d *Dict) iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range d.items {
			if !yield(d.items[i].Key) {
				return
			}
		}
	}
}
