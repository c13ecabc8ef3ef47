package cli

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/djsession/djsession-go/signing/pyjson"
)

// humanValue writes a value of [app.contents] for people: on one line if it is no longer than width, else indented. Letters are
// shown as they are, and what a terminal could take for an order is escaped.
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
	switch v := value.(type) {
	case string:
		if v == masked {
			b.WriteString(v)
			return
		}
		b.WriteString(quote(v))
	case []any:
		writeAll(b, "[", "]", len(v), width, indent, func(b *strings.Builder, i, width int, indent string) {
			writeHuman(b, v[i], width, indent)
		})
	case pyjson.Object:
		if len(v) == 1 && v[0].Name == "$repr" {
			text, _ := v[0].Value.(string)
			b.WriteString(printable(text))
			return
		}
		writeAll(b, "{", "}", len(v), width, indent, func(b *strings.Builder, i, width int, indent string) {
			b.WriteString(quote(v[i].Name) + ": ")
			writeHuman(b, v[i].Value, width, indent)
		})
	default:
		text, err := pyjson.Append(nil, v)
		if err != nil {
			text = fmt.Append(nil, v)
		}
		b.Write(text)
	}
}

func writeAll(b *strings.Builder, opening, closing string, n, width int, indent string, write func(b *strings.Builder, i, width int, indent string)) {
	var line strings.Builder
	line.WriteString(opening)
	for i := range n {
		if i > 0 {
			line.WriteString(", ")
		}
		write(&line, i, 1<<30, "")
		if line.Len() > width {
			break
		}
	}
	if line.Len() < width {
		b.WriteString(line.String() + closing)
		return
	}
	deeper := indent + "  "
	b.WriteString(opening)
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n" + deeper)
		write(b, i, width-2, deeper)
	}
	b.WriteString("\n" + indent + closing)
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
