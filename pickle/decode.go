package pickle

import "sync"

// Loads reads the pickle that data begins with, as Python's pickle.loads does:
// it ignores what follows. The package documentation says which Go value each
// Python value becomes. Nothing is imported, called or constructed, whatever
// the pickle says, and memory stays within a small multiple of len(data).
// Values may share memory with each other, never with data. A nil opts is the
// zero DecodeOptions. Errors are of type [*DecodeError].
func Loads(data []byte, opts *DecodeOptions) (any, error) {
	v, _, err := LoadsPrefix(data, opts)
	return v, err
}

// LoadsPrefix is [Loads] and returns what follows the pickle besides,
// for pickles that stand in a row or before other data.
func LoadsPrefix(data []byte, opts *DecodeOptions) (v any, rest []byte, err error) {
	if opts == nil {
		opts = &defaultDecodeOptions
	}
	if opts.MaxSize > 0 && len(data) > opts.MaxSize {
		return nil, nil, &DecodeError{Offset: opts.MaxSize, Err: ErrTooLarge, Reason: "input longer than MaxSize"}
	}
	d := decoders.Get().(*decoder)
	d.reset(data, opts)
	v, err = d.run()
	end := d.pos
	if err != nil {
		err = &DecodeError{Offset: d.at, Opcode: d.opcode, Reason: d.reason, Err: err}
	}
	d.release()
	if err != nil {
		return nil, nil, err
	}
	return v, data[end:], nil
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decoder is the machine that runs a pickle: a stack, marks on it, and a memo.
type decoder struct {
	data     string // a copy of the input; strings are parts of it
	pos      int
	opts     *DecodeOptions
	protocol int

	stack []any
	high  int   // how far stack was in use
	marks []int // stack heights
	base  int   // the topmost mark, below which nothing is popped
	memo  memo

	at      int // the opcode being run
	opcode  byte
	reason  string // details of the error being returned
	left    int    // objects that may still be made
	made    int    // containers made, a bound on depth
	buffers int    // out-of-band buffers taken
	limits  budget
	keys    hasher

	strings slab[string]
	words   slab[uint64]
	values  slab[any]
	items   slab[Item]
	dicts   slab[Dict]
	lists   slab[List]
	tuples  slab[Tuple]
}

// budget bounds the work that is not in proportion to the input by itself,
// because it goes over shared values again.
type budget struct{ left int }

func (b *budget) spend(n int) bool {
	b.left -= n
	return b.left >= 0
}

func (d *decoder) reset(data []byte, opts *DecodeOptions) {
	d.data, d.opts = string(data), opts
	d.pos, d.protocol, d.base, d.at, d.opcode, d.reason = 0, 0, 0, 0, 0, ""
	d.made, d.buffers, d.high = 0, 0, 0
	d.left = opts.MaxObjects
	if d.left <= 0 {
		d.left = len(data) + 1
	}
	d.limits.left = 64*len(data) + 1<<16
	d.keys = hasher{budget: &d.limits}
	n := len(data)
	d.strings.sized(n, 32)
	d.items.sized(n, 64)
	d.values.sized(n, 64)
	d.words.sized(n, 128)
	d.dicts.sized(n, 128)
	d.lists.sized(n, 128)
	d.tuples.sized(n, 256)
}

// release forgets all that belongs to the caller now and keeps the memory of
// stack and memo for the next pickle.
func (d *decoder) release() {
	const keep = 1 << 12
	high := max(d.high, len(d.stack))
	stack, marks, memo := d.stack[:0], d.marks[:0], d.memo.cleared(keep)
	if cap(stack) > keep {
		stack, high = nil, 0
	}
	if cap(marks) > keep {
		marks = nil
	}
	clear(stack[:high])
	*d = decoder{stack: stack, marks: marks, memo: memo}
	decoders.Put(d)
}

// fail keeps the details of an error and returns it.
func (d *decoder) fail(err error, reason string) error {
	d.reason = reason
	return err
}

func (d *decoder) malformed(reason string) error { return d.fail(ErrSyntax, reason) }

// charge pays for n units of work on values that the pickle may name again and
// again.
func (d *decoder) charge(n int) error {
	if d.limits.spend(n) {
		return nil
	}
	return d.fail(ErrTooLarge, "the same values are copied too often")
}
