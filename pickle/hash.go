package pickle

import (
	"hash/maphash"
	"math"
	"math/big"
	"math/bits"
	"reflect"
	"unsafe"
)

// seed makes hashes differ from one process to the next, so that keys that
// collide cannot be prepared.
var (
	seed  = maphash.MakeSeed()
	salt0 = maphash.String(seed, "0")
	salt1 = maphash.String(seed, "1") | 1
)

// mix hashes one word.
func mix(x, kind uint64) uint64 {
	hi, lo := bits.Mul64(x^salt0, kind^salt1)
	return hi ^ lo
}

const (
	kindInt = iota*2 + 1
	kindFloat
	kindTuple
	kindComplex
	kindObject
	kindSlice
)

// longText is the length from which a text's hash is remembered and comparing
// two texts costs budget.
const longText = 64

// hasher hashes and compares keys as Python does. It remembers the hashes of
// nested tuples, of long ones and of long strings, without which a tuple that
// holds another one twice, and so on, takes exponential time.
type hasher struct {
	budget *budget // nil: none
	err    error   // the budget is spent, or a key is too deep
	depth  int
	memo   map[identity]uint64
	same   map[identity]identity // tuples found equal: towards the representative of their class
	nans   uint64
}

// identity is where a string's or tuple's contents lie.
type identity struct {
	at  unsafe.Pointer
	len int
}

func tupleIdentity(t Tuple) identity { return identity{unsafe.Pointer(unsafe.SliceData(t)), len(t)} }

func textIdentity(s string) identity {
	return identity{unsafe.Pointer(unsafe.StringData(s)), -len(s)}
}

// hash returns the same number for values that Python holds equal, and an error
// for a value that cannot be a key.
func (h *hasher) hash(key any) (uint64, error) {
	switch v := key.(type) {
	case string:
		return h.hashText(v), nil
	case int64:
		return mix(uint64(v), kindInt), nil
	case nil:
		return salt1, nil
	case Bytes:
		return ^h.hashText(string(v)), nil
	case SafeString:
		return h.hashText(v.Text), nil
	case Tuple:
		return h.hashTuple(v)
	case *FrozenSet:
		return v.hash, nil
	case bool, float64, complex128, *big.Int, *big.Rat, Decimal:
		return h.hashNumber(v), nil
	case Slice:
		hash, err := h.hashTuple(boundsOf(key))
		return mix(hash, kindSlice), err
	case *List, *Dict, *OrderedDict, *DefaultDict, *Counter, *Set, *ByteArray, *Deque:
		return 0, ErrUnhashable
	case DateTime:
		return h.hashZoned(v, v.TZ, v.naive())
	case Time:
		return h.hashZoned(v, v.TZ, v.naive())
	}
	if !reflect.ValueOf(key).Comparable() {
		return 0, ErrUnhashable
	}
	return maphash.Comparable(seed, key), nil
}

// boundsOf returns pointers to a Slice's parts. Copies would have identities of
// their own, and be hashed again each time.
func boundsOf(slice any) Tuple {
	return unsafe.Slice((*any)((*words)(unsafe.Pointer(&slice)).data), 3)
}

// hashZoned hashes a value and its time zone, which may be any value.
func (h *hasher) hashZoned(v, zone, naive any) (uint64, error) {
	if zone == nil {
		return maphash.Comparable(seed, v), nil
	}
	hash, err := h.hash(zone)
	return hash ^ maphash.Comparable(seed, naive), err
}

func (h *hasher) hashText(s string) uint64 {
	if len(s) < longText {
		return maphash.String(seed, s)
	}
	id := textIdentity(s)
	if hash, ok := h.memo[id]; ok {
		return hash
	}
	h.spend(len(s))
	return h.remember(id, maphash.String(seed, s))
}

func (h *hasher) remember(id identity, hash uint64) uint64 {
	if h.memo == nil {
		h.memo = map[identity]uint64{}
	}
	h.memo[id] = hash
	return hash
}

func (h *hasher) hashTuple(t Tuple) (uint64, error) {
	nested := len(t) > linearMax
	for _, e := range t {
		switch e.(type) {
		case Tuple, Slice, DateTime, Time:
			nested = true
		}
	}
	id := tupleIdentity(t)
	if nested {
		if hash, ok := h.memo[id]; ok {
			return hash, nil
		}
	}
	if h.depth++; h.depth > defaultMaxDepth {
		return 0, ErrTooDeep
	}
	sum := uint64(len(t))
	for _, e := range t {
		hash, err := h.hash(e)
		if err != nil {
			return 0, err
		}
		sum = mix(sum^hash, kindTuple)
	}
	h.depth--
	if nested {
		h.remember(id, sum)
	}
	return sum, nil
}

func (h *hasher) hashNumber(v any) uint64 {
	switch v := h.canonical(v).(type) {
	case int64:
		return mix(uint64(v), kindInt)
	case float64:
		if v != v {
			return h.freshHash()
		}
		return mix(math.Float64bits(v), kindFloat)
	case *big.Int:
		return h.hashInt(v)
	case *big.Rat:
		return mix(h.hashInt(v.Num())^bits.Reverse64(h.hashInt(v.Denom())), kindFloat)
	case complex128:
		if math.IsNaN(real(v)) || math.IsNaN(imag(v)) {
			return h.freshHash()
		}
		return mix(mix(math.Float64bits(real(v)+0), kindComplex)^math.Float64bits(imag(v)+0), kindComplex)
	case Decimal:
		if v.isNaN() {
			return h.freshHash()
		}
		return h.hashText(string(v))
	}
	return 0
}

// canonical pays for the one spelling of a number: a dict without an index asks
// for that of each of its keys, over and over.
func (h *hasher) canonical(v any) any {
	const least = 64 // for what is made of a number of any size
	switch v := v.(type) {
	case Decimal:
		h.spend(least + v.work())
	case *big.Rat:
		h.spend(least + (v.Num().BitLen()+v.Denom().BitLen())/4)
	case float64:
		if math.Abs(v) >= 1<<63 {
			h.spend(least)
		}
	case complex128:
		if math.Abs(real(v)) >= 1<<63 {
			h.spend(least)
		}
	}
	if h.err != nil {
		return v
	}
	return canonical(v)
}

func (h *hasher) hashInt(v *big.Int) uint64 {
	h.spend(v.BitLen() / 8)
	sum := uint64(v.Sign())
	for _, w := range v.Bits() {
		sum = mix(sum^uint64(w), kindInt)
	}
	return sum
}

// freshHash is for NaN, which equals nothing: were the hashes equal too, many
// NaN keys would take quadratic time.
func (h *hasher) freshHash() uint64 {
	h.nans++
	return mix(h.nans^uint64(uintptr(unsafe.Pointer(h))), kindFloat)
}

func (h *hasher) spend(n int) {
	if h.budget != nil && !h.budget.spend(n) && h.err == nil {
		h.err = ErrTooLarge
	}
}
