// Package pyjson is JSON as Python's json module reads and writes it, which is
// not quite JSON and not quite encoding/json: integers of any size, 1 and 1.0
// kept apart, NaN and Infinity, lone surrogates, names in order, ASCII only.
//
//	Python                 Go, decoded into any     Go, encoded
//	None                   nil                      nil, nil pointers, maps, slices
//	True, False            bool                     bool
//	int                    int64, else *big.Int     all integers, *big.Int
//	float                  float64                  float64, float32
//	str                    string (WTF-8)           string
//	list, tuple            []any                    slices, arrays
//	dict                   Object                   Object, maps (sorted), structs with json tags
//
// A Go string is WTF-8: UTF-8 in which a lone surrogate, which Python's strings
// can hold, is the three bytes that UTF-8 would have for it. Text is decoded as
// latin-1, as Django does; all that Python writes is ASCII.
package pyjson

// MaxDepth is how deep lists and objects may nest.
const MaxDepth = 10_000

// MaxDigits is how long an integer may be, as in CPython 3.11 and later, which
// neither reads nor writes longer ones.
const MaxDigits = 4300

// An Object is a dict as JSON holds it: members in order, names unique.
type Object []Member

// A Member is a name with its value.
type Member struct {
	Name  string
	Value any
}

// Get returns the value of a name, and whether the name is there.
func (o Object) Get(name string) (any, bool) {
	for _, m := range o {
		if m.Name == name {
			return m.Value, true
		}
	}
	return nil, false
}

// MarshalJSON makes an object of it for encoding/json too.
func (o Object) MarshalJSON() ([]byte, error) { return Append(nil, o) }

// Raw is JSON text in latin-1. [Append] writes it as it is, in ASCII, if it is
// valid; [Unmarshal] gives it as it was read.
type Raw string

// MarshalJSON gives encoding/json the text.
func (r Raw) MarshalJSON() ([]byte, error) { return Append(nil, r) }
