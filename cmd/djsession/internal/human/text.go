// Package human writes texts, times and sizes for people to read, and reads
// those that people write.
package human

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote is a text in quotes, with all that is not to be seen escaped.
func Quote(text string) string {
	return `"` + Printable(strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(text)) + `"`
}

// Printable escapes control characters, marks of direction and lone surrogates.
func Printable(text string) string {
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
