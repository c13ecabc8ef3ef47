package pickle

// Bytes is Python's bytes. It is immutable, as in Python, so that it can be a
// dict key; convert it with []byte(b).
type Bytes string

// ByteArray is Python's bytearray.
type ByteArray struct{ Data []byte }

// List is Python's list.
type List struct{ Items []any }

// NewList returns a list of the given items.
func NewList(items ...any) *List { return &List{Items: items} }

// Tuple is Python's tuple. Its elements must not be changed once it is part of
// another value.
type Tuple []any

// Class names a Python class, function or any other global: nothing is
// imported, only the name is known. Module names are Python 3's, whichever
// Python wrote the pickle; only Python 2's str, which is neither str nor bytes,
// stays {"__builtin__", "str"}. Name may be dotted, as in "Outer.Inner".
type Class struct{ Module, Name string }

// String returns the dotted name.
func (c Class) String() string { return c.Module + "." + c.Name }

// Deque is collections.deque.
type Deque struct {
	Items   []any
	Bounded bool // whether MaxLen holds
	MaxLen  int  // the most items it may hold
	State   any  // instance attributes, almost always nil
}

// Range is Python's range (xrange in Python 2) with bounds of 64 bits; a range
// with larger ones is an *[Object].
type Range struct{ Start, Stop, Step int64 }

// Slice is Python's slice.
type Slice struct{ Start, Stop, Step any }

// Buffer is Python's PickleBuffer: bytes that may travel outside of the pickle
// (protocol 5). [DecodeOptions].Buffers and [EncodeOptions].BufferCallback
// carry them.
type Buffer struct {
	Data     []byte
	ReadOnly bool
}

// PersistentID marks a reference to an object kept outside the pickle. Encoding
// it writes ID as a persistent id; a PersistentLoad function may return it to
// keep such references as they are.
type PersistentID struct{ ID any }
