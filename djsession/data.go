package djsession

import (
	"iter"
	"slices"
)

// Data is a session's dictionary: names in the order Django keeps them, each
// with its value. The zero value is empty and ready to use. It is not safe for
// concurrent use; a [Session] is.
//
// A value that was read stays as its serializer holds it (see [RawValue]) until
// it is decoded, and goes back unchanged if it is not set: big integers, 1.0,
// NaN, lone surrogates, pickled objects of unknown classes.
type Data struct {
	entries []entry
	deleted int            // entries that hold none: their places are kept until there are many
	index   map[string]int // where a name is; nil while there are few entries

	// Extra holds what a serializer read besides the names and must write back,
	// such as the items of a pickled dict whose keys are not strings. Only
	// serializers use it.
	Extra any
}

type entry struct {
	name  string
	value any // a Held, a Go value that was set, or none
}

// none is the value of a name that was deleted.
var none any = new(tombstone)

type tombstone struct{ _ byte }

// indexAbove is the number of names up to which comparing one by one beats a
// map.
const indexAbove = 16

// Len returns the number of names.
func (d *Data) Len() int { return len(d.entries) - d.deleted }

// Has reports whether the name is there, whatever its value.
func (d *Data) Has(name string) bool { return d.find(name) >= 0 }

// Names returns the names in order.
func (d *Data) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range d.All() {
			if !yield(name) {
				return
			}
		}
	}
}

// All returns names and values in order; a value is a [RawValue] if it was
// read, or what was set. It is meant for serializers: others want [Data.Get] or
// [Data.Decode].
func (d *Data) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		entries := d.entries // which a deletion may replace, and does not shorten
		for i := range entries {
			if e := &entries[i]; e.value != none && !yield(e.name, e.value) {
				return
			}
		}
	}
}

// Set gives name a value: any that the serializer can write. It is encoded when
// the session is saved, and that is when a value that cannot be encoded becomes
// an error, as in Django. A name that was there keeps its place.
func (d *Data) Set(name string, value any) {
	if i := d.find(name); i >= 0 {
		d.entries[i].value = value
		return
	}
	d.entries = append(d.entries, entry{name, value})
	if d.index != nil {
		d.index[name] = len(d.entries) - 1
	}
}

// Delete removes a name and reports whether it was there.
func (d *Data) Delete(name string) bool {
	i := d.find(name)
	if i < 0 {
		return false
	}
	d.entries[i].value = none
	delete(d.index, name)
	if d.deleted++; d.deleted > indexAbove && d.deleted > len(d.entries)/2 {
		*d = *d.Clone()
	}
	return true
}

// Clear removes everything.
func (d *Data) Clear() { *d = Data{} }

// Clone returns a copy that can be changed without changing d. Values are
// shared.
func (d *Data) Clone() *Data {
	if d.deleted == 0 {
		return &Data{entries: slices.Clone(d.entries), Extra: d.Extra}
	}
	entries := make([]entry, 0, d.Len())
	for name, value := range d.All() {
		entries = append(entries, entry{name, value})
	}
	return &Data{entries: entries, Extra: d.Extra}
}

// find returns the place of a name, or -1.
func (d *Data) find(name string) int {
	if len(d.entries) <= indexAbove {
		for i := range d.entries {
			if d.entries[i].name == name && d.entries[i].value != none {
				return i
			}
		}
		return -1
	}
	if d.index == nil {
		d.index = make(map[string]int, len(d.entries))
		for i := range d.entries {
			if d.entries[i].value != none {
				d.index[d.entries[i].name] = i
			}
		}
	}
	if i, ok := d.index[name]; ok {
		return i
	}
	return -1
}
