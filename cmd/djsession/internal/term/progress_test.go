package term

import (
	"fmt"
	"testing"
	"unicode/utf8"
)

// TestBarWidth has lines of progress fit into any terminal: one that breaks
// stays there.
func TestBarWidth(t *testing.T) {
	for terminal := range 250 {
		width, whole := barWidth(terminal)
		if width <= 0 {
			if terminal >= 40 {
				t.Errorf("no progress in %d columns", terminal)
			}
			continue
		}
		line := fmt.Sprintf("reading 100%% %*s (1000000/1000000)", width, "")
		if whole {
			line = fmt.Sprintf("reading 100%% %*s (1000000/1000000, 100000 session/s) [59m59s:59m59s]", width, "")
		}
		if n := utf8.RuneCountInString(line); n > terminal {
			t.Errorf("%d columns in %d", n, terminal)
		}
		if terminal >= 80 && !whole {
			t.Errorf("no rate in %d columns", terminal)
		}
	}
}
