package cachestore

import "hash/maphash"

// A keySet is a set of session keys that forgets the oldest when it grows too
// large. It keeps 8 bytes of hash for each.
type keySet struct {
	seed     maphash.Seed
	now, old map[uint64]struct{}
}

// maxKeys is the size at which a keySet begins to forget. Then it holds as many
// again at most: some 50 MB, for a site with two million active sessions.
const maxKeys = 1 << 20

func newKeySet() keySet {
	return keySet{seed: maphash.MakeSeed(), now: make(map[uint64]struct{})}
}

func (s *keySet) add(key string) {
	if len(s.now) >= maxKeys {
		s.old, s.now = s.now, make(map[uint64]struct{})
	}
	s.now[maphash.String(s.seed, key)] = struct{}{}
}

func (s *keySet) has(key string) bool {
	h := maphash.String(s.seed, key)
	if _, ok := s.now[h]; ok {
		return true
	}
	if _, ok := s.old[h]; !ok {
		return false
	}
	s.add(key) // it is in use
	return true
}

func (s *keySet) remove(key string) {
	h := maphash.String(s.seed, key)
	delete(s.now, h)
	delete(s.old, h)
}

func (s *keySet) clear() {
	if len(s.now)+len(s.old) > 0 {
		s.old, s.now = nil, make(map[uint64]struct{})
	}
}
