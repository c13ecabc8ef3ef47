package survey

import "math/bits"

// Sizes is a distribution of sizes in bytes: exact in count, sum and extremes,
// and to a sixteenth in between.
type Sizes struct {
	count, sum, max int64
	fine            [64 * 16]int64
}

// Add counts one more.
func (s *Sizes) Add(size int) {
	n := int64(size)
	s.count++
	s.sum += n
	s.max = max(s.max, n)
	s.fine[fineOf(uint64(n))]++
}

// fineOf is the exponent and the four bits behind the first.
func fineOf(n uint64) int {
	if n < 16 {
		return int(n)
	}
	e := bits.Len64(n) - 5
	return e*16 + int(n>>e)
}

// fineStart is the least number in a slot.
func fineStart(slot int) int64 {
	if slot < 32 {
		return int64(slot)
	}
	e := slot/16 - 1
	return int64(slot-e*16) << e
}

// Merge adds another distribution.
func (s *Sizes) Merge(o *Sizes) {
	s.count += o.count
	s.sum += o.sum
	s.max = max(s.max, o.max)
	for i, n := range o.fine {
		s.fine[i] += n
	}
}

// Quantile returns a size that a share q of all do not exceed.
func (s *Sizes) Quantile(q float64) int64 {
	rank := int64(q * float64(s.count))
	var below int64
	for slot, n := range s.fine {
		if below += n; n > 0 && below > rank {
			return min(fineStart(slot+1)-1, s.max)
		}
	}
	return s.max
}

// SizeReport is a distribution for people and tools.
type SizeReport struct {
	Total  int64    `json:"total"` // bytes
	Mean   int64    `json:"mean"`
	Median int64    `json:"median"`
	P90    int64    `json:"p90"`
	P99    int64    `json:"p99"`
	Max    int64    `json:"max"`
	Bands  []Bucket `json:"bands"`
}

// A Bucket is how many sessions there are of a sort.
type Bucket struct {
	Title    string `json:"title"`
	Sessions int64  `json:"sessions"`
}

// Shown leaves out what is empty at both ends.
func Shown(buckets []Bucket) []Bucket {
	for len(buckets) > 0 && buckets[0].Sessions == 0 {
		buckets = buckets[1:]
	}
	for len(buckets) > 0 && buckets[len(buckets)-1].Sessions == 0 {
		buckets = buckets[:len(buckets)-1]
	}
	return buckets
}

func (s *Sizes) report() SizeReport {
	r := SizeReport{Total: s.sum, Max: s.max, Median: s.Quantile(0.5), P90: s.Quantile(0.9), P99: s.Quantile(0.99)}
	if s.count > 0 {
		r.Mean = s.sum / s.count
	}
	titles := []string{"under 64 B", "64 to 128 B", "128 to 256 B", "256 to 512 B", "512 B to 1 KiB", "1 to 2 KiB", "2 to 4 KiB", "4 to 8 KiB", "8 to 16 KiB",
		"16 to 32 KiB", "32 to 64 KiB", "64 KiB and over"}
	bands := make([]int64, len(titles))
	for slot, n := range s.fine {
		band := bits.Len64(uint64(fineStart(slot))) - 6
		bands[max(0, min(band, len(bands)-1))] += n
	}
	r.Bands = buckets(titles, bands)
	return r
}
