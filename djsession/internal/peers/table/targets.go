package main

import "fmt"

// A target is a limit for a row: a ratio to a peer's figure, a time added to a
// peer's, or a figure of its own.
type target struct {
	group, name string
	to, unit    string
	ratio       float64
	added       float64 // seconds
}

// ofC is a figure that the benchmark itself compares with C's pickle.
const ofC = "x-of-C"

// targets are those that the design sets. A row that has several must reach
// all.
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
	{group: "CSRF", name: "get", to: "floor", unit: seconds, added: 150e-9},
	{group: "CSRF", name: "post", to: "gorilla", unit: seconds, ratio: 1},
	{group: "CSRF", name: "post", to: "django", unit: seconds, ratio: .25},
	{group: "Loads", name: "login/p4", unit: ofC, ratio: 2},
	{group: "Loads", name: "cart/p4", unit: ofC, ratio: 2},
	{group: "Loads", name: "big4k/p4", unit: ofC, ratio: 2},
	{group: "Loads", name: "login/p4", to: "og-rek", unit: seconds, ratio: .25},
	{group: "Loads", name: "cart/p4", to: "og-rek", unit: seconds, ratio: .25},
	{group: "Loads", name: "big4k/p4", to: "og-rek", unit: seconds, ratio: .25},
	{group: "Loads", name: "login/p4", to: "gopickle", unit: seconds, ratio: .25},
	{group: "Loads", name: "cart/p4", to: "gopickle", unit: seconds, ratio: .25},
	{group: "Loads", name: "big4k/p4", to: "gopickle", unit: seconds, ratio: .25},
	{group: "StoreLoad", name: "postgresql-pq", to: "floor", unit: seconds, ratio: 1.15},
	{group: "StoreLoad", name: "postgresql-pgx", to: "floor", unit: seconds, ratio: 1.15},
	{group: "StoreLoad", name: "mariadb", to: "floor", unit: seconds, ratio: 1.15},
	{group: "StoreLoad", name: "sqlite", to: "floor", unit: seconds, ratio: 1.15},
	{group: "WhoAmI", name: "sqlite", to: "gunicorn-sync", unit: seconds, ratio: .1},
	{group: "WhoAmI", name: "sqlite", to: "gunicorn-threads", unit: seconds, ratio: .1},
	{group: "WhoAmI", name: "postgresql", to: "gunicorn-sync", unit: seconds, ratio: .1},
	{group: "WhoAmI", name: "postgresql", to: "gunicorn-threads", unit: seconds, ratio: .1},
	{group: "Table", name: "stats/sqlite/1000000", to: "django", unit: seconds, ratio: .05},
	{group: "Table", name: "stats/postgresql/1000000", to: "django", unit: seconds, ratio: .05},
	{group: "Table", name: "audit/sqlite/1000000", to: "django", unit: seconds, ratio: .05},
	{group: "Table", name: "audit/postgresql/1000000", to: "django", unit: seconds, ratio: .05},
	{group: "Table", name: "clear/sqlite/1000000", to: "django", unit: seconds, ratio: 1},
	{group: "Table", name: "clear/postgresql/1000000", to: "django", unit: seconds, ratio: 1},
}

// verdict says whether a row reaches its targets, in words for the table: empty
// if it has none.
func (r *results) verdict(w row) string {
	text := ""
	for _, t := range targets {
		if t.group != w.group || t.name != w.name || t.to != "" && !w.has(t.to) {
			continue
		}
		own, theirs := w.full(ours), w.full(t.to)
		var got, want string
		var met bool
		switch {
		case t.to == "":
			figure := r.median(own, t.unit)
			met, got, want = figure <= t.ratio, fmt.Sprintf("%.3g", figure), fmt.Sprintf("%.3g", t.ratio)
		case t.added > 0:
			over := r.best(own, t.unit) - r.best(theirs, t.unit)
			met, got, want = over <= t.added, "+"+duration(over), "+"+duration(t.added)
		default:
			ratio := r.ratio(own, theirs, t.unit)
			met, got, want = ratio <= t.ratio, fmt.Sprintf("%.3g", ratio), fmt.Sprintf("%.3g", t.ratio)
		}
		what := map[string]string{seconds: "time", allocs: "allocations", ofC: "C's time"}[t.unit]
		word := "met"
		if !met {
			word = "**missed**"
		}
		if text != "" {
			text += "; "
		}
		if t.to != "" {
			what = t.to + "'s " + what
		}
		text += fmt.Sprintf("%s: %s of %s, %s at most", word, got, what, want)
	}
	return text
}
