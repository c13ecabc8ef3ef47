package pickle_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

// TestAcceptsAsPython asks about pickles that were cut or changed: what Python
// loads Loads must read, and what Python refuses it must refuse, and the
// values must look the same.
func TestAcceptsAsPython(t *testing.T) {
	eachPython(t, func(t *testing.T, py *python) {
		if py.highest() < 5 {
			t.Skip("Python before 3.8 cannot be kept from loading classes")
		}
		asked := 0
		eachSeed(t, func(seed uint64, random *rand.Rand) {
			data := py.generate(t, seed, random.IntN(py.highest()+1), true)
			if data == nil || len(data) > 1<<16 {
				return
			}
			for _, data := range [][]byte{data, data[:random.IntN(len(data)+1)], mutated(random, data), mutated(random, data), mutated(random, data)} {
				if agrees(t, py, data) {
					asked++
				}
			}
		})
		if n := rounds(t); n >= 100 && asked < n {
			t.Errorf("only %d pickles could be judged", asked)
		}
	})
}

// agrees reports whether Python could be asked about a pickle. It fails the
// test if the answers differ.
func agrees(t *testing.T, py *python, data []byte) bool {
	t.Helper()
	shown, theirs, err := py.exchange('A', data)
	if err != nil { // it took too long, as with a tuple that holds the same tuple twice, and so on, as a key
		py.stop(t)
		py.start(t)
		return false
	}
	if theirs != nil {
		for _, reason := range []string{"Refused", "MemoryError", "recursion", "Recursion", "digits"} {
			if strings.Contains(theirs.Error(), reason) {
				return false // the bounds of Python, and what it would have to run
			}
		}
	}
	v, ours := pickle.Loads(data, nil)
	if errors.Is(ours, pickle.ErrTooLarge) || errors.Is(ours, pickle.ErrTooDeep) {
		return false // our own bounds
	}
	if (theirs == nil) != (ours == nil) {
		t.Fatalf("Python says %v, we say %v\n%s", theirs, ours, hexOf(data))
	}
	if got, want := pickle.Repr(v), string(shown); ours == nil && comparableRepr(v, map[any]bool{}) && plainText(got) != plainText(want) && !strings.Contains(want, "...") && len(got) <= 1<<20 {
		t.Fatalf("got\n%.2000s\nwant\n%.2000s\n%s", got, want, hexOf(data))
	}
	return true
}

// TestNothingAdded has the opcodes that add the values above a mark not look at
// what they would add them to if there are none, as in CPython.
func TestNothingAdded(t *testing.T) {
	for name, op := range map[string]string{"APPENDS": "e", "SETITEMS": "u", "ADDITEMS": "\x90"} {
		if v, err := pickle.Loads([]byte("N("+op+"."), nil); v != nil || err != nil {
			t.Errorf("%s of nothing to None: got %v, %v", name, v, err)
		}
		if v, err := pickle.Loads([]byte("N(NN"+op+"."), nil); !errors.Is(err, pickle.ErrSyntax) {
			t.Errorf("%s of two values to None: got %v, %v", name, v, err)
		}
	}
}
