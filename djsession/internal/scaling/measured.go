package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// measured holds times by name: those of RESULTS.md and of this package's own
// benchmarks.
type measured struct{ times map[string]time.Duration }

func readMeasured(root string) (*measured, error) {
	m := &measured{make(map[string]time.Duration)}
	for _, source := range []struct {
		path string
		read func(m *measured, text string) error
	}{
		{"djsession/internal/peers/RESULTS.md", (*measured).readResults},
		{"djsession/internal/scaling/testdata/measured.txt", (*measured).readBenchmarks},
	} {
		text, err := os.ReadFile(filepath.Join(root, source.path))
		if err != nil {
			return nil, err
		}
		if err := source.read(m, string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", source.path, err)
		}
	}
	return m, nil
}

// time returns a time that was measured, and an error if none was.
func (m *measured) time(name string) (time.Duration, error) {
	d, ok := m.times[name]
	if !ok || d <= 0 {
		return 0, fmt.Errorf("%s was not measured", name)
	}
	return d, nil
}

// tableRow is a row of a command in RESULTS.md, such as
// "| clear/postgresql/1000000 | 624 ms |".
var tableRow = regexp.MustCompile(`(?m)^\| ([a-z]+/[a-z]+/\d+) \| ([0-9.]+ ?[a-zµ]+) \|`)

func (m *measured) readResults(text string) error {
	for _, row := range tableRow.FindAllStringSubmatch(text, -1) {
		d, err := time.ParseDuration(strings.ReplaceAll(row[2], " ", ""))
		if err != nil {
			continue // a row that counts something else
		}
		m.times[row[1]] = d
	}
	return nil
}

// benchmark is a line of go test -bench.
var benchmark = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([0-9.]+) ns/op`)

func (m *measured) readBenchmarks(text string) error {
	for _, row := range benchmark.FindAllStringSubmatch(text, -1) {
		ns, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			return err
		}
		d := time.Duration(ns)
		if before, ok := m.times[row[1]]; !ok || d < before { // the fastest round
			m.times[row[1]] = d
		}
	}
	return nil
}
