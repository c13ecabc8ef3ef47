package pickle

import (
	"math"
	"math/big"
	"strings"
)

// Decimal is Python's decimal.Decimal, in the text that Python wrote: "1.10",
// "1E+3", "-0", "NaN", "Infinity".
type Decimal string

// Rat returns the exact value; false for NaN and the infinities, for text that
// is not a decimal number, and for numbers of more than 100000 digits or with
// exponents beyond ±10000, which would take long.
func (d Decimal) Rat() (*big.Rat, bool) {
	if len(d) == 0 || !d.valid() {
		return nil, false
	}
	if count, exponent, ok := d.finite(); !ok || count > 100_000 || exponent > 10_000 || exponent < -10_000 {
		return nil, false
	}
	return new(big.Rat).SetString(string(d))
}

func (d Decimal) isNaN() bool {
	s := strings.TrimLeft(strings.ToLower(string(d)), "+-")
	return strings.HasPrefix(s, "nan") || strings.HasPrefix(s, "snan")
}

// valid reports whether Python's Decimal accepts the text. It refuses
// underscores and spaces, which Python never writes.
func (d Decimal) valid() bool {
	if _, _, ok := d.finite(); ok {
		return true
	}
	s := string(d)
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	s = strings.ToLower(s)
	if s == "inf" || s == "infinity" {
		return true
	}
	diagnostics, ok := strings.CutPrefix(strings.TrimPrefix(s, "s"), "nan")
	return ok && digits(diagnostics) == len(diagnostics)
}

// finite takes a finite number apart: the count of its digits and its exponent.
func (d Decimal) finite() (count, exponent int, ok bool) {
	s := string(d)
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	whole := digits(s)
	s = s[whole:]
	fraction := 0
	if strings.HasPrefix(s, ".") {
		fraction = digits(s[1:])
		s = s[1+fraction:]
	}
	if whole+fraction == 0 {
		return 0, 0, false
	}
	if s == "" {
		return whole + fraction, -fraction, true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, 0, false
	}
	s = s[1:]
	negative := strings.HasPrefix(s, "-")
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	n := digits(s)
	if n == 0 || n != len(s) || n > 18 {
		return 0, 0, false
	}
	for _, c := range []byte(s) {
		exponent = exponent*10 + int(c-'0')
	}
	if negative {
		exponent = -exponent
	}
	return whole + fraction, exponent - fraction, true
}

// digits counts the ASCII digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n]-'0' <= 9 {
		n++
	}
	return n
}

// hostKey turns the integers of Go into the one that Python's int is.
func hostKey(v any) any {
	switch v := v.(type) {
	case string, int64:
		return v
	case int:
		return int64(v)
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case uint:
		return fromUint(uint64(v))
	case uint64:
		return fromUint(v)
	case float32:
		return float64(v)
	}
	return v
}

func fromUint(v uint64) any {
	if v <= math.MaxInt64 {
		return int64(v)
	}
	return new(big.Int).SetUint64(v)
}

func fromBig(v *big.Int) any {
	if v.IsInt64() {
		return v.Int64()
	}
	return v
}

func isNumber(v any) bool {
	switch v.(type) {
	case int64, bool, float64, complex128, *big.Int, *big.Rat, Decimal:
		return true
	}
	return false
}

// canonical returns the one spelling of a number among those that Python holds
// equal: int64, else *big.Int, else float64, else *big.Rat. A Decimal of
// extreme size stays what it is and equals only its own text.
func canonical(v any) any {
	switch v := v.(type) {
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case float64:
		if v != math.Trunc(v) || math.IsInf(v, 0) { // fractions, NaN
			return v
		}
		if math.Abs(v) < 1<<63 {
			return int64(v)
		}
		n, _ := big.NewFloat(v).Int(nil)
		return fromBig(n)
	case complex128:
		if imag(v) == 0 {
			return canonical(real(v))
		}
	case *big.Int:
		return fromBig(v)
	case *big.Rat:
		return canonicalRat(v)
	case Decimal:
		return canonicalDecimal(v)
	}
	return v
}

func canonicalRat(v *big.Rat) any {
	if v.IsInt() {
		return fromBig(v.Num())
	}
	if f, exact := v.Float64(); exact {
		return f
	}
	return v
}

// work is what canonicalDecimal takes, in bytes or so.
func (d Decimal) work() int {
	n := 2 * len(d)
	if _, exponent, ok := d.finite(); ok && max(exponent, -exponent) <= extreme {
		n += 2 * max(exponent, -exponent)
	}
	return n
}

// extreme is the number of digits and the exponent from which a Decimal is not
// made a number of.
const extreme = 400

func canonicalDecimal(v Decimal) any {
	count, exponent, ok := v.finite()
	if !ok {
		if v.isNaN() || !v.valid() {
			return v
		}
		if v[0] == '-' {
			return math.Inf(-1)
		}
		return math.Inf(1)
	}
	if count > extreme || exponent > extreme || exponent < -extreme {
		return v
	}
	r, ok := new(big.Rat).SetString(string(v))
	if !ok {
		return v
	}
	return canonicalRat(r)
}
