package djsession

import (
	"fmt"

	"github.com/djsession/djsession-go/pyjson"
)

// RawValue is a value as its serializer read it. Serializers implement it; it
// must be safe for concurrent reading.
type RawValue interface {
	// Decode stores the value in what dst, a non-nil pointer, points to. A *any
	// gets the serializer's own Go form.
	Decode(dst any) error

	// Plain returns the value in the terms that every serializer knows: nil,
	// bool, int64, *big.Int, float64, string, []any and [pyjson.Object],
	// nested. It is an error if the value has no such form, as a set has none.
	Plain() (any, error)

	// Text returns the value if it is a string, without allocating where that
	// can be avoided.
	Text() (string, bool)
}

// Get returns the value of a name in its serializer's Go form (JSON: nil, bool,
// int64, *big.Int, float64, string, []any, [pyjson.Object]), or as it was set,
// and whether the name is there.
func (d *Data) Get(name string) (value any, ok bool, err error) {
	ok, err = d.Decode(name, &value)
	return value, ok, err
}

// Text returns the value of a name if it is there and is a string. It is the
// cheapest way to a user's id.
func (d *Data) Text(name string) (string, bool) {
	i := d.find(name)
	if i < 0 {
		return "", false
	}
	switch v := d.entries[i].value.(type) {
	case RawValue:
		return v.Text()
	case string:
		return v, true
	}
	return "", false
}

// Decode stores the value of a name in what dst points to, by the rules of
// encoding/json (struct fields are found by exact name or tag). It reports
// whether the name is there; a missing name is no error and leaves dst alone.
func (d *Data) Decode(name string, dst any) (bool, error) {
	i := d.find(name)
	if i < 0 {
		return false, nil
	}
	if err := decodeValue(d.entries[i].value, dst); err != nil {
		return true, fmt.Errorf("djsession: session value %q: %w", name, err)
	}
	return true, nil
}

// decodeValue gives the same answer for a value set a moment ago as for one
// that was saved and read again.
func decodeValue(value, dst any) error {
	switch v := value.(type) {
	case RawValue:
		return v.Decode(dst)
	default:
		if p, ok := dst.(*any); ok {
			*p = v
			return nil
		}
		text, err := pyjson.Append(nil, v)
		if err != nil {
			return err
		}
		return pyjson.Unmarshal(string(text), dst)
	}
}

// Values holds values by name: a [*Session] or a [*Data].
type Values interface {
	acquire() *Data
	release()
}

func (d *Data) acquire() *Data { return d }
func (d *Data) release()       {}

// Get returns the value of a name in a session or its data as a T, by the rules
// of encoding/json, and whether the name is there. A missing name gives the
// zero T and no error; a value that is not a T is an error that names the two
// types. As a T, any gives the serializer's own form: see [Data.Get].
// Django: request.session.get.
func Get[T any](from Values, name string) (T, bool, error) {
	d := from.acquire()
	defer from.release()
	return get[T](d, name)
}

func get[T any](d *Data, name string) (T, bool, error) {
	var v T
	i := d.find(name)
	if i < 0 {
		return v, false, nil
	}
	if set, ok := d.entries[i].value.(T); ok {
		if _, held := any(set).(RawValue); !held {
			return set, true, nil
		}
	}
	ok, err := d.Decode(name, &v)
	if err != nil {
		var zero T
		return zero, true, err
	}
	return v, ok, nil
}
