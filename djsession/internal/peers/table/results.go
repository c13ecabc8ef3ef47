package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// A sample is what one round said of a benchmark, by unit. Times are in
// seconds.
type sample map[string]float64

// results are all rounds of all benchmarks.
type results struct {
	names   []string // in the order they were run in
	samples map[string][]sample
	cpu     string
}

func newResults() *results { return &results{samples: make(map[string][]sample)} }

// add reads what a binary wrote. A name is without "Benchmark" and the number
// of CPUs.
func (r *results) add(dir string, round int, out []byte) error {
	reader := benchfmt.NewReader(bytes.NewReader(out), filepath.Base(dir))
	for reader.Scan() {
		switch rec := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return rec
		case *benchfmt.Result:
			r.cpu = cmp.Or(rec.GetConfig("cpu"), r.cpu)
			name, _ := rec.Name.Parts()
			full := rec.Name.String()
			if i := strings.LastIndexByte(full, '-'); i > len(name) {
				full = full[:i]
			}
			s := make(sample)
			for _, v := range rec.Values {
				s[v.Unit] = v.Value
			}
			if len(r.samples[full]) == 0 {
				r.names = append(r.names, full)
			}
			r.samples[full] = append(r.samples[full], s)
		}
	}
	return reader.Err()
}

const (
	seconds = "sec/op"
	memory  = "B/op"
	allocs  = "allocs/op"
)

// ours is who we are in a row.
const ours = "djsession"

// A row is one thing done by several.
type row struct {
	group, name string // User, modern/login
	who         []string
}

// rows groups benchmarks called Group/what/who.
func (r *results) rows() []row {
	var rows []row
	for _, full := range r.names {
		i, j := strings.IndexByte(full, '/'), strings.LastIndexByte(full, '/')
		if i < 0 || i == j {
			continue // another kind of benchmark
		}
		group, name, who := full[:i], full[i+1:j], full[j+1:]
		at := slices.IndexFunc(rows, func(r row) bool { return r.group == group && r.name == name })
		if at < 0 {
			at = len(rows)
			rows = append(rows, row{group: group, name: name})
		}
		rows[at].who = append(rows[at].who, who)
	}
	return rows
}

func (w row) full(who string) string { return w.group + "/" + w.name + "/" + who }

func (w row) has(who string) bool { return slices.Contains(w.who, who) }

// best returns the figure of the fastest round, which other work on the machine
// disturbed least; NaN without such a unit.
func (r *results) best(full, unit string) float64 {
	v := r.values(full, unit)
	if len(v) == 0 {
		return math.NaN()
	}
	return slices.Min(v)
}

// median is that of all rounds.
func (r *results) median(full, unit string) float64 { return medianOf(r.values(full, unit)) }

// spread is how far the middle half of the rounds lies apart, as a part of the
// median.
func (r *results) spread(full, unit string) float64 {
	v := r.values(full, unit)
	slices.Sort(v)
	if len(v) < 2 {
		return 0
	}
	return (v[len(v)*3/4] - v[len(v)/4]) / medianOf(v)
}

func (r *results) values(full, unit string) (v []float64) {
	for _, s := range r.samples[full] {
		if x, ok := s[unit]; ok {
			v = append(v, x)
		}
	}
	return v
}

func (r *results) ratio(a, b, unit string) float64 { return r.best(a, unit) / r.best(b, unit) }

func medianOf(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// duration is short: 3 digits.
func duration(sec float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}} {
		if sec >= u.size {
			return fmt.Sprintf("%.3g %s", sec/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.3g ns", sec*1e9)
}
