package pickle

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

var (
	// ErrSyntax reports data that is not a pickle: cut short, damaged, or
	// something else.
	ErrSyntax = errors.New("pickle: malformed data")
	// ErrTooLarge reports a pickle beyond [DecodeOptions].MaxSize or
	// MaxObjects, or one that copies, hashes or compares the same large values
	// over and over.
	ErrTooLarge = errors.New("pickle: too large")
	// ErrTooDeep reports values nested deeper than MaxDepth.
	ErrTooDeep = errors.New("pickle: nested too deeply")
	// ErrCircular reports a value that contains itself and was to be written as
	// JSON, where Python's json.dumps says "Circular reference detected".
	ErrCircular = errors.New("pickle: a value contains itself, which JSON cannot have")
	// ErrForbidden reports a class that the options do not allow; the error is
	// a [*ForbiddenError] too.
	ErrForbidden = errors.New("pickle: class not allowed")
	// ErrUnsupported reports what needs an option that was not given: a
	// persistent id, an out-of-band buffer, an extension code.
	ErrUnsupported = errors.New("pickle: not supported without an option")
	// ErrUnhashable reports a dict key or set element that Python cannot hash,
	// such as a list.
	ErrUnhashable = errors.New("pickle: unhashable key")
)

// DecodeError says where decoding stopped and why. It wraps one of the errors
// above, or what a function of the options returned. It holds nothing of the
// pickle's content.
type DecodeError struct {
	Offset int    // of the opcode, in bytes
	Opcode byte   // 0 at the end of the data
	Reason string // what is wrong with it, unless Err says all
	Err    error
}

func (e *DecodeError) Error() string {
	name := opcodeName(e.Opcode)
	if name == "" {
		name = "end of data"
		if e.Opcode != 0 {
			name = fmt.Sprintf("opcode %#02x", e.Opcode)
		}
	}
	if e.Reason == "" {
		return fmt.Sprintf("%v (%s at offset %d)", e.Err, name, e.Offset)
	}
	return fmt.Sprintf("%v: %s (%s at offset %d)", e.Err, e.Reason, name, e.Offset)
}

func (e *DecodeError) Unwrap() error { return e.Err }

// ForbiddenError names the class that [DecodeOptions].Strict refused.
type ForbiddenError struct{ Class Class }

func (e *ForbiddenError) Error() string {
	return fmt.Sprintf("%v: %.100q", ErrForbidden, e.Class.String())
}

// Is reports whether target is [ErrForbidden].
func (e *ForbiddenError) Is(target error) bool { return target == ErrForbidden }

// TypeError reports a value that cannot be encoded, or that does not fit the Go
// type it is assigned to. It holds nothing of the value's content.
type TypeError struct {
	Path   string       // where in the Go type: names of fields, "[2]" for an element, "[]" for a value of a map
	Python string       // the Python type of the value being assigned
	Type   reflect.Type // the Go type
	Reason string       // what is wrong, unless the types say all
}

func (e *TypeError) Error() string {
	text := "pickle: cannot encode "
	if e.Python != "" {
		text = "pickle: cannot assign Python " + e.Python + " to "
	}
	switch {
	case e.Type == nil:
		text += e.Reason
	case e.Reason == "":
		text += e.Type.String()
	default:
		text += e.Type.String() + ": " + e.Reason
	}
	if e.Path != "" {
		text += " (at " + strings.TrimPrefix(e.Path, ".") + ")"
	}
	return text
}
