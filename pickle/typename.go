package pickle

import (
	"math/big"
	"net/netip"
)

// pythonType names the Python type of a value, for messages.
func pythonType(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case complex128:
		return "complex"
	case string:
		return "str"
	case Bytes:
		return "bytes"
	case *ByteArray:
		return "bytearray"
	case *List:
		return "list"
	case Tuple:
		return "tuple"
	case *Dict:
		return "dict"
	case *OrderedDict:
		return "OrderedDict"
	case *DefaultDict:
		return "defaultdict"
	case *Counter:
		return "Counter"
	case *Set:
		return "set"
	case *FrozenSet:
		return "frozenset"
	case *Deque:
		return "deque"
	case Range:
		return "range"
	case Slice:
		return "slice"
	case Class:
		return "class"
	case *Object:
		return "object"
	case Date:
		return "date"
	case Time:
		return "time"
	case DateTime:
		return "datetime"
	case TimeDelta:
		return "timedelta"
	case TimeZone, ZoneInfo, PytzZone, PytzOffset:
		return "tzinfo"
	case Decimal:
		return "Decimal"
	case *big.Rat:
		return "Fraction"
	case UUID:
		return "UUID"
	case netip.Addr, netip.Prefix, IPInterface:
		return "IP address"
	case Path:
		return v.Flavor
	case SafeString:
		return "SafeString"
	case *LazyString:
		return "lazy string"
	case *Message:
		return "Message"
	case *Buffer:
		return "buffer"
	case PersistentID:
		return "persistent id"
	}
	return "value"
}
