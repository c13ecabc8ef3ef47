package pickled

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/pyjson"
)

// held is a value as it was unpickled.
type held struct{ v any }

func (h *held) Decode(dst any) error { return pickle.Assign(dst, h.v) }

func (h *held) Plain() (any, error) { return new(plainer).plain(h.v, 0) }

func (h *held) Text() (string, bool) {
	switch v := h.v.(type) {
	case string:
		return v, true
	case pickle.SafeString:
		return v.Text, true
	}
	return "", false
}

// maxPlain bounds what a value is written out to, in bytes or so: in a pickle
// of a hundred bytes, one list can be in another twice, that in a third twice,
// and so on.
const maxPlain = 8 << 20

var (
	errTooLarge = errors.New("written out as JSON it is larger than any session")
	errTooDeep  = errors.New("it is nested too deep")
)

// A plainer writes a value out. It goes through each container once, however
// many places it is in.
type plainer struct {
	size    int
	written map[pickle.ID]*written
}

// written is what a container became, and the size of that. The form is not
// known yet while the container itself is being written.
type written struct {
	form any
	size int
	done bool
}

// plain returns a value in JSON's terms, as json.dumps of Python sees it. It
// returns an error for what json.dumps refuses: a set, a datetime, an object,
// or a value within itself.
func (p *plainer) plain(v any, depth int) (any, error) {
	if depth > pyjson.MaxDepth {
		return nil, errTooDeep
	}
	if p.size += 16; p.size > maxPlain { // what a value takes in memory, whatever it is
		return nil, errTooLarge
	}
	id, nests := pickle.IDOf(v)
	if !nests {
		return p.value(v, depth)
	}
	if w := p.written[id]; w != nil {
		if !w.done {
			return nil, pickle.ErrCircular
		}
		p.size += w.size
		return w.form, nil
	}
	if p.written == nil {
		p.written = make(map[pickle.ID]*written)
	}
	w, before := new(written), p.size
	p.written[id] = w
	var err error
	w.form, err = p.value(v, depth)
	w.size, w.done = p.size-before, true
	return w.form, err
}

func (p *plainer) value(v any, depth int) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64, float64:
		return v, nil
	case *big.Int:
		p.size += v.BitLen() / 3
		return v, nil
	case string:
		p.size += len(v)
		return v, nil
	case pickle.SafeString:
		p.size += len(v.Text)
		return v.Text, nil
	case *pickle.List:
		return p.items(v.Items, depth)
	case pickle.Tuple:
		return p.items(v, depth)
	}
	dict, ok := pickle.AsDict(v)
	if !ok {
		return nil, fmt.Errorf("a %T has no JSON form", v)
	}
	var object pyjson.Object
	for key, value := range dict.All() {
		if safe, ok := key.(pickle.SafeString); ok {
			key = safe.Text
		}
		name, err := pyjson.NameOf(key)
		if err != nil {
			return nil, err
		}
		p.size += len(name)
		value, err := p.plain(value, depth+1)
		if err != nil {
			return nil, err
		}
		object = append(object, pyjson.Member{Name: name, Value: value})
	}
	return object, nil
}

func (p *plainer) items(items []any, depth int) (any, error) {
	if p.size+16*len(items) > maxPlain {
		return nil, errTooLarge
	}
	list := make([]any, len(items))
	for i, item := range items {
		var err error
		if list[i], err = p.plain(item, depth+1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// native returns what to pickle for a value of a session.
func native(value any) (any, error) {
	switch v := value.(type) {
	case *held:
		return v.v, nil
	case djsession.RawValue: // of another serializer
		plain, err := v.Plain()
		if err != nil {
			return nil, err
		}
		return fromPlain(plain), nil
	case djsession.LocalTime:
		naive := pickle.DateTimeOf(time.Time(v))
		naive.TZ = nil
		return naive, nil
	case pyjson.Raw: // what djsession.Get gives of a session in JSON can be set in one of pickles
		var plain any
		err := pyjson.Unmarshal(string(v), &plain)
		return fromPlain(plain), err
	case pyjson.Object, []any, map[string]any:
		if hasJSON(v, 0) {
			return fromPlain(v), nil
		}
	}
	return value, nil
}

// hasJSON reports whether something in JSON is within a value. All else stays
// what it is: a map is one object, however often it is referred to.
func hasJSON(v any, depth int) bool {
	if depth > 100 {
		return false
	}
	switch v := v.(type) {
	case pyjson.Object, pyjson.Raw:
		return true
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return hasJSON(item, depth+1) })
	case map[string]any:
		for _, item := range v {
			if hasJSON(item, depth+1) {
				return true
			}
		}
	}
	return false
}

// fromPlain makes lists and dicts of what JSON has.
func fromPlain(v any) any {
	switch v := v.(type) {
	case []any:
		list := pickle.NewList()
		for _, item := range v {
			list.Items = append(list.Items, fromPlain(item))
		}
		return list
	case pyjson.Object:
		dict := new(pickle.Dict)
		for _, m := range v {
			_ = dict.Set(m.Name, fromPlain(m.Value)) // any string can be a key
		}
		return dict
	case map[string]any:
		dict := new(pickle.Dict)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			_ = dict.Set(name, fromPlain(v[name]))
		}
		return dict
	case pyjson.Raw:
		var plain any
		if pyjson.Unmarshal(string(v), &plain) == nil {
			return fromPlain(plain)
		}
	}
	return v
}
