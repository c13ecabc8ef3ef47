package term

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
)

// TestBarsFit draws charts for terminals of any width: a line that breaks makes
// a chart of nothing.
func TestBarsFit(t *testing.T) {
	for width := 40; width <= 130; width++ {
		s := &Sheet{Theme: (&Terminal{LookupEnv: func(string) (string, bool) { return "", false }}).Theme(), width: min(width, 100)}
		s.Head("Size in the store", "mean 170 B, median 207 B, 90 % up to 215 B, 99 % up to 215 B, largest 215 B")
		s.Bars([]Bar{{"modern layout", 123456, lipgloss.NewStyle()}, {"日本語のとても長い名前日本語のとても長い名前", 123456, lipgloss.NewStyle()}}, 123456)
		s.Bars([]Bar{{"modern layout", 123456, lipgloss.NewStyle()}, {"no", 0, lipgloss.NewStyle()}}, 0)
		for line := range strings.Lines(s.String()) {
			if w := lipgloss.Width(strings.TrimSuffix(line, "\n")); w > width {
				t.Errorf("%d columns in %d: %s", w, width, line)
			}
		}
	}
}
