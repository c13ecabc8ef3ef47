// Package pickle reads and writes Python's pickles, protocols 0 to 5, without
// Python and without its dangers: nothing a pickle says is imported, called or
// constructed.
//
//	v, err := pickle.Loads(data, nil)             // a Python value
//	data, err := pickle.Dumps(v, nil)             // and back
//	err := pickle.Unmarshal(data, &user, nil)     // a Go struct, map, slice
//	data, err := pickle.Marshal(user, nil)        // and back
//	err := pickle.Disassemble(os.Stdout, data)    // what pickletools.dis prints
//
// # Python and Go
//
// [Loads] returns what stands right of the arrows, and [Dumps] takes it
// back: what went through Go is equal for Python.
//
//	Python                                   Go
//	--------------------------------------   -----------------------------------------
//	None                                <->  nil
//	bool                                <->  bool
//	int, long of Python 2               <->  int64; *big.Int beyond 64 bits
//	float                               <->  float64
//	complex                             <->  complex128
//	str, unicode of Python 2            <->  string; lone surrogates as three bytes each
//	str of Python 2                      ->  string or Bytes: see Encoding
//	bytes                               <->  Bytes
//	bytearray                           <->  *ByteArray
//	list                                <->  *List
//	tuple                               <->  Tuple
//	dict                                <->  *Dict: in order, any hashable key
//	set, frozenset                      <->  *Set, *FrozenSet
//	range, xrange; slice                <->  Range, Slice
//	a class, a function                 <->  Class: its name
//	collections.OrderedDict             <->  *OrderedDict, with its attributes
//	collections.defaultdict             <->  *DefaultDict, with its factory's name
//	collections.Counter                 <->  *Counter
//	collections.deque                   <->  *Deque, with its bound and attributes
//	datetime, date, time, timedelta     <->  DateTime, Date, Time, TimeDelta: to the microsecond
//	datetime.timezone                   <->  TimeZone
//	zoneinfo.ZoneInfo and its backport  <->  ZoneInfo: the zone's name
//	pytz zones, FixedOffset             <->  PytzZone, PytzOffset
//	decimal.Decimal                     <->  Decimal: its text
//	fractions.Fraction                  <->  *big.Rat
//	uuid.UUID                           <->  UUID
//	ipaddress.IPv4Address, IPv6Address  <->  netip.Addr
//	ipaddress.IPv4Network, IPv6Network  <->  netip.Prefix
//	ipaddress's interfaces              <->  IPInterface
//	pathlib's paths                     <->  Path
//	Django's SafeString                 <->  SafeString
//	Django's lazy strings               <->  *LazyString: the call that is not made
//	Django's Message                    <->  *Message
//	a namedtuple, an enum member,
//	a model, any other object           <->  *Object: all that the pickle says of it
//	a PickleBuffer, out of band         <->  *Buffer: see Buffers and BufferCallback
//	a persistent id                     <->  PersistentID, or what PersistentLoad returns
//
//	bool, ints, floats, strings         <--  Go's own types of every size, and named ones
//	bytes                               <--  []byte
//	list                                <--  other slices, arrays
//	dict                                <--  maps, by their keys' order; structs, by their fields' names
//	datetime with a timezone            <--  time.Time, cut to the microsecond
//	timedelta                           <--  time.Duration, cut to the microsecond
//	str                                 <--  an encoding.TextMarshaler
//	None                                <--  nil pointers, maps, slices
//
// Kept both ways: the order of dicts; which references are to one object, also
// of objects that contain themselves; class names, translated between Python 2
// and 3 as Python does it; NaN, -0.0 and the trailing zeros of a Decimal. Keys
// are one if Python's == says so (1, 1.0 and True), and the last value for a
// key wins in the place of the first; only aware datetimes of different zones
// stay two keys here though they be one instant.
//
// Not kept: whether an int of Python 2 was a long; whether equal strings,
// numbers or dates were one object, which Python itself does not promise; the
// fold of a datetime at protocols below 4; a Buffer written without
// BufferCallback becomes bytes or bytearray.
//
// [Assign] and [Unmarshal] store values in Go's own types, by rules that users
// of encoding/json know. Values implement json.Marshaler and are written as
// Python's json.dumps writes them; what json.dumps rejects is an error.
//
// # Unknown classes
//
// An [Object] holds a class's name, how it is constructed, its arguments, state
// and items. Encoding it gives Python an equal object. A site that accepts only
// plain data sets [DecodeOptions].Strict, and gets a [ForbiddenError] for the
// rest.
//
// # Python 2
//
// A str of Python 2 is text or bytes; the pickle does not say which. The
// default is Python 3's: ASCII text, otherwise an error. With it Python 3
// itself cannot read the datetimes of Python 2; read them with
// [EncodingLenient], which keeps text that is not ASCII as bytes, and loses
// nothing. Write protocol 2 for Python 2 to read.
//
// # Security considerations
//
// Python's own pickle.loads runs whatever a pickle tells it to. This package
// has nothing that could run. Any input is safe to read: memory is at most a
// few hundred times its length for the worst and about ten times for ordinary
// ones, time is in proportion to the length, nesting is bounded;
// [DecodeOptions] sets lower bounds. Reading a pickle does not make its content
// trustworthy: a pickle from outside can name any class and hold any value, and
// so can one from a cache that others write to. Do not pass a pickle on to
// Python that Python should not load.
//
// Errors hold nothing of a pickle's content but the name of a forbidden class;
// what [Repr] and [Disassemble] return does.
package pickle
