// Package api holds the test that shows each change of the exported API.
package api

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/api.txt")

const golden = "testdata/api.txt"

// TestExported compares what the packages export with testdata/api.txt. If the
// change is meant, run the test with -update and say in CHANGELOG.md what users
// must do.
func TestExported(t *testing.T) {
	var got []string
	for _, dir := range packages(t) {
		lines, err := exported(root, dir)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, lines...)
	}
	if len(got) < 500 {
		t.Errorf("got %d lines, want some thousand: packages are missing", len(got))
	}
	if *update {
		if err := os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the exported API has changed (-%s +now):\n%s", golden, diff)
	}
}

// TestNothingInternal finds exported names whose types users cannot name.
func TestNothingInternal(t *testing.T) {
	for _, dir := range packages(t) {
		found, err := internals(root, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			t.Errorf("%s: %s is of a type of an internal package", dir, name)
		}
	}
}

const root = "../../.."

// packages returns the directories of the packages that others may import.
func packages(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if slices.Contains([]string{"internal", "testdata", "cmd", "examples"}, name) || path != root && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if dir = filepath.ToSlash(dir); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}
