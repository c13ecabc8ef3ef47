package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestWriteWhole leaves nothing behind when it fails.
func TestWriteWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	failed := errors.New("failed")
	write := func(text string, err error) func(w io.Writer) error {
		return func(w io.Writer) error {
			_, writeErr := io.WriteString(w, text)
			return errors.Join(err, writeErr)
		}
	}
	if err := writeWhole(path, false, write("half", failed)); !errors.Is(err, failed) {
		t.Fatal(err)
	}
	if err := writeWhole(path, false, write("whole", nil)); err != nil {
		t.Fatal(err)
	}
	if err := writeWhole(path, false, write("other", nil)); err == nil {
		t.Error("a file that is there was replaced")
	}
	if err := writeWhole(path, true, write("half", failed)); !errors.Is(err, failed) {
		t.Error(err)
	}
	text, err := os.ReadFile(path)
	names, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	hidden, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*.tmp"))
	if err != nil || string(text) != "whole" || !slices.Equal(names, []string{path}) || hidden != nil {
		t.Errorf("got %q, %v, among %q and %q", text, err, names, hidden)
	}
}
