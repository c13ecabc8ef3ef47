package pyjson

import (
	"fmt"
	"reflect"
)

// A SyntaxError says where a text is not what Python takes for JSON. It never
// quotes the text.
type SyntaxError struct {
	Offset int // in bytes
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("pyjson: %s at offset %d", e.Reason, e.Offset)
}

// A TypeError says that a Go value has no JSON form, or that a JSON value does
// not fit a Go type.
type TypeError struct {
	Value string       // the kind of JSON value, such as "list"; empty if a Go value could not be written
	Type  reflect.Type // nil for an untyped reason
	Why   string       // more, if there is more to say
}

func (e *TypeError) Error() string {
	text := "pyjson: "
	if e.Value == "" {
		text += fmt.Sprintf("a Go value of type %v has no JSON form", e.Type)
	} else {
		text += fmt.Sprintf("a JSON %s does not fit Go type %v", e.Value, e.Type)
	}
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}
