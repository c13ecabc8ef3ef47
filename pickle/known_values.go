package pickle

import (
	"math/big"
	"net/netip"
	"strings"
)

func numberReader(c Class) reader {
	switch c {
	case Class{"decimal", "Decimal"}:
		return readDecimal
	case Class{"fractions", "Fraction"}:
		return readFraction
	}
	return nil
}

func readDecimal(d *decoder, args Tuple) (any, error) {
	if len(args) != 1 {
		return nil, errOther
	}
	s, ok := args[0].(string)
	if !ok {
		return nil, errOther
	}
	if err := d.charge(len(s)); err != nil {
		return nil, err
	}
	if !Decimal(s).valid() {
		return nil, errOther
	}
	return Decimal(s), nil
}

// readFraction reads Fraction("1/3"), and Fraction(1, 3) as Python 3.12 and
// later write it.
func readFraction(d *decoder, args Tuple) (any, error) {
	var num, den any
	switch len(args) {
	case 1:
		s, ok := args[0].(string)
		if !ok || len(s) > maxDigits {
			return nil, errOther
		}
		if err := d.charge(len(s)); err != nil {
			return nil, err
		}
		n, m, found := strings.Cut(s, "/")
		if !found {
			m = "1"
		}
		num, den = intText(n), intText(m)
	case 2:
		num, den = args[0], args[1]
	}
	n, ok1 := asBig(num)
	m, ok2 := asBig(den)
	if !ok1 || !ok2 || m.Sign() <= 0 {
		return nil, errOther
	}
	if err := d.charge((n.BitLen() + m.BitLen()) / 8); err != nil {
		return nil, err
	}
	return new(big.Rat).SetFrac(n, m), nil
}

func intText(s string) any {
	unsigned := strings.TrimPrefix(s, "-")
	if unsigned == "" || digits(unsigned) != len(unsigned) {
		return nil
	}
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

func asBig(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v), true
	case *big.Int:
		return v, v != nil && v.BitLen() < 4*maxDigits // reducing takes more than linear time
	}
	return nil, false
}

// UUID is Python's uuid.UUID.
type UUID [16]byte

// String returns the usual form in 36 characters.
func (u UUID) String() string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, 36)
	for i, c := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			b = append(b, '-')
		}
		b = append(b, hex[c>>4], hex[c&15])
	}
	return string(b)
}

func buildUUID(state any) (any, bool) {
	s, ok := state.(*Dict)
	if !ok || s.Len() != 1 {
		return nil, false
	}
	v, _ := s.Get("int")
	n, ok := asBig(v)
	if !ok || n.Sign() < 0 || n.BitLen() > 128 {
		return nil, false
	}
	var u UUID
	n.FillBytes(u[:])
	return u, true
}

// IPInterface is Python's ipaddress.IPv4Interface or IPv6Interface: an address
// and its network.
type IPInterface struct{ netip.Prefix }

func addressReader(name string) reader {
	kind, ok := strings.CutPrefix(name, "IPv4")
	if !ok {
		if kind, ok = strings.CutPrefix(name, "IPv6"); !ok {
			return nil
		}
	}
	six := name[3] == '6'
	switch kind {
	case "Address":
		return func(_ *decoder, args Tuple) (any, error) { return readAddress(args, six) }
	case "Network", "Interface":
		return func(_ *decoder, args Tuple) (any, error) { return readPrefix(args, six, kind == "Interface") }
	}
	return nil
}

// readAddress reads an address given as an int or as text.
func readAddress(args Tuple, six bool) (any, error) {
	if len(args) != 1 {
		return nil, errOther
	}
	if s, ok := shortText(args[0]); ok {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Is4() == six {
			return nil, errOther
		}
		return a, nil
	}
	n, ok := asBig(args[0])
	if !ok || n.Sign() < 0 || n.BitLen() > 128 || !six && n.BitLen() > 32 {
		return nil, errOther
	}
	var b [16]byte
	n.FillBytes(b[:])
	if six {
		return netip.AddrFrom16(b), nil
	}
	return netip.AddrFrom4([4]byte(b[12:])), nil
}

func readPrefix(args Tuple, six, hosts bool) (any, error) {
	if len(args) != 1 {
		return nil, errOther
	}
	s, ok := shortText(args[0])
	if !ok {
		return nil, errOther
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().Is4() == six {
		return nil, errOther
	}
	if hosts {
		return IPInterface{p}, nil
	}
	if p != p.Masked() {
		return nil, errOther
	}
	return p, nil
}

// shortText returns a str if it is at most as long as an address can be.
func shortText(v any) (string, bool) {
	s, ok := v.(string)
	return s, ok && len(s) < 128
}

// Path is a path of Python's pathlib: Flavor is the class, "PosixPath",
// "PurePosixPath", "WindowsPath" or "PureWindowsPath".
type Path struct{ Flavor, Name string }

func isPathClass(name string) bool {
	switch name {
	case "PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath":
		return true
	}
	return false
}

// pathReader reads a path from its parts, or from what it was made of, which
// Python 3.13 and later write. The first may be empty, or a root or drive that
// ends in a separator.
func pathReader(flavor string) reader {
	separator := "/"
	if strings.HasSuffix(flavor, "WindowsPath") {
		separator = `\`
	}
	return func(d *decoder, args Tuple) (any, error) {
		name := make([]byte, 0, 64)
		for i, a := range args {
			part, ok := a.(string)
			if !ok {
				return nil, errOther
			}
			if err := d.charge(len(part)); err != nil {
				return nil, err
			}
			if i > 0 {
				if part == "" || strings.HasPrefix(part, separator) || separator == `\` && strings.ContainsAny(part, `:/`) {
					return nil, errOther // not as Python writes parts
				}
				last := separator[0]
				if len(name) > 0 {
					last = name[len(name)-1]
				}
				ended := last == separator[0] || last == '/'
				drive := i == 1 && separator == `\` && len(name) == 2 && name[1] == ':' // a path relative to it
				if !ended && !drive {
					name = append(name, separator...)
				}
			}
			name = append(name, part...)
		}
		return Path{flavor, string(name)}, nil
	}
}
