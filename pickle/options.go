package pickle

// Encoding says how to read the str of Python 2, which is bytes as often as
// text. It does not concern unicode strings, which are all there is in pickles
// of Python 3.
type Encoding string

const (
	EncodingASCII   Encoding = "ASCII"   // text; other bytes are an error. Python's default, and ours
	EncodingUTF8    Encoding = "UTF-8"   // text
	EncodingLatin1  Encoding = "latin1"  // text, each byte a code point; what Python needs for the datetimes of Python 2
	EncodingBytes   Encoding = "bytes"   // all of it Bytes
	EncodingLenient Encoding = "lenient" // text where it is ASCII, else Bytes: nothing fails and nothing is lost
)

// DecodeOptions says how to read a pickle. Nil and the zero value read as
// Python does, with no persistent ids, buffers or extension codes.
type DecodeOptions struct {
	MaxSize    int // the most bytes to read; 0 means no limit
	MaxDepth   int // how deeply values may nest; 0 is 10000
	MaxObjects int // the most values to read; 0 means as many as the input's length allows

	Encoding Encoding // of Python 2's str; "" is ASCII

	// Strict refuses, with a *ForbiddenError, every class that this package
	// does not map to a Go type, except where Allow reports true. Without it
	// such classes are read as *Object. Neither imports or calls anything.
	Strict bool
	Allow  func(Class) bool

	PersistentLoad func(id any) (any, error) // resolves persistent ids
	Buffers        [][]byte                  // out-of-band buffers, in order
	Extensions     map[int]Class             // what extension codes stand for: copyreg.add_extension
}

// The defaults that nil options stand for; nothing writes to them.
var (
	defaultDecodeOptions DecodeOptions
	defaultEncodeOptions EncodeOptions
)

// A value takes up to three levels to write, as a set does at protocol 2: a
// call, its arguments, a list.
const (
	defaultMaxDepth  = 10000
	defaultMaxWrites = 4 * defaultMaxDepth
)

func (o *DecodeOptions) maxDepth() int {
	if o.MaxDepth > 0 {
		return o.MaxDepth
	}
	return defaultMaxDepth
}

func (o *DecodeOptions) encoding() Encoding {
	if o.Encoding == "" {
		return EncodingASCII
	}
	return o.Encoding
}

// EncodeOptions says how to write a pickle. Nil and the zero value write
// protocol 4.
type EncodeOptions struct {
	// Protocol is 0 to 5; the zero value is 4, which every Python from 3.4 on
	// reads. Python 2 needs at most 2. Write [ProtocolZero] for protocol 0.
	Protocol int
	MaxDepth int // how deeply what is written may nest; 0 is 40000, enough for all that Loads returns by default

	PersistentID   func(v any) (id any, ok bool) // asked for each value whether to write a persistent id in its place
	BufferCallback func(*Buffer) bool            // protocol 5: true takes the buffer out of the pickle
	Extensions     map[Class]int                 // classes to write as extension codes, protocol 2 and later
}

// ProtocolZero asks for protocol 0, since a Protocol of 0 is the default.
const ProtocolZero = -1

const defaultProtocol = 4

func (o *EncodeOptions) protocol() (int, bool) {
	switch p := o.Protocol; {
	case p == 0:
		return defaultProtocol, true
	case p == ProtocolZero:
		return 0, true
	default:
		return p, p >= 1 && p <= 5
	}
}

func (o *EncodeOptions) maxDepth() int {
	if o.MaxDepth > 0 {
		return o.MaxDepth
	}
	return defaultMaxWrites
}
