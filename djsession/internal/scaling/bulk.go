package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// bulkCommands walk through a whole table.
var bulkCommands = []string{"list", "stats", "audit", "clear"}

const (
	million  = 1_000_000
	billion  = 1_000_000_000
	rowBytes = 400         // of a login in PostgreSQL, with both indices
	diskRate = 200_000_000 // bytes a second of a network volume
)

// extrapolate continues the growth from one measurement to a larger one. The
// exponent is at least 1: no command reads a row in less time because there are
// more of them, and a small one has the command's start in it.
func extrapolate(small, large time.Duration, from, measured, to float64) time.Duration {
	exponent := math.Log(float64(large)/float64(small)) / math.Log(measured/from)
	return time.Duration(float64(large) * math.Pow(to/measured, max(1, exponent)))
}

// bulk says what commands take at 10^9 rows: by the growth that was measured,
// if all is in memory, and no less than the table takes to be read from disk.
func bulk(b *strings.Builder, m *measured) error {
	disk := time.Duration(float64(billion) * rowBytes / diskRate * float64(time.Second))
	fmt.Fprintf(b, "\n### Commands over the whole table, PostgreSQL\n\n"+
		"| command | 10^6, measured | 10^7, measured | 10^7, predicted from 10^5 and 10^6 | 10^9, extrapolated, in memory | 10^9, from a disk of 200 MB/s |\n"+
		"| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, command := range bulkCommands {
		var t [3]time.Duration // 10^5, 10^6, 10^7
		for i, rows := range []int{million / 10, million, 10 * million} {
			var err error
			if t[i], err = m.time(fmt.Sprintf("%s/postgresql/%d", command, rows)); err != nil {
				return err
			}
		}
		predicted := extrapolate(t[0], t[1], million/10, million, 10*million)
		large := extrapolate(t[1], t[2], million, 10*million, billion)
		fmt.Fprintf(b, "| `%s` | %v | %v | %v | %s | %s |\n", command, t[1], t[2], predicted.Round(100*time.Millisecond),
			minutes(large), minutes(max(large, disk)))
	}
	return nil
}

func minutes(d time.Duration) string { return count(d.Minutes()) + " min" }
