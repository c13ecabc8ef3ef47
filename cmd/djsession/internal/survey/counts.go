package survey

import (
	"cmp"
	"slices"
	"strings"
)

// Counts counts texts in bounded memory. As long as there are few different
// ones the counts are exact; beyond that the rarest are forgotten, and a count
// may be too small, by at most [Counts.Missed].
type Counts struct {
	counts map[string]*int64
	missed int64
}

const (
	keptCounts = 50_000 // kept when there are too many
	maxCounted = 200    // bytes of a text
)

// Add counts one more.
func (c *Counts) Add(text string) { c.add(text, 1) }

func (c *Counts) add(text string, n int64) {
	if len(text) > maxCounted {
		text = text[:maxCounted]
	}
	if p := c.counts[text]; p != nil {
		*p += n
		return
	}
	if c.counts == nil {
		c.counts = make(map[string]*int64)
	}
	c.counts[strings.Clone(text)] = &n // a clone does not hold on to the payload it is part of
	if len(c.counts) > 2*keptCounts {
		c.forget()
	}
}

func (c *Counts) forget() {
	all := make([]int64, 0, len(c.counts))
	for _, n := range c.counts {
		all = append(all, *n)
	}
	slices.Sort(all)
	rare := all[len(all)-keptCounts-1]
	for text, n := range c.counts {
		if *n <= rare {
			delete(c.counts, text)
		}
	}
	c.missed += rare
}

// Merge adds what another has counted.
func (c *Counts) Merge(o *Counts) {
	for text, n := range o.counts {
		c.add(text, *n)
	}
	c.missed += o.missed
}

// Missed is how much too small a count may be.
func (c *Counts) Missed() int64 { return c.missed }

// Len is how many different texts there were, or at least as many if some were
// forgotten.
func (c *Counts) Len() int { return len(c.counts) }

// A Count is how often a text was there.
type Count struct {
	Text  string
	Count int64
}

// Top returns the most frequent texts.
func (c *Counts) Top(n int) []Count {
	all := make([]Count, 0, len(c.counts))
	for text, count := range c.counts {
		all = append(all, Count{text, *count})
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Text, b.Text))
	})
	return all[:min(n, len(all))]
}
