// Package values has the values of sessions as people and programs see them:
// as JSON, with credentials masked, and in the conditions of --where.
package values

import (
	"encoding/base64"
	"math"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/pyjson"
)

// Contents returns a session's dictionary as one that JSON can hold: names in
// stored order, and numbers as Python wrote them. A value that only a pickle
// can hold becomes an object with the name $repr (or $bytes, for bytes).
// Credentials are masked without reveal.
func Contents(d *djsession.Data, serializer string, reveal bool) (pyjson.Object, error) {
	object := make(pyjson.Object, 0, d.Len())
	r := newReading()
	for name := range d.Names() {
		value, err := r.of(d, name, serializer)
		if err != nil {
			return nil, err
		}
		if masked, hit := Mask(name, value); hit && !reveal {
			value = masked
		}
		object = append(object, pyjson.Member{Name: name, Value: value})
	}
	if rest, ok := d.Extra.(*pickle.Dict); ok { // items whose names are not strings
		for key, v := range rest.All() {
			if _, isName := key.(string); !isName {
				name, value := pickle.Repr(key), r.value(v, 0)
				if masked, hit := Mask(name, value); hit && !reveal {
					value = masked
				}
				object = append(object, pyjson.Member{Name: name, Value: value})
			}
		}
	}
	return object, nil
}

// Of is a value in terms of JSON.
func Of(d *djsession.Data, name, serializer string) (any, error) {
	return newReading().of(d, name, serializer)
}

// Readable returns an unpickled value in terms of JSON.
func Readable(v any) any { return newReading().value(v, 0) }

// readableDepth is how deep a pickle is taken apart. A deeper value is shown by
// its repr.
const readableDepth = 100

// A container can be in a pickle many times, and within itself. readableAgain
// is how many values are written that were written before, and readableReprs
// how many bytes of reprs, which may say the same over and over.
const (
	readableAgain = 1 << 18
	readableReprs = 8 << 20
)

// A reading puts unpickled values in terms of JSON. It takes no longer than the
// pickle is large.
type reading struct {
	again, reprs int                // what may still be written
	open         map[pickle.ID]bool // containers that were met: whether it is within them
	within       int                // how many containers it is in that were written before
}

func newReading() *reading {
	return &reading{again: readableAgain, reprs: readableReprs, open: make(map[pickle.ID]bool)}
}

// enter notes that a value is being written, and reports whether it may be.
func (r *reading) enter(v any) (leave func(), ok bool) {
	if r.within > 0 {
		r.again--
	}
	if r.again < 0 {
		return nil, false
	}
	id, nests := pickle.IDOf(v)
	if !nests {
		return func() {}, true
	}
	open, met := r.open[id]
	if open {
		return nil, false
	}
	r.open[id] = true
	if !met {
		return func() { r.open[id] = false }, true
	}
	r.within++
	return func() { r.open[id] = false; r.within-- }, true
}

func (r *reading) of(d *djsession.Data, name, serializer string) (any, error) {
	if serializer == djsession.JSON.Name() {
		var raw pyjson.Raw
		_, err := d.Decode(name, &raw)
		return pyjson.Raw(ASCIIOfLatin1(string(raw))), err
	}
	v, _, err := d.Get(name)
	return r.value(v, 0), err
}

// ellipsis stands for what is not written.
var ellipsis = pyjson.Object{{Name: "$repr", Value: "..."}}

func (r *reading) value(v any, depth int) any {
	leave, ok := r.enter(v)
	if !ok {
		return ellipsis
	}
	defer leave()
	if depth < readableDepth {
		switch v := v.(type) {
		case *pickle.List:
			return r.items(v.Items, depth)
		case pickle.Tuple:
			return r.items(v, depth)
		case *pickle.Dict, *pickle.OrderedDict, *pickle.DefaultDict:
			dict, _ := pickle.AsDict(v)
			if object, ok := r.dict(dict, depth); ok {
				return object
			}
		}
	}
	switch v := v.(type) {
	case pickle.SafeString:
		return v.Text
	case pickle.Bytes:
		return pyjson.Object{{Name: "$bytes", Value: base64.StdEncoding.EncodeToString([]byte(v))}}
	case []any, pyjson.Object:
		return v
	default:
		if isScalar(v) {
			if _, err := pyjson.Append(nil, v); err == nil {
				return v
			}
		}
	}
	if r.reprs < 0 {
		return ellipsis
	}
	text := pickle.Repr(v)
	r.reprs -= len(text)
	return pyjson.Object{{Name: "$repr", Value: text}}
}

func (r *reading) items(items []any, depth int) []any {
	var list []any
	for _, item := range items {
		list = append(list, r.value(item, depth+1))
		if r.again < 0 {
			break
		}
	}
	if list == nil {
		return []any{}
	}
	return list
}

// dict is a dict whose keys are all names.
func (r *reading) dict(dict *pickle.Dict, depth int) (pyjson.Object, bool) {
	for key := range dict.All() {
		if _, ok := key.(string); !ok {
			return nil, false
		}
	}
	object := pyjson.Object{}
	for key, value := range dict.All() {
		object = append(object, pyjson.Member{Name: key.(string), Value: r.value(value, depth+1)})
		if r.again < 0 {
			break
		}
	}
	return object, true
}

func isScalar(v any) bool {
	switch v := v.(type) {
	case nil, bool, string, int64, int:
		return true
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case interface{ IsInt64() bool }: // *big.Int
		return true
	}
	return false
}
