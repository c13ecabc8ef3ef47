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
	i, err := strconv.ParseUint(strings.TrimSpace(line), 10, 31)
	if err != nil {
		return 0, d.malformed("bad memo number")
	}
	return int64(i), nil
}

// textInt reads INT: a decimal number, or 00 and 01 for the booleans.
func (d *decoder) textInt() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	switch line {
	case "00":
		return d.push(false)
	case "01":
		return d.push(true)
	}
	return d.parseInt(line)
}

func (d *decoder) textLong() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	return d.parseInt(strings.TrimSuffix(line, "L"))
}

// maxDigits bounds decimal integers, whose reading takes more than linear time. It is Python's own bound.
const maxDigits = 4300

// parseInt reads an integer as Python's int(text, 0) does.
func (d *decoder) parseInt(text string) error {
	text = strings.TrimSpace(text)
	unsigned := strings.TrimLeft(text, "+-")
	if len(unsigned) > maxDigits && !strings.HasPrefix(unsigned, "0x") && !strings.HasPrefix(unsigned, "0X") {
		return d.fail(ErrTooLarge, "more than 4300 digits")
	}
	if len(unsigned) > 1 && unsigned[0] == '0' && digits(unsigned) == len(unsigned) && strings.Trim(unsigned, "0") != "" {
		return d.malformed("bad integer")
	}
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		return d.pushInt(v)
	}
	v, ok := new(big.Int).SetString(text, 0)
	if !ok {
		return d.malformed("bad integer")
	}
	return d.pushBig(v)
}

// textFloat reads FLOAT as Python does: the number ends at a NUL, and one too large is an error.
func (d *decoder) textFloat() error {
	line, ok := d.line()
	if !ok {
		return d.truncated()
	}
	line, _, _ = strings.Cut(line, "\x00")
	if strings.ContainsAny(line, "_xXpP") {
		return d.malformed("bad float")
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
