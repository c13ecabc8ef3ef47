package term

import (
	"strings"
	"unicode/utf8"
)

// HelpWidth is how wide help is: as the terminal, but no wider than is good to
// read.
func (t *Terminal) HelpWidth() int { return max(40, min(t.Width(), 100)) }

// Fit breaks the lines of a text to the width of the terminal. Lines that are
// indented, such as those of tables and code, stay as they are.
func Fit(text string, width int) string {
	var b strings.Builder
	column := 0 // 0 at the beginning of a line
	end := func() {
		if column > 0 {
			b.WriteByte('\n')
			column = 0
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, " ") || strings.TrimSpace(line) == "" {
			end()
			b.WriteString(line)
			continue
		}
		for _, word := range strings.Fields(line) {
			length := utf8.RuneCountInString(word)
			switch {
			case column == 0:
			case column+1+length > width:
				end()
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += length
		}
	}
	return b.String()
}
