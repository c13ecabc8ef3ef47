package pickle

import "unsafe"

// tuple makes a tuple of the values above the mark.
func (d *decoder) tuple() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	return d.tupleFrom(at)
}

func (d *decoder) shortTuple(n int) error {
	if err := d.need(n); err != nil {
		return err
	}
	return d.tupleFrom(len(d.stack) - n)
}

// tupleFrom makes a tuple of the values from place at of the stack on.
func (d *decoder) tupleFrom(at int) error {
	if at == len(d.stack) {
		return d.push(emptyTuple)
	}
	d.made++
	p := d.tuples.one()
	*p = d.copyFrom(at)
	return d.push(box(tupleKind, unsafe.Pointer(p)))
}

// copyFrom takes the values from place at of the stack on.
func (d *decoder) copyFrom(at int) []any {
	values := d.values.many(len(d.stack) - at)
	copy(values, d.stack[at:])
	d.cut(at)
	return values
}

func (d *decoder) list() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	d.made++
	l := d.lists.one()
	l.Items = d.copyFrom(at)
	return d.push(l)
}

func (d *decoder) append() error {
	if err := d.need(2); err != nil {
		return err
	}
	return d.appendTo(d.stack[len(d.stack)-2], len(d.stack)-1)
}

func (d *decoder) appends() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	if at <= d.base {
		return d.underflow()
	}
	return d.appendTo(d.stack[at-1], at)
}

// appendTo appends the values from place at of the stack on to what list is.
func (d *decoder) appendTo(list any, at int) error {
	switch l := list.(type) {
	case *List:
		if l.Items == nil {
			l.Items = d.copyFrom(at)
			return nil
		}
		l.Items = append(l.Items, d.stack[at:]...)
	case *Deque:
		l.Items = append(l.Items, d.stack[at:]...)
		l.trim()
	case *Object:
		l.ListItems = append(l.ListItems, d.stack[at:]...)
	default:
		if at == len(d.stack) {
			return nil
		}
		return d.malformed("appending to what is no list")
	}
	d.cut(at)
	return nil
}

// trim drops what exceeds a bounded deque, from the left as Python does.
func (q *Deque) trim() {
	if q.Bounded && len(q.Items) > q.MaxLen {
		q.Items = q.Items[len(q.Items)-q.MaxLen:]
	}
}

func (d *decoder) dict() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	d.made++
	dict := d.dicts.one()
	if err := d.fill(dict, at); err != nil {
		return err
	}
	return d.push(dict)
}

func (d *decoder) setItem() error {
	if err := d.need(3); err != nil {
		return err
	}
	return d.setOn(d.stack[len(d.stack)-3], len(d.stack)-2)
}

func (d *decoder) setItems() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	if at <= d.base {
		return d.underflow()
	}
	return d.setOn(d.stack[at-1], at)
}

// setOn sets the keys and values from place at of the stack on in what target
// is.
func (d *decoder) setOn(target any, at int) error {
	if dict, ok := target.(*Dict); ok {
		return d.fill(dict, at)
	}
	if dict, ok := AsDict(target); ok {
		return d.fill(dict, at)
	}
	if at == len(d.stack) {
		return nil
	}
	o, ok := target.(*Object)
	if !ok {
		return d.malformed("setting items on what is no dict")
	}
	if (len(d.stack)-at)%2 != 0 {
		return d.malformed("a key without a value")
	}
	for i := at; i < len(d.stack); i += 2 {
		o.DictItems = append(o.DictItems, Item{d.stack[i], d.stack[i+1]})
	}
	d.cut(at)
	return nil
}

// fill sets the keys and values from place at of the stack on in dict.
func (d *decoder) fill(dict *Dict, at int) error {
	pairs := d.stack[at:]
	if len(pairs)%2 != 0 {
		return d.malformed("a key without a value")
	}
	if dict.items == nil && len(pairs) > 0 {
		items := d.items.many(len(pairs) / 2)
		copy(items, unsafe.Slice((*Item)(unsafe.Pointer(&pairs[0])), len(items))) // an Item is two values in a row
		if dict.adopt(&d.keys, items) {
			d.cut(at)
			return d.keys.err
		}
		dict.items = items[:0]
	}
	for i := 0; i < len(pairs); i += 2 {
		if err := dict.set(&d.keys, pairs[i], pairs[i+1]); err != nil {
			return err
		}
	}
	d.cut(at)
	return nil
}

func (d *decoder) emptySet() error {
	d.made++
	return d.push(new(Set))
}

func (d *decoder) addItems() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	if at <= d.base {
		return d.underflow()
	}
	if at == len(d.stack) { // Python does not look at what they are added to
		return nil
	}
	set, ok := d.stack[at-1].(*Set)
	if !ok {
		if at == len(d.stack) {
			return nil
		}
		return d.malformed("adding to what is no set")
	}
	err = d.addAll(&set.elems, d.stack[at:])
	d.cut(at)
	return err
}

func (d *decoder) addAll(elems *Dict, values []any) error {
	for _, v := range values {
		if err := elems.set(&d.keys, v, nil); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) frozenSet() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	set, err := d.frozenOf(d.stack[at:])
	if err != nil {
		return err
	}
	d.cut(at)
	return d.push(set)
}

func (d *decoder) frozenOf(values []any) (*FrozenSet, error) {
	d.made++
	set := new(FrozenSet)
	if err := d.addAll(&set.elems, values); err != nil {
		return nil, err
	}
	return set, set.seal(&d.keys)
}
