package pickle

import (
	"encoding"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"time"
)

// special stores v in the types that have their own way of taking values; done
// is false for all others.
func (a *assigner) special(to reflect.Value, v any) (done bool, err error) {
	if !to.CanAddr() {
		return false, nil
	}
	switch p := to.Addr().Interface().(type) {
	case *time.Time:
		return true, a.time(to, p, v)
	case *time.Duration:
		if d, ok := v.(TimeDelta); ok {
			if *p, ok = d.Duration(); !ok {
				return true, a.mismatch(to, v, "out of range")
			}
			return true, nil
		}
	case *big.Int:
		switch n := v.(type) {
		case int64:
			p.SetInt64(n)
			return true, nil
		case *big.Int:
			p.Set(n)
			return true, nil
		}
		return true, a.mismatch(to, v, "")
	case *big.Rat:
		return true, a.rational(to, p, v)
	case encoding.TextUnmarshaler:
		return a.text(to, p, v)
	}
	if u, ok := v.(UUID); ok && to.Kind() == reflect.Array && to.Len() == len(u) && to.Type().Elem().Kind() == reflect.Uint8 {
		reflect.Copy(to, reflect.ValueOf(u[:]))
		return true, nil
	}
	return false, nil
}

func (a *assigner) time(to reflect.Value, p *time.Time, v any) error {
	switch d := v.(type) {
	case DateTime:
		if _, ok := d.Location(); d.Aware() && !ok {
			return a.mismatch(to, v, "its time zone is not known here")
		}
		*p = d.Time(time.UTC)
		return nil
	case Date:
		*p = time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
		return nil
	}
	return a.mismatch(to, v, "")
}

func (a *assigner) rational(to reflect.Value, p *big.Rat, v any) error {
	switch n := v.(type) {
	case int64:
		p.SetInt64(n)
		return nil
	case *big.Int:
		p.SetInt(n)
		return nil
	case *big.Rat:
		p.Set(n)
		return nil
	case Decimal:
		r, ok := n.Rat()
		if !ok {
			return a.mismatch(to, v, "not finite, or out of range")
		}
		p.Set(r)
		return nil
	}
	return a.mismatch(to, v, "")
}

// text gives the text of v, if it has one, to a type that unmarshals text.
func (a *assigner) text(to reflect.Value, p encoding.TextUnmarshaler, v any) (done bool, err error) {
	var s string
	switch v := v.(type) {
	case UUID:
		if to.Kind() == reflect.Array {
			return false, nil
		}
		s = v.String()
	case netip.Addr:
		s = v.String()
	case netip.Prefix:
		s = v.String()
	case IPInterface:
		s = v.String()
	default:
		var ok bool
		if s, ok = textOf(v); !ok {
			return false, nil
		}
	}
	if p.UnmarshalText([]byte(s)) != nil {
		return true, a.mismatch(to, v, "its text is refused")
	}
	return true, nil
}

// textOf returns the text of what is a text in Python or has only one spelling.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case SafeString:
		return v.Text, true
	case Decimal:
		return string(v), true
	case Path:
		return v.Name, true
	}
	return "", false
}

func (a *assigner) integer(to reflect.Value, v any) error {
	switch n := v.(type) {
	case int64:
		switch {
		case to.CanInt() && !to.OverflowInt(n):
			to.SetInt(n)
			return nil
		case to.CanUint() && n >= 0 && !to.OverflowUint(uint64(n)):
			to.SetUint(uint64(n))
			return nil
		}
		return a.mismatch(to, v, "out of range")
	case *big.Int:
		if to.CanUint() && n.IsUint64() && !to.OverflowUint(n.Uint64()) {
			to.SetUint(n.Uint64())
			return nil
		}
		return a.mismatch(to, v, "out of range")
	}
	return a.mismatch(to, v, "")
}

func (a *assigner) float(to reflect.Value, v any) error {
	var f float64
	switch n := v.(type) {
	case float64:
		f = n
	case int64:
		f = float64(n)
	case *big.Int:
		if f, _ = new(big.Float).SetInt(n).Float64(); math.IsInf(f, 0) {
			return a.mismatch(to, v, "out of range")
		}
	default:
		return a.mismatch(to, v, "")
	}
	if to.OverflowFloat(f) {
		return a.mismatch(to, v, "out of range")
	}
	to.SetFloat(f)
	return nil
}

func (a *assigner) complex(to reflect.Value, v any) error {
	var c complex128
	switch n := v.(type) {
	case complex128:
		c = n
	case float64:
		c = complex(n, 0)
	case int64:
		c = complex(float64(n), 0)
	default:
		return a.mismatch(to, v, "")
	}
	if to.OverflowComplex(c) {
		return a.mismatch(to, v, "out of range")
	}
	to.SetComplex(c)
	return nil
}
