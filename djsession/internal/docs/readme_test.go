// Package docs holds the tests of what the README says.
package docs

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var root = filepath.Join("..", "..", "..")

// pages are those whose blocks are tested.
var pages = []string{"README.md"}

// A block is fenced text of a page.
type block struct {
	page, kind string
	comment    string // of the line above it, as <!-- path -->
	lines      []string
}

var fence = regexp.MustCompile("(?ms)^(?:<!-- ([^\n]*) -->\n)?```([a-z]+)\n(.*?)^```$")

func blocks(t *testing.T, kind string) []block {
	t.Helper()
	var found []block
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
			if m[2] == kind {
				found = append(found, block{page, kind, m[1], strings.Split(strings.TrimSuffix(m[3], "\n"), "\n")})
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("the pages have no %s blocks", kind)
	}
	return found
}

// TestGoBlocks finds each Go block, line by line, in the file that the comment
// above it names: a file that is compiled and tested.
func TestGoBlocks(t *testing.T) {
	for _, b := range blocks(t, "go") {
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(b.comment)))
		if err != nil {
			t.Errorf("%s: a Go block without the file it is from: %v", b.page, err)
			continue
		}
		if !strings.HasSuffix(b.comment, ".go") || !strings.Contains(unindented(strings.Split(string(source), "\n")), unindented(b.lines)) {
			t.Errorf("%s: this is not in %s:\n%s", b.page, b.comment, strings.Join(b.lines, "\n"))
		}
	}
}

func unindented(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

// TestCommands runs what the console blocks show of the command, on a machine
// with Go and nothing else, and compares what it prints.
func TestCommands(t *testing.T) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "djsession"+exe()), "./cmd/djsession")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ran := 0
	for _, b := range blocks(t, "console") {
		for i, line := range b.lines {
			command, ok := strings.CutPrefix(line, "$ go run ./cmd/djsession ")
			if !ok {
				continue
			}
			var want []string
			for _, shown := range b.lines[i+1:] {
				if strings.HasPrefix(shown, "$ ") {
					break
				}
				want = append(want, shown)
			}
			ran++
			if got := run(t, filepath.Join(bin, "djsession"+exe()), command); len(want) > 0 && settled(got) != settled(strings.Join(want, "\n")) {
				t.Errorf("%s: djsession %s\nprints:\n%s", b.page, command, got)
			}
		}
	}
	if ran == 0 {
		t.Error("no command was run")
	}
}

func run(t *testing.T, program, arguments string) string {
	t.Helper()
	cmd := exec.Command(program, strings.Fields(arguments)...)
	cmd.Dir = root
	cmd.Env = []string{"HOME=" + t.TempDir(), "TZ=UTC"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("djsession %s: %v\n%s", arguments, err, stderr.String())
	}
	return string(out)
}

var relative = regexp.MustCompile(`(in )?\d+ (second|minute|hour|day|month|year)s?( ago)?`)

// settled takes from a text what changes with the day it is printed, and how
// wide columns are for it.
func settled(text string) string {
	text = relative.ReplaceAllString(text, "some time")
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return strings.TrimSpace(b.String())
}

func exe() string {
	if os.PathSeparator == '\\' {
		return ".exe"
	}
	return ""
}
