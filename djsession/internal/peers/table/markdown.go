package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// sections are the groups that have a table of their own, with what they are.
var sections = []struct{ group, title, text string }{
	{"User", "Whose session is it?", "Verify a stored session and read the user's id. The floor is what nobody can leave out: one HMAC with a keyed state, one base64, one `compress/zlib` reader that is used again. Django reads all of it, always."},
	{"Parse", "Every value", "The same, and every value parsed. securecookie reads its own format, as JSON."},
	{"Encode", "Writing", "Serialize, pack and sign."},
	{"Middleware", "A request", "A handler that does not look at its session, one that asks whose it is, and one that counts a visit. The floor is the handler alone; scs does the same work with its own format."},
	{"CSRF", "A form", "A page without a form, where the floor is its handler with sessions alone, and a form with its token. gorilla/csrf takes one of its own; the time of both holds that of making the request. Django's middleware gets requests that were made before."},
	{"StoreLoad", "A load", "Fetch and read a login. The floor is the driver's bare SELECT of the row, prepared, and nothing read."},
	{"Who", "Clients at once", "The same on PostgreSQL through lib/pq, by several clients at once; time is the wall's, divided by all that was asked."},
	{"Growth", "Growth with the session", "Reading to the user's id, and writing. ![How the time grows with the session](growth-session.svg)"},
	{"WhoAmI", "Who is this, end to end", "A request asks a Go server who is logged in, and the same view of the same site in Django under gunicorn; 16 clients at once. Time is the wall's, for a request; p50 and p99 are what half and 99 of 100 requests did not exceed; cpu is that of the server, without the database's."},
	{"Table", "Growth with the table", "The command, its start included, beside the shortest scripts that do the same in Django; half of the sessions have expired. Tables of up to 100,000 rows are measured in three rounds, larger ones once. Stats counts users, up to 100,000 of them on each core, which is the memory that it takes beyond the others. ![How the time grows with the table](growth-rows.svg) ![How the memory grows with the table](growth-memory.svg)"},
	{"Loads", "Reading pickle", "The same sessions pickled, by protocol, beside C's `pickle.loads` in the same run and other Go libraries."},
	{"Dumps", "Writing pickle", "Likewise."},
}

// tried is for who would go on where a target is missed, or met by a hair.
const tried = `
What was tried where a target is near or missed:

- *User, uncompressed*: beside the floor's 0.4 µs there is one copy of the text, which is hashed, cut and decoded in place, one look at each
  byte of the top level (eight at a time within strings), and two allocations, which are the dictionary and the payload that it points into.
- *Middleware, untouched*: a request is a context, a writer and a session in one allocation; the other is net/http's copy of the request, which
  is the only way to give it a context. Collecting both is most of what is left.
- *Middleware, change/sqlite*: both wait for SQLite to write; scs has the index that its documentation asks for.
- *StoreLoad*: one round trip by a statement that is prepared once, and some 2 µs to unpack and read, which is a quarter of SQLite's bare SELECT
  already; on PostgreSQL the ratio is 0.8 to 1.2 from run to run.
- *Loads, big4k*: values come from slabs in proportion to the pickle, texts share it, and a dict's items are adopted at once; what is left is
  mostly the collector's, on a heap as small as a benchmark's.
- *Table, stats and audit*: pages by key or block, decoded on every core, with a collector that runs half as often. A third of what is left is
  unpacking, then come the driver and the signature; 20 times would leave 1.4 µs for a session, on processors that PostgreSQL shares.
- *Table, clear/sqlite*: batches write the pages of the indices again and again that Django's one statement writes once, while everybody else
  waits for seconds. By ranges of rows, or with more cache, it is no faster; with --batch 100000 it takes half the time, and holds up others.
- *Table, clear/postgresql*: from run to run 0.99 to 1.12, of which 0.03 is the command's start. Without the count before, it is no faster.
`

func (r *results) markdown(w io.Writer, about []string, counts []count) error {
	fmt.Fprint(w, "# Results\n\nWritten by `make bench`; do not edit. Times are those of the fastest round, which other work on the machine disturbed least; beside\nours is the median of all rounds, with how far the middle half lies apart. A ratio is our time to the other's: below 1 is faster.\n\n")
	for _, line := range about {
		fmt.Fprintf(w, "- %s\n", line)
	}
	fmt.Fprint(w, "\n## Targets\n\n| | result |\n| --- | --- |\n")
	rows := r.rows()
	for _, row := range rows {
		if v := r.verdict(row); v != "" {
			fmt.Fprintf(w, "| %s, %s | %s |\n", row.group, row.name, v)
		}
	}
	fmt.Fprint(w, tried)
	done := make(map[string]bool)
	for _, s := range sections {
		done[s.group] = true
		if slices.ContainsFunc(rows, func(row row) bool { return row.group == s.group }) {
			fmt.Fprintf(w, "\n## %s\n\n%s\n\n", s.title, s.text)
			r.group(w, rows, s.group)
		}
	}
	for _, row := range rows {
		if !done[row.group] {
			done[row.group] = true
			fmt.Fprintf(w, "\n## %s\n\n", row.group)
			r.group(w, rows, row.group)
		}
	}
	if len(counts) > 0 {
		fmt.Fprint(w, "\n## Instructions\n\nOf verifying a stored session and reading the user's id, counted by valgrind, whose processor has AVX2 but no instructions\nfor SHA: they can be compared on any machine with the same version of Go.\n\n| session | instructions |\n| --- | ---: |\n")
		for _, c := range counts {
			fmt.Fprintf(w, "| %s | %d |\n", c.name, c.instructions)
		}
	}
	return nil
}

