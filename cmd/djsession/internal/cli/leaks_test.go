package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestNoFormula has cells that a spreadsheet takes for formulas, in one
// language or another.
func TestNoFormula(t *testing.T) {
	for _, tt := range []struct{ reason, cell, want string }{
		{"a formula", "=1+1", "'=1+1"},
		{"a number", "-1.5", "-1.5"},
		{"after a semicolon, which separates cells in some languages", "a;=1+1;b", "a;'=1+1;b"},
		{"after spaces", "  @SUM(A1)", "'  @SUM(A1)"},
		{"full-width signs", "\uff1d1+1;\uff201", "'\uff1d1+1;'\uff201"},
		{"text", "a=b;c", "a=b;c"},
		{"nothing", "", ""},
	} {
		if got := noFormula(tt.cell); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
		}
	}
}

// TestRefusedHint asks for no more rights than the command needs.
func TestRefusedHint(t *testing.T) {
	for op, more := range map[string]bool{"list": false, "count": false, "load from": false, "find a user in": false, "update": true, "insert into": true, "delete from": true} {
		hints := databaseHints(&sqldialect.Error{Op: op, Problem: sqldialect.ProblemRefused})
		if len(hints) != 1 || strings.Contains(hints[0], "DELETE") != more || !strings.Contains(hints[0], "SELECT") {
			t.Errorf("%s: got %q", op, hints)
		}
	}
}

// TestInterrupted has Ctrl-C make the database fail in words of its own.
func TestInterrupted(t *testing.T) {
	var stderr strings.Builder
	a := newApp(nil, nil, &stderr, os.LookupEnv)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status := a.report(ctx, &sqldialect.Error{Op: "clear", Problem: sqldialect.ProblemUnreachable, Err: errors.New("canceling statement due to user request")})
	if got, want := stderr.String(), "djsession: interrupted\n"; got != want || status != statusFailed {
		t.Errorf("got %q, %d; want %q, %d", got, status, want, statusFailed)
	}
}

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
