package pickle_test

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"unsafe"

	"github.com/djsession/djsession-go/pickle"
)

// grapher compares two values, and whether what is one object in the first is
// one in the second.
type grapher struct {
	there, back map[any]any
	ordered     bool // whether the order of items counts
}

func sameGraph(a, b any) error {
	g := grapher{map[any]any{}, map[any]any{}, false}
	return g.same(a, b, "v")
}

func sameGraphInOrder(a, b any) error {
	g := grapher{map[any]any{}, map[any]any{}, true}
	return g.same(a, b, "v")
}

// identity returns what two references to one object share; nil for values
// without identity.
func identity(v any) any {
	switch v := v.(type) {
	case pickle.Tuple:
		if len(v) == 0 {
			return nil
		}
		return unsafe.Pointer(&v[0])
	case *pickle.FrozenSet:
		if v.Len() == 0 {
			return nil
		}
		return v
	case *big.Int, *big.Rat:
		return nil
	}
	if reflect.ValueOf(v).Kind() == reflect.Pointer {
		return v
	}
	return nil
}

func (g *grapher) same(a, b any, path string) error {
	different := func() error {
		return fmt.Errorf("%s: %.300s became %.300s", path, pickle.Repr(a), pickle.Repr(b))
	}
	if reflect.TypeOf(a) != reflect.TypeOf(b) {
		return different()
	}
	if id := identity(a); id != nil {
		if met, ok := g.there[id]; ok {
			if met != identity(b) {
				return fmt.Errorf("%s: no longer shared: %.300s", path, pickle.Repr(a))
			}
			return nil
		}
		if _, ok := g.back[identity(b)]; ok {
			return fmt.Errorf("%s: two became one: %.300s", path, pickle.Repr(a))
		}
		g.there[id], g.back[identity(b)] = identity(b), id
	}
	equal := true
	switch a := a.(type) {
	case *pickle.List:
		return g.sameAll(a.Items, b.(*pickle.List).Items, path)
	case pickle.Tuple:
		return g.sameAll(a, b.(pickle.Tuple), path)
	case *pickle.Dict:
		return g.sameDict(a, b.(*pickle.Dict), path)
	case *pickle.OrderedDict:
		return g.sameDict(&a.Dict, &b.(*pickle.OrderedDict).Dict, path)
	case *pickle.Counter:
		return g.sameDict(&a.Dict, &b.(*pickle.Counter).Dict, path)
	case *pickle.DefaultDict:
		if err := g.same(a.Factory, b.(*pickle.DefaultDict).Factory, path); err != nil {
			return err
		}
		return g.sameDict(&a.Dict, &b.(*pickle.DefaultDict).Dict, path)
	case *pickle.Deque:
		b := b.(*pickle.Deque)
		if a.Bounded != b.Bounded || a.MaxLen != b.MaxLen {
			return different()
		}
		return g.sameAll(a.Items, b.Items, path)
	case *pickle.Set:
		b := b.(*pickle.Set)
		if g.ordered {
			return g.sameAll(slices.Collect(a.All()), slices.Collect(b.All()), path)
		}
		equal = a.Len() == b.Len()
		for v := range a.All() {
			equal = equal && b.Has(v)
		}
	case *pickle.FrozenSet:
		b := b.(*pickle.FrozenSet)
		if g.ordered {
			return g.sameAll(slices.Collect(a.All()), slices.Collect(b.All()), path)
		}
		equal = a.Len() == b.Len()
		for v := range a.All() {
			equal = equal && b.Has(v)
		}
	case *pickle.ByteArray:
		equal = string(a.Data) == string(b.(*pickle.ByteArray).Data)
	case *pickle.Object:
		return g.sameObject(a, b.(*pickle.Object), path)
	case *pickle.Message:
		return g.sameAll([]any{a.Level, a.Text, a.ExtraTags}, []any{b.(*pickle.Message).Level, b.(*pickle.Message).Text, b.(*pickle.Message).ExtraTags}, path)
	case *pickle.LazyString:
		b := b.(*pickle.LazyString)
		return g.sameAll([]any{a.Func, a.Args, a.Kwargs, a.Types}, []any{b.Func, b.Args, b.Kwargs, b.Types}, path)
	case pickle.Slice:
		b := b.(pickle.Slice)
		return g.sameAll([]any{a.Start, a.Stop, a.Step}, []any{b.Start, b.Stop, b.Step}, path)
	case pickle.DateTime:
		b := b.(pickle.DateTime)
		zones := []any{a.TZ, b.TZ}
		a.TZ, b.TZ = nil, nil
		if a == b {
			return g.same(zones[0], zones[1], path+".tzinfo")
		}
		return different()
	case pickle.Time:
		b := b.(pickle.Time)
		zones := []any{a.TZ, b.TZ}
		a.TZ, b.TZ = nil, nil
		if a == b {
			return g.same(zones[0], zones[1], path+".tzinfo")
		}
		return different()
	case *big.Int:
		equal = a.Cmp(b.(*big.Int)) == 0
	case *big.Rat:
		equal = a.Cmp(b.(*big.Rat)) == 0
	case float64:
		equal = math.Float64bits(a) == math.Float64bits(b.(float64)) || a != a
	case complex128:
		equal = fmt.Sprint(a) == fmt.Sprint(b)
	default:
		equal = a == b
	}
	if !equal {
		return different()
	}
	return nil
}

