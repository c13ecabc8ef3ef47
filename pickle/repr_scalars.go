package pickle

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reprScalar returns Python's repr of a number or text.
func reprScalar(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case *big.Int:
		if v == nil {
			return "None"
		}
		if v.BitLen() > 3*maxDigits { // whose decimal digits take long
			return hexText(v)
		}
		return v.String()
	case float64:
		return reprFloat(v)
	case complex128:
		return reprComplex(v)
	case string:
		return string(appendReprText(nil, v))
	case Bytes:
		return string(appendReprBytes(nil, string(v)))
	}
	return ""
}

func reprFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	short := strconv.FormatFloat(v, 'e', -1, 64)
	exponent, _ := strconv.Atoi(short[strings.IndexByte(short, 'e')+1:])
	if exponent < -4 || exponent >= 16 {
		return short
	}
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

func reprComplex(v complex128) string {
	im := strings.TrimSuffix(reprFloat(imag(v)), ".0") + "j"
	if real(v) == 0 && !math.Signbit(real(v)) {
		return im
	}
	if im[0] != '-' {
		im = "+" + im
	}
	return "(" + strings.TrimSuffix(reprFloat(real(v)), ".0") + im + ")"
}

// quoteFor returns the quote that Python chooses for s.
func quoteFor(s string) byte {
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		return '"'
	}
	return '\''
}

func appendReprText(b []byte, s string) []byte {
	quote := quoteFor(s)
	b = append(b, quote)
	for i := 0; i < len(s); {
		if isSurrogate(s[i:]) {
			b = appendHex(append(b, `\u`...), uint32(s[i]&0xf)<<12|uint32(s[i+1]&0x3f)<<6|uint32(s[i+2]&0x3f), 4)
			i += 3
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		b = appendReprRune(b, r, quote)
	}
	return append(b, quote)
}

func appendReprRune(b []byte, r rune, quote byte) []byte {
	switch {
	case r == rune(quote) || r == '\\':
		return append(b, '\\', byte(r))
	case r == '\n':
		return append(b, `\n`...)
	case r == '\r':
		return append(b, `\r`...)
	case r == '\t':
		return append(b, `\t`...)
	case r != 0x7f && r >= ' ' && r < utf8.RuneSelf, r >= utf8.RuneSelf && unicode.IsPrint(r):
		return utf8.AppendRune(b, r)
	case r < 0x100:
		return appendHex(append(b, `\x`...), uint32(r), 2)
	case r < 0x10000:
		return appendHex(append(b, `\u`...), uint32(r), 4)
	}
	return appendHex(append(b, `\U`...), uint32(r), 8)
}

func appendReprBytes(b []byte, s string) []byte {
	quote := quoteFor(s)
	b = append(b, 'b', quote)
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x7f {
			b = appendHex(append(b, `\x`...), uint32(s[i]), 2)
			continue
		}
		b = appendReprRune(b, rune(s[i]), quote)
	}
	return append(b, quote)
}

// reprByteArray returns the repr of a bytearray, in which Python escapes
// apostrophes whatever the quotes.
func reprByteArray(data string) string {
	text := string(appendReprBytes(nil, data))
	if text[1] == '"' {
		text = strings.ReplaceAll(text, "'", `\'`)
	}
	return "bytearray(" + text + ")"
}

func appendHex(b []byte, v uint32, width int) []byte {
	const hex = "0123456789abcdef"
	for ; width > 0; width-- {
		b = append(b, hex[v>>(4*width-4)&0xf])
	}
	return b
}
