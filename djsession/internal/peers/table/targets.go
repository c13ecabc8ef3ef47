package main

import "fmt"

// A target is what a row must reach: a ratio to somebody else's figure, or a time that is added to somebody else's.
type target struct {
	group, name string
	to, unit    string
	ratio       float64
	added       float64 // seconds
}

// targets are those that the design sets. A row that has several must reach all.
var targets = []target{
	{group: "User", name: "modern/login", to: "floor", unit: seconds, ratio: 1.25},
	{group: "User", name: "uncompressed/login", to: "floor", unit: seconds, ratio: 2},
	{group: "User", name: "uncompressed/cart", to: "floor", unit: seconds, ratio: 2},
	{group: "Parse", name: "modern/login", to: "floor", unit: seconds, ratio: 1.6},
	{group: "Parse", name: "modern/cart", to: "floor", unit: seconds, ratio: 1.6},
	{group: "Encode", name: "modern/login", to: "django", unit: seconds, ratio: 1. / 3},
	{group: "Encode", name: "modern/cart", to: "django", unit: seconds, ratio: 1. / 3},
	{group: "Encode", name: "modern/4KB", to: "django", unit: seconds, ratio: 1. / 3},
	{group: "Encode", name: "modern/22KB", to: "django", unit: seconds, ratio: 1. / 3},
	{group: "Middleware", name: "untouched/memory", to: "floor", unit: seconds, added: 200e-9},
	{group: "Middleware", name: "read/memory", to: "scs", unit: seconds, ratio: .5},
	{group: "Middleware", name: "change/memory", to: "scs", unit: seconds, ratio: .5},
	{group: "Middleware", name: "read/sqlite", to: "scs", unit: seconds, ratio: .5},
	{group: "Middleware", name: "change/sqlite", to: "scs", unit: seconds, ratio: .5},
	{group: "Middleware", name: "read/memory", to: "scs", unit: allocs, ratio: .5},
	{group: "Middleware", name: "change/memory", to: "scs", unit: allocs, ratio: .5},
	{group: "Middleware", name: "read/sqlite", to: "scs", unit: allocs, ratio: .5},
	{group: "Middleware", name: "change/sqlite", to: "scs", unit: allocs, ratio: .5},
	{group: "StoreLoad", name: "postgresql-pq", to: "floor", unit: seconds, ratio: 1.15},
	{group: "StoreLoad", name: "postgresql-pgx", to: "floor", unit: seconds, ratio: 1.15},
	{group: "StoreLoad", name: "mariadb", to: "floor", unit: seconds, ratio: 1.15},
	{group: "StoreLoad", name: "sqlite", to: "floor", unit: seconds, ratio: 1.15},
}

// verdict says whether a row reaches its targets, in words for the table: empty if it has none.
func (r *results) verdict(w row) string {
	text := ""
	for _, t := range targets {
		if t.group != w.group || t.name != w.name || !w.has(t.to) {
			continue
		}
		ours, theirs := w.full("djsession"), w.full(t.to)
		var got, want string
		var met bool
		if t.added > 0 {
			over := r.best(ours, t.unit) - r.best(theirs, t.unit)
			met, got, want = over <= t.added, "+"+duration(over), "+"+duration(t.added)
		} else {
			ratio := r.ratio(ours, theirs, t.unit)
			met, got, want = ratio <= t.ratio, fmt.Sprintf("%.2f", ratio), fmt.Sprintf("%.2f", t.ratio)
		}
		what := map[string]string{seconds: "time", allocs: "allocations"}[t.unit]
		word := "met"
		if !met {
			word = "**missed**"
		}
		if text != "" {
			text += "; "
		}
		text += fmt.Sprintf("%s: %s of %s, %s at most", word, got, what, want)
	}
	return text
}
