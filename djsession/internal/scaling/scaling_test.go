package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const root = "../../.."

// TestPage: SCALING.md has the tables that the program writes today.
func TestPage(t *testing.T) {
	tables, err := report(root)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "djsession", "SCALING.md"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := replace(string(page), tables)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(page)); diff != "" {
		t.Errorf("SCALING.md is old: go run ./djsession/internal/scaling -write\n%s", diff)
	}
}

// TestExtrapolateKnown predicts what was measured later: the largest table,
// from the two before it.
func TestExtrapolateKnown(t *testing.T) {
	m, err := readMeasured(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range bulkCommands {
		name := command + "/postgresql/"
		got := extrapolate(m.times[name+"100000"], m.times[name+"1000000"], million/10, million, 10*million)
		want := m.times[name+"10000000"]
		if ratio := float64(got) / float64(want); !(ratio > 0.67 && ratio < 1.5) {
			t.Errorf("%s: predicted %v, measured %v", command, got, want)
		}
	}
	for _, row := range []struct {
		reason             string
		small, large, want time.Duration
	}{
		{"in proportion", time.Second, 10 * time.Second, 1000 * time.Second},
		{"a command's start is not growth", 9 * time.Second, 10 * time.Second, 1000 * time.Second},
		{"growth by the square", time.Second, 100 * time.Second, 1_000_000 * time.Second},
	} {
		got := extrapolate(row.small, row.large, million, 10*million, billion)
		if (got - row.want).Abs() > time.Second {
			t.Errorf("%s: got %v, want %v", row.reason, got, row.want)
		}
	}
}

// TestSlot has Redis's own examples: CLUSTER KEYSLOT.
func TestSlot(t *testing.T) {
	for key, want := range map[string]int{"123456789": 12739, "foo": 12182, "": 0} {
		if got := slot(key); got != want {
			t.Errorf("slot of %q: got %d, want %d", key, got, want)
		}
	}
}

func TestBusiest(t *testing.T) {
	for _, row := range []struct {
		shards   int
		hot      float64
		min, max float64
	}{
		{1, 0, 1, 1},
		{3, 0, 1. / 3, 0.35},
		{12, 0.5, 0.5 + 0.5/12 - 0.01, 0.5 + 0.5/12 + 0.01},
		{12, 1, 1, 1},
	} {
		if got := busiest(row.shards, row.hot); got < row.min || got > row.max {
			t.Errorf("%d shards, %v hot: got %v, want %v to %v", row.shards, row.hot, got, row.min, row.max)
		}
	}
}

func TestSimulate(t *testing.T) {
	for _, row := range []struct {
		every         int
		rows, cleared float64
	}{
		{1, 150, 10}, // 14 days that live, and one that is cleared
		{7, 210, 70},
		{30, 440, 300},
	} {
		rows, cleared := site{daily: 10, life: 14}.simulate(row.every)
		if rows != row.rows || cleared != row.cleared {
			t.Errorf("every %d days: got %v rows and %v cleared, want %v and %v", row.every, rows, cleared, row.rows, row.cleared)
		}
	}
}

func TestNotMeasured(t *testing.T) {
	var b strings.Builder
	if err := bulk(&b, &measured{}); err == nil {
		t.Error("got no error without measurements")
	}
	if _, err := replace("a page without the lines", ""); err == nil {
		t.Error("got no error without the lines")
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[float64]string{0.31: "0.3", 9.7: "9.7", 31.2: "31", 309: "310", 1049: "1,000", 6377: "6,400", 2.14e9: "2,100,000,000"} {
		if got := count(n); got != want {
			t.Errorf("%v: got %s, want %s", n, got, want)
		}
	}
}
