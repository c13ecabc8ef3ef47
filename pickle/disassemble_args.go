package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// argument reads an opcode's argument and returns it as Python's repr shows it,
// and as a number if it is a small one.
func (l *lister) argument(kind argument) (text string, number int64, err error) {
	switch kind {
	case argNone:
		return "", 0, nil
	case argUint1:
		return l.number(l.arg1())
	case argUint2:
		return l.number(l.arg(2))
	case argUint4:
		return l.number(l.arg(4))
	case argUint8:
		return l.frameLength()
	case argInt4:
		n := l.arg(4)
		if n >= 0 {
			return strconv.Itoa(int(int32(n))), 0, nil
		}
		return l.number(n)
	case argBytes1, argBytes4, argBytes8, argByteArray8:
		return l.bytesArgument(kind)
	case argString1:
		return l.latinArgument(l.arg1())
	case argString4:
		n := l.arg(4)
		if n >= 1<<31 {
			return "", 0, l.malformed("negative length")
		}
		return l.latinArgument(n)
	case argText1:
		err = l.text(l.arg1())
	case argText4:
		err = l.text(l.arg(4))
	case argText8:
		err = l.text(l.arg(8))
	case argUnicodeLine:
		err = l.escapedText()
	case argLong1:
		err = l.long(l.arg1())
	case argLong4:
		err = l.long4()
	case argFloat8:
		err = l.binFloat()
	case argFloatLine:
		return l.floatLine()
	case argLongLine:
		return l.longLine()
	case argIntLine:
		return l.intLine()
	case argQuotedLine:
		err = l.quotedString()
	case argLine:
		text, err = l.escapedLine()
		return string(appendReprText(nil, text)), 0, err
	case argTwoLines:
		return l.twoLines()
	}
	if err != nil {
		return "", 0, err
	}
	return reprScalar(l.decoder.pop()), 0, nil
}

func (l *lister) number(n int64) (string, int64, error) {
	if n < 0 {
		return "", 0, l.truncated()
	}
	return strconv.FormatInt(n, 10), n, nil
}

// frameLength reads a length. The listing does not check that it is possible.
func (l *lister) frameLength() (string, int64, error) {
	s, ok := l.take(8)
	if !ok {
		return "", 0, l.truncated()
	}
	return strconv.FormatUint(binary.LittleEndian.Uint64([]byte(s)), 10), 0, nil
}

func (l *lister) bytesArgument(kind argument) (string, int64, error) {
	n := int64(0)
	switch kind {
	case argBytes1:
		n = l.arg1()
	case argBytes4:
		n = l.arg(4)
	default:
		n = l.arg(8)
	}
	s, ok := l.take(n)
	if !ok {
		return "", 0, l.truncated()
	}
	if kind == argByteArray8 {
		return reprByteArray(s), 0, nil
	}
	return string(appendReprBytes(nil, s)), 0, nil
}

func (l *lister) latinArgument(n int64) (string, int64, error) {
	s, ok := l.take(n)
	if !ok {
		return "", 0, l.truncated()
	}
	return string(appendReprText(nil, fromLatin1(s))), 0, nil
}

// intLine reads a line that holds a number, or a boolean as INT writes it.
func (l *lister) intLine() (string, int64, error) {
	line, ok := l.line()
	if !ok {
		return "", 0, l.truncated()
	}
	switch line {
	case "00":
		return "False", 0, nil
	case "01":
		return "True", 1, nil
	}
	return l.decimal(line)
}

// longLine reads a line that holds a number, with an L behind it if Python 2
// wrote it.
func (l *lister) longLine() (string, int64, error) {
	line, ok := l.line()
	if !ok {
		return "", 0, l.truncated()
	}
	return l.decimal(strings.TrimSuffix(line, "L"))
}

// decimal reads a number as Python's int does. That is not how the opcodes read
// theirs: they know other bases too, and end at a NUL.
func (l *lister) decimal(line string) (string, int64, error) {
	if len(line) > maxDigits {
		return "", 0, l.fail(ErrTooLarge, "more than 4300 digits")
	}
	sign, digits := cutSign(strings.Trim(line, spaces))
	digits, ok := withoutUnderscores(digits)
	n, isInt := new(big.Int).SetString(sign+digits, 10)
	if !ok || !isInt {
		return "", 0, l.malformed("bad integer")
	}
	return n.String(), n.Int64(), nil
}

// strayUnderscore is one that is not between two digits, which a float may not
// have though an int of another base may.
var strayUnderscore = regexp.MustCompile(`(^|[^0-9])_|_([^0-9]|$)`)

// floatLine reads a float as Python's float(text) does.
func (l *lister) floatLine() (string, int64, error) {
	line, ok := l.line()
	if !ok {
		return "", 0, l.truncated()
	}
	digits, ok := withoutUnderscores(strings.TrimSpace(line))
	ok = ok && !strayUnderscore.MatchString(line)
	if strings.EqualFold(strings.TrimLeft(digits, "+-"), "nan") && len(digits) <= 4 {
		return "nan", 0, nil
	}
	v, err := strconv.ParseFloat(digits, 64)
	if !ok || strings.ContainsAny(digits, "xXpP") || err != nil && !math.IsInf(v, 0) {
		return "", 0, l.malformed("bad float")
	}
	return reprFloat(v), 0, nil
}

func (l *lister) escapedLine() (string, error) {
	line, ok := l.line()
	if !ok {
		return "", l.truncated()
	}
	s, ok := unescape(line)
	if !ok || !isASCII(s) {
		return "", l.malformed("bad escape")
	}
	return s, nil
}

func (l *lister) twoLines() (string, int64, error) {
	module, err := l.escapedLine()
	if err != nil {
		return "", 0, err
	}
	name, err := l.escapedLine()
	return string(appendReprText(nil, module+" "+name)), 0, err
}
