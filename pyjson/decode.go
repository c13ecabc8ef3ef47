package pyjson

import (
	"math/big"
	"strconv"
	"strings"
)

// Unmarshal stores the value that text is in what dst, a non-nil pointer,
// points to. A *any gets the types of the package's table; other types get what
// encoding/json would give them, but that names are compared exactly, and
// floats are never taken for integers.
func Unmarshal(text string, dst any) error {
	d := decoder{scanner: scanner{text: text}}
	switch p := dst.(type) {
	case *any:
		v, err := d.whole()
		if err == nil {
			*p = v
		}
		return err
	case *Raw:
		err := valid(text, 0)
		if err == nil {
			*p = Raw(text)
		}
		return err
	}
	v, err := d.whole()
	if err != nil {
		return err
	}
	return Assign(dst, v)
}

// A decoder builds what the scanner checks.
type decoder struct {
	scanner
	isUTF8 bool // whether bytes beyond ASCII are UTF-8, rather than latin-1
}

func (d *decoder) whole() (any, error) {
	d.blanks()
	v, err := d.any()
	if err != nil {
		return nil, err
	}
	if err := d.end(); err != nil {
		return nil, err
	}
	return v, nil
}

func (d *decoder) any() (any, error) {
	start := d.pos
	if start < len(d.text) && (d.text[start] == '{' || d.text[start] == '[') {
		if d.depth++; d.depth > MaxDepth {
			return nil, d.fail("nested too deep")
		}
		defer func() { d.depth-- }()
		d.pos++
		d.blanks()
		if d.text[start] == '{' {
			return d.object()
		}
		return d.list()
	}
	if err := d.value(); err != nil {
		return nil, err
	}
	return scalar(d.text[start:d.pos], d.isUTF8), nil
}

func (d *decoder) list() (any, error) {
	list := []any{}
	for more := !d.take(']'); more; {
		v, err := d.any()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if more, err = d.next(']'); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// object builds a dict: the last of several values of a name counts, in the
// first one's place.
func (d *decoder) object() (any, error) {
	object := Object{}
	var places map[string]int // only once a search would take long
	for more := !d.take('}'); more; {
		quoted, _, err := d.quotedName()
		if err != nil {
			return nil, err
		}
		name := unquoteAs(quoted, d.isUTF8)
		v, err := d.any()
		if err != nil {
			return nil, err
		}
		if i := find(object, &places, name); i >= 0 {
			object[i].Value = v
		} else {
			object = append(object, Member{name, v})
		}
		if more, err = d.next('}'); err != nil {
			return nil, err
		}
	}
	return object, nil
}

func find(o Object, places *map[string]int, name string) int {
	const few = 16
	if len(o) < few {
		for i := range o {
			if o[i].Name == name {
				return i
			}
		}
		return -1
	}
	if *places == nil {
		*places = make(map[string]int, 2*few)
		for i := range o {
			(*places)[o[i].Name] = i
		}
	}
	if i, ok := (*places)[name]; ok {
		return i
	}
	(*places)[name] = len(o) // it is appended now
	return -1
}

// scalar returns a valid value that is neither a list nor an object.
func scalar(text string, isUTF8 bool) any {
	switch text[0] {
	case '"':
		return unquoteAs(text, isUTF8)
	case 'n':
		return nil
	case 't':
		return true
	case 'f':
		return false
	case 'N':
		return nan
	case 'I':
		return inf
	}
	if text == "-Infinity" {
		return -inf
	}
	if strings.ContainsAny(text, ".eE") {
		f, _ := strconv.ParseFloat(text, 64) // out of range is infinity, as in Python
		return f
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	n, _ := new(big.Int).SetString(text, 10)
	return n
}
