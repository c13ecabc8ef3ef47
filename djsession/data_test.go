package djsession_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// TestDataAgainstASlice does the same to a Data and to a slice of names, and
// compares them after each step.
func TestDataAgainstASlice(t *testing.T) {
	for _, names := range []int{3, 20, 200} {
		random := rand.New(rand.NewPCG(1, uint64(names)))
		d, want := new(djsession.Data), []string(nil)
		for step := range 5000 {
			name := fmt.Sprint("n", random.IntN(names))
			at := slices.Index(want, name)
			switch random.IntN(9) {
			case 0, 1, 2, 3:
				if d.Set(name, step); at < 0 {
					want = append(want, name)
				}
			case 4, 5, 6, 7:
				if got := d.Delete(name); got != (at >= 0) {
					t.Fatalf("step %d of %d names: Delete says %v, want %v", step, names, got, at >= 0)
				}
				if at >= 0 {
					want = slices.Delete(want, at, at+1)
				}
			default:
				d = d.Clone()
			}
			if got := slices.Collect(d.Names()); !slices.Equal(got, want) || d.Len() != len(want) || d.Has(name) != slices.Contains(want, name) {
				t.Fatalf("step %d of %d names: got %d names %q, want %q", step, names, d.Len(), got, want)
			}
		}
	}
}

// TestDeleteWhileNamesAreRead deletes each name as it comes.
func TestDeleteWhileNamesAreRead(t *testing.T) {
	for _, n := range []int{1, 10, 1000} {
		d := new(djsession.Data)
		for i := range n {
			d.Set(fmt.Sprint(i), i)
		}
		seen := 0
		for name := range d.Names() {
			seen++
			d.Delete(name)
		}
		if seen != n || d.Len() != 0 {
			t.Errorf("%d names: %d were seen and %d are left, want all and none", n, seen, d.Len())
		}
	}
}

// TestDeleteTakesConstantTime would take minutes if each deletion had to look
// at all names.
func TestDeleteTakesConstantTime(t *testing.T) {
	const n = 200_000
	d := new(djsession.Data)
	for i := range n {
		d.Set(fmt.Sprint(i), i)
	}
	start := time.Now()
	for i := range n {
		if !d.Delete(fmt.Sprint(i)) {
			t.Fatalf("name %d is not there", i)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("deleting %d names took %v", n, took)
	}
}
