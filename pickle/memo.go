package pickle

// memo holds the values that a pickle refers to by number. Numbers run from 0
// as a rule; others go to a map, so that one huge number costs no memory.
type memo struct {
	dense  []any
	sparse map[int64]any
	count  int // entries in use
}

// missing marks an entry that was never put.
type missing struct{}

func (m *memo) put(i int64, v any) {
	if i == int64(len(m.dense)) && m.sparse == nil {
		m.dense = append(m.dense, v)
		m.count++
		return
	}
	if i >= int64(len(m.dense)) && i < int64(2*m.count+64) {
		for int64(len(m.dense)) <= i {
			m.dense = append(m.dense, m.moved(int64(len(m.dense))))
		}
	}
	if i < int64(len(m.dense)) {
		if m.dense[i] == (missing{}) {
			m.count++
		}
		m.dense[i] = v
		return
	}
	if m.sparse == nil {
		m.sparse = map[int64]any{}
	}
	if _, ok := m.sparse[i]; !ok {
		m.count++
	}
	m.sparse[i] = v
}

// moved takes entry i out of the sparse ones.
func (m *memo) moved(i int64) any {
	v, ok := m.sparse[i]
	if !ok {
		return missing{}
	}
	delete(m.sparse, i)
	return v
}

func (m *memo) get(i int64) (any, bool) {
	if i < int64(len(m.dense)) {
		v := m.dense[i]
		return v, v != (missing{})
	}
	v, ok := m.sparse[i]
	return v, ok
}

// cleared returns an empty memo with the memory of this one, unless that
// exceeds keep entries.
func (m *memo) cleared(keep int) memo {
	if cap(m.dense) > keep {
		return memo{}
	}
	clear(m.dense)
	return memo{dense: m.dense[:0]}
}
