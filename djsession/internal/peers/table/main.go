// Command table runs the benchmarks of this module in rounds, so that whatever
// else the machine does hits all of them alike, and writes their figures and
// ratios: as a table on the terminal, and with -write as RESULTS.md with its
// plots.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("table: ")
	rounds := flag.Int("rounds", 10, "how often to run everything")
	benchtime := flag.String("benchtime", "20ms", "what `go test` takes")
	bench := flag.String("bench", ".", "which benchmarks, as `go test` takes it")
	rows := flag.Int("rows", 1_000_000, "how large the largest table of sessions is: a power of ten")
	write := flag.String("write", "", "the directory for RESULTS.md and its plots")
	instructions := flag.Bool("instructions", false, "count instructions with valgrind too")
	flag.Parse()
	if strings.HasSuffix(*benchtime, "x") {
		if *write != "" {
			log.Fatal("a fixed number of times says nothing: nothing is written with -benchtime " + *benchtime)
		}
		*rows = min(*rows, 10_000)
	}
	if err := run(*rounds, *rows, *benchtime, *bench, *write, *instructions); err != nil {
		log.Fatal(err)
	}
}

func run(rounds, rows int, benchtime, bench, write string, instructions bool) error {
	dir, err := os.MkdirTemp("", "djsession-table")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binaries, err := build(dir)
	if err != nil {
		return err
	}
	r := newResults()
	for round := range rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, rounds)
		for _, b := range binaries {
			most := rowsIn(round, rows)
			if filepath.Base(b.dir) == "tables" && most == 0 {
				continue
			}
			out, err := b.run(most, "-test.run=^$", "-test.bench="+bench, "-test.benchtime="+benchtime)
			if err != nil {
				return err
			}
			if err := r.add(b.dir, round, out); err != nil {
				return err
			}
		}
	}
	if write == "" {
		return r.print(os.Stdout)
	}
	about, err := describe(binaries, rounds, benchtime)
	if err != nil {
		return err
	}
	var counts []count
	if instructions {
		if counts, err = countInstructions(dir); err != nil {
			return err
		}
	}
	if err := r.plot(write); err != nil {
		return err
	}
	var md bytes.Buffer
	if err := r.markdown(&md, about, counts); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(write, "RESULTS.md"), md.Bytes(), 0o644); err != nil {
		return err
	}
	return r.print(os.Stdout)
}

// rowsIn is how large tables are in a round: a pass over a million rows takes
// its time, and is an average of its own.
func rowsIn(round, most int) int {
	switch {
	case round == 0:
		return most
	case round < 3:
		return min(most, 100_000)
	}
	return 0
}

// A binary is a package's tests, built once.
type binary struct{ path, dir string }

func build(dir string) ([]binary, error) {
	list, err := output("go", "list", "-f", "{{if .TestGoFiles}}{{.Dir}}{{end}}", "./...")
	if err != nil {
		return nil, err
	}
	var binaries []binary
	for i, pkg := range strings.Fields(list) {
		b := binary{filepath.Join(dir, fmt.Sprintf("%d.test", i)), pkg}
		if _, err := output("go", "test", "-c", "-o", b.path, pkg); err != nil {
			return nil, err
		}
		binaries = append(binaries, b)
	}
	return binaries, nil
}

// run runs a binary in its package's directory, as go test does, and shows its
// output as it comes.
func (b binary) run(rows int, args ...string) ([]byte, error) {
	var out bytes.Buffer
	cmd := exec.Command(b.path, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), fmt.Sprint("DJSESSION_BENCH_ROWS=", rows))
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&out, os.Stderr), os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("the benchmarks of %s: %w", filepath.Base(b.dir), err)
	}
	return out.Bytes(), nil
}

func output(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return string(out), nil
}
