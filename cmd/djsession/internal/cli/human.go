package cli

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/djsession/djsession-go/pyjson"
)

// humanValue writes a value of [app.contents] for people: on one line if it is
// no longer than width, else indented. Letters are shown as they are, and what
// a terminal could take for an order is escaped.
func humanValue(value any, width int, indent string) string {
	if raw, ok := value.(pyjson.Raw); ok {
		var parsed any
		if err := pyjson.Unmarshal(string(raw), &parsed); err != nil {
			return quote(string(raw))
		}
		value = parsed
	}
	var b strings.Builder
	writeHuman(&b, value, width, indent)
	return b.String()
}

func writeHuman(b *strings.Builder, value any, width int, indent string) {
	var line strings.Builder
	if writeLine(&line, value, width) {
		b.WriteString(line.String())
		return
	}
	deeper := indent + "  "
	switch v := value.(type) {
	case []any:
		b.WriteString("[")
		for i, item := range v {
			nextLine(b, i, deeper)
			writeHuman(b, item, width-2, deeper)
		}
		b.WriteString("\n" + indent + "]")
	case pyjson.Object:
		b.WriteString("{")
		for i, m := range v {
			nextLine(b, i, deeper)
			b.WriteString(quote(m.Name) + ": ")
			writeHuman(b, m.Value, width-2, deeper)
		}
		b.WriteString("\n" + indent + "}")
	}
}

func nextLine(b *strings.Builder, i int, indent string) {
	if i > 0 {
		b.WriteString(",")
	}
	b.WriteString("\n" + indent)
}

// writeLine writes a value on one line. It gives up on a list or object as soon
// as the line is longer than width, so that what is nested deeply, or huge, is
// not written once for each level.
func writeLine(b *strings.Builder, value any, width int) (fits bool) {
	fits = true
	inner := func(i int, name string, item any) bool {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		if text, ok := item.(string); ok && len(text) > width {
			return false
		}
		return b.Len() < width && writeLine(b, item, width) && b.Len() < width
	}
	switch v := value.(type) {
	case string:
		if v == masked {
			b.WriteString(v)
			return true
		}
		b.WriteString(quote(v))
	case []any:
		b.WriteString("[")
		for i := 0; i < len(v) && fits; i++ {
			fits = inner(i, "", v[i])
		}
		b.WriteString("]")
	case pyjson.Object:
		if isRepr(v) {
			b.WriteString(printable(asText(v)))
			return true
		}
		b.WriteString("{")
		for i := 0; i < len(v) && fits; i++ {
			fits = inner(i, quote(v[i].Name)+": ", v[i].Value)
		}
		b.WriteString("}")
	default:
		text, err := pyjson.Append(nil, v)
		if err != nil {
			text = fmt.Append(nil, v)
		}
		b.Write(text)
	}
	return fits
}

// quote is a text in quotes, with all that is not to be seen escaped.
func quote(text string) string {
	return `"` + printable(strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(text)) + `"`
}

// printable escapes control characters, marks of direction and lone surrogates.
func printable(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			if surrogate, ok := loneSurrogate(text[i:]); ok {
				fmt.Fprintf(&b, `\u%04x`, surrogate)
				size = 3
				break
			}
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

// loneSurrogate reads one as WTF-8 has it.
func loneSurrogate(s string) (rune, bool) {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2]&0xc0 != 0x80 {
		return 0, false
	}
	return rune(s[0]&0xf)<<12 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), true
}
