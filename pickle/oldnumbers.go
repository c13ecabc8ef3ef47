package pickle

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Numbers that protocol 0 writes as lines of text.

func (d *decoder) textGet() error {
	i, err := d.memoNumber()
	if err != nil {
		return err
	}
	return d.get(i)
}

func (d *decoder) textPut() error {
	i, err := d.memoNumber()
	if err != nil {
		return err
	}
	return d.memoize(i)
}

func (d *decoder) memoNumber() (int64, error) {
	line, ok := d.line()
	if !ok {
		return 0, d.truncated()
	}
	v, err := d.integer(line, 10)
	if err != nil {
		return 0, err
	}
	if !v.IsInt64() || v.Sign() < 0 || v.Int64() > math.MaxInt32 {
		return 0, d.malformed("bad memo number")
	}
	return v.Int64(), nil
}

// textInt reads INT as CPython does: by C's strtol, in which 010 is octal,
// then, if strtol refuses it, as Python's int. Two characters for 0 or 1, 00
// and 01, are a bool.
func (d *decoder) textInt() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	v, ok := strtol(line)
	switch {
	case !ok || line == "":
		return d.pushInteger(line)
	case len(line) == 2 && uint64(v) <= 1:
		return d.push(v == 1)
	}
	return d.pushInt(v)
}

func (d *decoder) textLong() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	return d.pushInteger(strings.TrimSuffix(line, "L"))
}

// spaces are the characters that C and Python skip around numbers.
const spaces = " \t\n\v\f\r"

// strtol reads a number of 64 bits as C does, up to a NUL; nothing before one
// is 0.
func strtol(text string) (int64, bool) {
	text, _, ended := strings.Cut(text, "\x00")
	if text == "" {
		return 0, ended
	}
	sign, digits := cutSign(strings.TrimLeft(text, spaces))
	base := 10
	switch {
	case len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X"):
		base, digits = 16, digits[2:]
	case strings.HasPrefix(digits, "0"):
		base = 8
	}
	if digits == "" || digits[0] == '+' || digits[0] == '-' {
		return 0, false
	}
	v, err := strconv.ParseInt(sign+digits, base, 64)
	return v, err == nil
}

func cutSign(text string) (sign, rest string) {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		return text[:1], text[1:]
	}
	return "", text
}

// maxDigits bounds decimal integers, whose reading takes more than linear time.
// It is Python's own bound.
const maxDigits = 4300

func (d *decoder) pushInteger(text string) error {
	v, err := d.integer(text, 0)
	if err != nil {
		return err
	}
	return d.pushBig(v)
}

// integer reads an integer as Python's int(text, base) does, up to a NUL; base
// 0 is what a prefix says.
func (d *decoder) integer(text string, base int) (*big.Int, error) {
	text, _, _ = strings.Cut(text, "\x00")
	sign, digits := cutSign(strings.Trim(text, spaces))
	if base == 0 {
		base, digits = cutBase(digits)
	}
	if base == 10 && len(digits) > maxDigits {
		return nil, d.fail(ErrTooLarge, "more than 4300 digits")
	}
	digits, ok := withoutUnderscores(digits)
	if base == 8 {
		base, digits = 2, octalAsBinary(digits)
	}
	if !ok || digits == "" || digits[0] == '+' || digits[0] == '-' {
		return nil, d.malformed("bad integer")
	}
	v, ok := new(big.Int).SetString(sign+digits, base)
	if !ok {
		return nil, d.malformed("bad integer")
	}
	return v, nil
}

// cutBase returns the base that digits say, and the rest of them: none for
// zeros before other digits, which Python refuses.
func cutBase(digits string) (base int, rest string) {
	if len(digits) < 2 || digits[0] != '0' {
		return 10, digits
	}
	switch digits[1] {
	case 'x', 'X':
		base = 16
	case 'o', 'O':
		base = 8
	case 'b', 'B':
		base = 2
	default:
		if strings.Trim(digits, "0_") != "" {
			return 10, "" // no number
		}
		return 10, digits
	}
	return base, strings.TrimPrefix(digits[2:], "_")
}

// octalAsBinary returns octal digits as binary ones, which math/big reads in
// linear time as it does not the others; none if they are not octal.
func octalAsBinary(digits string) string {
	b := make([]byte, 0, 3*len(digits))
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 7 {
			return ""
		}
		b = append(b, '0'+c>>2, '0'+c>>1&1, '0'+c&1)
	}
	return string(b)
}

// withoutUnderscores removes those between digits, which Python allows; false
// if there are others.
func withoutUnderscores(s string) (string, bool) {
	if strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
		return s, false
	}
	return strings.ReplaceAll(s, "_", ""), true
}

// textFloat reads FLOAT as Python does: the number ends at a NUL, and one too
// large is an error.
func (d *decoder) textFloat() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	line, _, _ = strings.Cut(line, "\x00")
	if strings.ContainsAny(line, "_xXpP") {
		return d.malformed("bad float")
	}
	if _, unsigned := cutSign(line); strings.EqualFold(unsigned, "nan") {
		line = unsigned // to which Go wants no sign
	}
	v, err := strconv.ParseFloat(line, 64)
	if err != nil {
		return d.malformed("bad float")
	}
	return d.pushFloat(v)
}

func (d *decoder) long4() error {
	n := d.arg(4)
	if n > math.MaxInt32 {
		return d.malformed("negative length")
	}
	return d.long(n)
}
