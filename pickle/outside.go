package pickle

// textPersistent and binPersistent resolve a reference to an object outside the
// pickle.
func (d *decoder) textPersistent() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	if !isASCII(line) {
		return d.malformed("persistent id is not ASCII")
	}
	return d.persistent(line)
}

func (d *decoder) binPersistent() error {
	if err := d.need(1); err != nil {
		return err
	}
	return d.persistent(d.pop())
}

func (d *decoder) persistent(id any) error {
	if d.opts.PersistentLoad == nil {
		return d.fail(ErrUnsupported, "persistent id, see PersistentLoad")
	}
	v, err := d.opts.PersistentLoad(id)
	if err != nil {
		return err
	}
	return d.push(v)
}

func (d *decoder) nextBuffer() error {
	if d.buffers >= len(d.opts.Buffers) {
		return d.fail(ErrUnsupported, "out-of-band buffer, see Buffers")
	}
	b := &Buffer{Data: d.opts.Buffers[d.buffers]}
	d.buffers++
	return d.push(b)
}

func (d *decoder) readonlyBuffer() error {
	if err := d.need(1); err != nil {
		return err
	}
	switch v := (*d.top()).(type) {
	case *Buffer:
		if !v.ReadOnly {
			*d.top() = &Buffer{Data: v.Data, ReadOnly: true}
		}
	case *ByteArray:
		*d.top() = &Buffer{Data: v.Data, ReadOnly: true}
	case Bytes:
	default:
		return d.malformed("read-only mark on what is no buffer")
	}
	return nil
}
