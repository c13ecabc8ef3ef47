package main

import (
	"fmt"
	"strings"
	"time"
)

// A site creates so many sessions a day, each of which lives so many days.
type site struct {
	daily float64
	life  int
}

// simulate runs a site for as long as it takes to be steady and returns how
// many rows its table has at most, and how many are cleared at once, if it is
// cleared each so many days.
func (s site) simulate(every int) (rows, cleared float64) {
	table := make(map[int]float64) // rows by the day on which they expire
	for day := range 10 * s.life * every {
		table[day+s.life] += s.daily
		total, expired := 0.0, 0.0
		for expires, n := range table {
			total += n
			if expires <= day {
				expired += n
			}
		}
		rows = max(rows, total)
		if day%every != 0 {
			continue
		}
		cleared = max(cleared, expired)
		for expires := range table {
			if expires <= day {
				delete(table, expires)
			}
		}
	}
	return rows, cleared
}

// clearing simulates a table with 10^9 sessions that live Django's two weeks.
func clearing(b *strings.Builder, m *measured) error {
	const life = 14
	t, err := m.time("clear/postgresql/10000000")
	if err != nil {
		return err
	}
	perRow := t.Seconds() / (10 * million / 2) // half of them had expired
	s := site{daily: billion / life, life: life}
	fmt.Fprintf(b, "\n### Clearing a table of 10^9 live sessions, simulated\n\n%s sessions are created each second and as many expire.\n\n"+
		"| cleared | rows at most | rows cleared at once | `djsession clear`, in memory |\n| --- | ---: | ---: | ---: |\n",
		count(s.daily/86400))
	for _, every := range []int{1, 7, 30} {
		rows, cleared := s.simulate(every)
		fmt.Fprintf(b, "| every %d days | %s | %s | %s |\n", every, count(rows), count(cleared),
			minutes(time.Duration(cleared*perRow*float64(time.Second))))
	}
	return nil
}