func (g *grapher) sameAll(a, b []any, path string) error {
	if len(a) != len(b) {
		return fmt.Errorf("%s: %d items became %d", path, len(a), len(b))
	}
	for i := range a {
		if err := g.same(a[i], b[i], fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func flat(d *pickle.Dict) (all []any) {
	for k, v := range d.All() {
		all = append(all, k, v)
	}
	return all
}

// sameDict compares dicts whatever their order, which Python 2 does not keep.
func (g *grapher) sameDict(a, b *pickle.Dict, path string) error {
	if a.Len() != b.Len() {
		return fmt.Errorf("%s: %d items became %d", path, a.Len(), b.Len())
	}
	if g.ordered {
		return g.sameAll(flat(a), flat(b), path)
	}
	for k, v := range a.All() {
		other, ok := b.Get(k)
		if !ok {
			return fmt.Errorf("%s: key %.100s is gone", path, pickle.Repr(k))
		}
		if err := g.same(v, other, path+"["+pickle.Repr(k)+"]"); err != nil {
			return err
		}
	}
	return nil
}

func (g *grapher) sameObject(a, b *pickle.Object, path string) error {
	if a.Class != b.Class || a.Form != b.Form || a.HasState != b.HasState || len(a.DictItems) != len(b.DictItems) {
		return fmt.Errorf("%s: %.300s became %.300s", path, pickle.Repr(a), pickle.Repr(b))
	}
	for i := range a.DictItems {
		if err := g.sameAll([]any{a.DictItems[i].Key, a.DictItems[i].Value}, []any{b.DictItems[i].Key, b.DictItems[i].Value}, path); err != nil {
			return err
		}
	}
	if err := g.sameAll(a.Args, b.Args, path+".args"); err != nil {
		return err
	}
	if err := g.sameAll(a.ListItems, b.ListItems, path); err != nil {
		return err
	}
	kwargs := func(o *pickle.Object) any {
		if o.Kwargs == nil {
			return nil
		}
		return o.Kwargs
	}
	return g.sameAll([]any{a.Callable, kwargs(a), a.State, a.Setter}, []any{b.Callable, kwargs(b), b.State, b.Setter}, path)
}

// comparableRepr reports whether Python's repr of v has only one spelling: sets
// of more than one element have none.
func comparableRepr(v any, seen map[any]bool) bool {
	if id := identity(v); id != nil {
		if seen[id] {
			return true
		}
		seen[id] = true
	}
	var parts []any
	switch v := v.(type) {
	case *pickle.List:
		parts = v.Items
	case pickle.Tuple:
		parts = v
	case *pickle.Dict:
		for k, v := range v.All() {
			parts = append(parts, k, v)
		}
	case *pickle.Set:
		for e := range v.All() {
			parts = append(parts, e)
		}
		if v.Len() > 1 {
			return false
		}
	case *pickle.FrozenSet:
		for e := range v.All() {
			parts = append(parts, e)
		}
		if v.Len() > 1 {
			return false
		}
	}
	for _, p := range parts {
		if !comparableRepr(p, seen) {
			return false
		}
	}
	return true
}
