package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// describe says on what and with what was measured.
func describe(binaries []binary, rounds int, benchtime string) ([]string, error) {
	about := []string{
		fmt.Sprintf("%s, %d rounds of %s each", time.Now().UTC().Format("2 January 2006"), rounds, benchtime),
		fmt.Sprintf("%s/%s, %s, %d CPUs%s", runtime.GOOS, runtime.GOARCH, cpu(), runtime.NumCPU(), load()),
		"Go " + strings.TrimPrefix(runtime.Version(), "go"),
	}
	var versions []string
	said := regexp.MustCompile(`version: (.*)`)
	for _, b := range binaries {
		out, err := b.run(0, "-test.run=^TestVersions$", "-test.v")
		if err != nil {
			return nil, err
		}
		for _, m := range said.FindAllSubmatch(out, -1) {
			versions = append(versions, string(m[1]))
		}
	}
	about = append(about, strings.Join(versions, "; "))
	list, err := output("go", "list", "-m", "-f", "{{if not (or .Indirect .Main .Replace)}}{{.Path}} {{.Version}}{{end}}", "all")
	if err != nil {
		return nil, err
	}
	return append(about, strings.Join(strings.Split(strings.TrimSpace(list), "\n"), "; ")), nil
}

func cpu() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return "unknown CPU"
}

// load says how busy the machine was: figures of a busy one are worth less.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return ", load " + strings.Fields(string(text))[0] + " at the end"
}

// A count is how many instructions one reading of a session takes.
type count struct {
	name         string
	instructions int64
}

// countInstructions has valgrind count those of command count, twice, so that
// what starting costs falls out.
func countInstructions(dir string) ([]count, error) {
	if _, err := exec.LookPath("valgrind"); err != nil {
		fmt.Fprintln(os.Stderr, "table: no instructions are counted:", err)
		return nil, nil
	}
	path := filepath.Join(dir, "count")
	build := exec.Command("go", "build", "-o", path, "./count")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w", out, err)
	}
	var counts []count
	for _, size := range []string{"login", "cart", "4KB"} {
		few, err := countOnce(path, dir, size, 2000)
		if err != nil {
			return nil, err
		}
		many, err := countOnce(path, dir, size, 12000)
		if err != nil {
			return nil, err
		}
		counts = append(counts, count{size, (many - few) / 10000})
	}
	return counts, nil
}

func countOnce(path, dir, size string, times int) (int64, error) {
	profile := filepath.Join(dir, "callgrind")
	cmd := exec.Command("valgrind", "-q", "--tool=callgrind", "--callgrind-out-file="+profile, path, size, strconv.Itoa(times))
	// Valgrind does not bear the runtime's signals, and a collection would be
	// counted with the benchmark that is running.
	cmd.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1", "GOGC=off", "GOMAXPROCS=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("valgrind: %w\n%s", err, out)
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(text) {
		for _, mark := range []string{"summary:", "totals:"} {
			if rest, ok := strings.CutPrefix(string(line), mark); ok {
				return strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			}
		}
	}
	return 0, fmt.Errorf("callgrind counted nothing")
}