// group writes the table of a group, with a pair of columns for each peer in
// it, and then the peers that have units of their own.
func (r *results) group(w io.Writer, rows []row, group string) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row row) bool { return row.group != group })
	var others []string
	var extras []extra
	for _, row := range rows {
		for _, who := range row.who {
			if who != ours && !slices.Contains(others, who) {
				others = append(others, who)
			}
			for _, unit := range r.units(row.full(who)) {
				if e := (extra{unit, who}); !slices.Contains(extras, e) {
					extras = append(extras, e)
				}
			}
		}
	}
	measured := slices.ContainsFunc(rows, func(row row) bool { return !math.IsNaN(r.median(row.full(ours), memory)) })
	slices.SortStableFunc(extras, func(a, b extra) int { return strings.Compare(a.unit, b.unit) })
	columns := "| | djsession | median | ± |"
	if measured {
		columns += " B/op | allocs |"
	}
	for _, who := range others {
		columns += " " + who + " | ratio |"
	}
	for _, e := range extras {
		columns += " " + e.String() + " |"
	}
	fmt.Fprintf(w, "%s\n| --- |%s\n", columns, strings.Repeat(" ---: |", strings.Count(columns, "|")-2))
	for _, row := range rows {
		full := row.full(ours)
		fmt.Fprintf(w, "| %s | %s | %s | %.0f %% |", row.name, duration(r.best(full, seconds)), duration(r.median(full, seconds)), 100*r.spread(full, seconds))
		if measured {
			fmt.Fprintf(w, " %s | %s |", number(r.median(full, memory)), number(r.median(full, allocs)))
		}
		for _, who := range others {
			if !row.has(who) {
				fmt.Fprint(w, " | |")
				continue
			}
			fmt.Fprintf(w, " %s | %.2f |", duration(r.best(row.full(who), seconds)), r.ratio(full, row.full(who), seconds))
		}
		for _, e := range extras {
			v := r.median(row.full(e.who), e.unit)
			if e.isTime() && !math.IsNaN(v) {
				fmt.Fprintf(w, " %s |", duration(v))
				continue
			}
			fmt.Fprintf(w, " %s |", number(v))
		}
		fmt.Fprintln(w)
	}
}

// An extra is a column of a unit that is not testing's own.
type extra struct{ unit, who string }

func (e extra) isTime() bool { return strings.Contains(e.unit, "sec") }

func (e extra) String() string {
	name := e.unit
	if e.isTime() {
		name, _, _ = strings.Cut(name, "-")
	}
	if e.who != ours {
		name = e.who + " " + name
	}
	return name
}

// units are those of a benchmark that are not testing's own.
func (r *results) units(full string) (units []string) {
	for _, s := range r.samples[full] {
		for unit := range s {
			if unit != seconds && unit != memory && unit != allocs && unit != "B/s" && !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
	}
	slices.Sort(units)
	return units
}

func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case v == math.Trunc(v) || v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2g", v)
}

// print writes the table for a terminal.
func (r *results) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "benchmark\tdjsession\tmedian\t±\tallocs\tothers (ratio)\t")
	for _, row := range r.rows() {
		full := row.full(ours)
		if !row.has(ours) {
			full = row.full(row.who[0])
		}
		var others []string
		for _, who := range row.who {
			if row.full(who) != full {
				others = append(others, fmt.Sprintf("%s %s (%.2f)", who, duration(r.best(row.full(who), seconds)), r.ratio(full, row.full(who), seconds)))
			}
		}
		fmt.Fprintf(t, "%s/%s\t%s\t%s\t%.0f%%\t%s\t%s\t\n", row.group, row.name, duration(r.best(full, seconds)), duration(r.median(full, seconds)), 100*r.spread(full, seconds), number(r.median(full, allocs)), strings.Join(others, ", "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, row := range r.rows() {
		if v := r.verdict(row); v != "" {
			fmt.Fprintf(w, "%s/%s: %s\n", row.group, row.name, strings.ReplaceAll(v, "**", ""))
		}
	}
	return nil
}
