package human

import (
	"fmt"

	"github.com/dustin/go-humanize"
)

// Bytes is a size for people.
func Bytes(n int) string { return humanize.IBytes(uint64(n)) }

// Share is a part in percent. Little is not shown as nothing, nor nearly all as
// all.
func Share(n, of int64) string {
	if of == 0 {
		return "0 %"
	}
	p := 100 * float64(n) / float64(of)
	switch {
	case n > 0 && p < 0.05:
		return "< 0.1 %"
	case n < of && p >= 99.95:
		return "> 99.9 %"
	}
	return fmt.Sprintf("%.1f %%", p)
}
