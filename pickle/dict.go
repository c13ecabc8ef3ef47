package pickle

import "iter"

// Item is a key and its value in a dict.
type Item struct{ Key, Value any }

// Dict is Python's dict: items in insertion order, keys any hashable value,
// compared as Python compares them (1, 1.0 and True are one key). The zero Dict
// is empty and ready to use. Any number of goroutines may read a Dict that none
// changes.
type Dict struct {
	items []Item
	index index
}

// OrderedDict is collections.OrderedDict.
type OrderedDict struct {
	Dict
	State any // instance attributes, almost always nil
}

// DefaultDict is collections.defaultdict. Factory is what makes missing values,
// usually a [Class]; nothing calls it.
type DefaultDict struct {
	Dict
	Factory any
}

// Counter is collections.Counter.
type Counter struct{ Dict }

// AsDict returns the items of a dict or of a dict of another class:
// [OrderedDict], [DefaultDict], [Counter].
func AsDict(v any) (*Dict, bool) {
	switch v := v.(type) {
	case *Dict:
		return v, v != nil
	case *OrderedDict:
		return &v.Dict, v != nil
	case *DefaultDict:
		return &v.Dict, v != nil
	case *Counter:
		return &v.Dict, v != nil
	}
	return nil, false
}

// Len returns the number of items.
func (d *Dict) Len() int { return len(d.items) }

// Get returns the value of key. Go integers of every size find Python's int. A
// key that cannot be in a dict, such as a list, is not found.
func (d *Dict) Get(key any) (any, bool) {
	var h hasher
	at, _, err := d.find(&h, hostKey(key))
	if err != nil || at < 0 {
		return nil, false
	}
	return d.items[at].Value, true
}

// Set gives key a value. A key already there keeps its place and its first
// spelling, as in Python. The error is [ErrUnhashable] for a key that cannot be
// in a dict; it is nil for strings, numbers, and tuples of them.
func (d *Dict) Set(key, value any) error {
	var h hasher
	return d.set(&h, hostKey(key), value)
}

// Delete removes key, if it is there, in time proportional to the dict's
// length.
func (d *Dict) Delete(key any) {
	var h hasher
	at, _, err := d.find(&h, hostKey(key))
	if err != nil || at < 0 {
		return
	}
	d.items = append(d.items[:at:at], d.items[at+1:]...)
	d.index = nil
	_ = d.reindex(&h) // the keys were hashed before
}

// All visits the items in order. The dict must not be changed during the
// iteration.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(k, v any) bool) {
		for i := range d.items {
			if !yield(d.items[i].Key, d.items[i].Value) {
				return
			}
		}
	}
}

func (d *Dict) set(h *hasher, key, value any) error {
	at, hash, err := d.find(h, key)
	if err != nil {
		return err
	}
	if at >= 0 {
		d.items[at].Value = value
		return nil
	}
	d.items = append(d.items, Item{key, value})
	if d.index != nil {
		d.index.add(hash, len(d.items))
	}
	if 2*len(d.items) > len(d.index) && len(d.items) > linearMax {
		if d.index != nil {
			d.index = d.index.grow()
			return nil
		}
		return d.reindex(h)
	}
	return nil
}

// adopt makes items those of an empty dict, if all their keys are strings and
// differ: what set does with each, in one go. Otherwise it does nothing.
func (d *Dict) adopt(h *hasher, items []Item) bool {
	if len(items) > linearMax {
		return d.adoptMany(h, items)
	}
	for i := range items {
		s, ok := items[i].Key.(string)
		if !ok {
			return false
		}
		for j := range i {
			if t := items[j].Key.(string); len(t) == len(s) && h.sameText(t, s) {
				return false
			}
		}
	}
	d.items = items
	return true
}

func (d *Dict) adoptMany(h *hasher, items []Item) bool {
	names := newIndex(len(items))
	for n := range items {
		s, ok := items[n].Key.(string)
		if !ok {
			return false
		}
		hash := fold(h.hashText(s))
		for i := names.start(hash); ; i = names.next(i) {
			place, match := names.at(i, hash)
			if place < 0 {
				break
			}
			if match && h.sameText(items[place].Key.(string), s) {
				return false
			}
		}
		names.add(hash, n+1)
	}
	d.items, d.index = items, names
	return true
}

// find returns the place of key, or -1, and its hash where the dict has an
// index.
func (d *Dict) find(h *hasher, key any) (at int, hash uint32, err error) {
	if d.index == nil {
		at, err = d.scan(h, key)
		return at, 0, err
	}
	full, err := h.hash(key)
	if err != nil {
		return -1, 0, err
	}
	hash = fold(full)
	for i := d.index.start(hash); ; i = d.index.next(i) {
		place, ok := d.index.at(i, hash)
		if place < 0 {
			return -1, hash, h.err
		}
		if ok && h.equal(d.items[place].Key, key) {
			return place, hash, h.err
		}
	}
}

// scan looks for key in a dict too small for an index.
func (d *Dict) scan(h *hasher, key any) (int, error) {
	if s, ok := key.(string); ok {
		for i := range d.items {
			if k, ok := d.items[i].Key.(string); ok {
				if len(k) == len(s) && h.sameText(k, s) {
					return i, h.err
				}
			} else if k, ok := d.items[i].Key.(SafeString); ok && h.sameText(k.Text, s) {
				return i, h.err
			}
		}
		return -1, h.err
	}
	if _, ok := key.(int64); !ok {
		if _, err := h.hash(key); err != nil {
			return -1, err
		}
	}
	for i := range d.items {
		if h.equal(d.items[i].Key, key) {
			return i, h.err
		}
	}
	return -1, h.err
}

func (d *Dict) reindex(h *hasher) error {
	if len(d.items) <= linearMax {
		return nil
	}
	d.index = newIndex(len(d.items))
	for i := range d.items {
		hash, err := h.hash(d.items[i].Key)
		if err != nil {
			return err
		}
		d.index.add(fold(hash), i+1)
	}
	return nil
}
