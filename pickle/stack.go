package pickle

// push puts a value just made on the stack.
func (d *decoder) push(v any) error {
	d.stack = append(d.stack, v)
	d.left--
	if d.left < 0 {
		return d.fail(ErrTooLarge, "more values than MaxObjects")
	}
	return nil
}

// need checks that n values can be popped.
func (d *decoder) need(n int) error {
	if len(d.stack)-d.base < n {
		return d.underflow()
	}
	return nil
}

// pop takes the top of the stack off; the caller has asked need.
func (d *decoder) pop() any {
	v := d.stack[len(d.stack)-1]
	d.cut(len(d.stack) - 1)
	return v
}

func (d *decoder) top() *any { return &d.stack[len(d.stack)-1] }

// cut shortens the stack to n values.
func (d *decoder) cut(n int) {
	d.high = max(d.high, len(d.stack))
	d.stack = d.stack[:n]
}

// mark removes the topmost mark and returns its place: the values above it are
// still on the stack.
func (d *decoder) mark() (int, error) {
	if len(d.marks) == 0 {
		return 0, d.malformed("no mark")
	}
	at := d.base
	d.marks = d.marks[:len(d.marks)-1]
	d.base = 0
	if n := len(d.marks); n > 0 {
		d.base = d.marks[n-1]
	}
	return at, nil
}

// popped handles POP, which removes a mark where one is on top.
func (d *decoder) popped() error {
	if len(d.marks) > 0 && d.base == len(d.stack) {
		_, err := d.mark()
		return err
	}
	if err := d.need(1); err != nil {
		return err
	}
	d.pop()
	return nil
}

func (d *decoder) popMark() error {
	at, err := d.mark()
	if err == nil {
		d.cut(at)
	}
	return err
}

func (d *decoder) dup() error {
	if err := d.need(1); err != nil {
		return err
	}
	return d.again(*d.top())
}

// again pushes a value that was made before.
func (d *decoder) again(v any) error {
	if o, ok := v.(*Object); ok {
		o.shared = true
	}
	d.stack = append(d.stack, v)
	return nil
}

// memoize puts the top of the stack into the memo.
func (d *decoder) memoize(i int64) error {
	if i < 0 {
		return d.truncated()
	}
	if err := d.need(1); err != nil {
		return err
	}
	v := *d.top()
	if o, ok := v.(*Object); ok {
		o.shared = o.shared || o.slot != 0
		o.slot = i + 1
	}
	d.memo.put(i, v)
	return nil
}

func (d *decoder) get(i int64) error {
	if i < 0 {
		return d.truncated()
	}
	v, ok := d.memo.get(i)
	if !ok {
		return d.malformed("no such memo entry")
	}
	return d.again(v)
}

// replace puts v in the place of the object under construction on top of the
// stack. That is possible only as long as nothing else refers to the object.
func (d *decoder) replace(o *Object, v any) {
	if o.slot != 0 {
		if held, _ := d.memo.get(o.slot - 1); held == any(o) { // unless another value is there by now
			d.memo.put(o.slot-1, v)
		}
	}
	*d.top() = v
}
