package pickle_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

// protocolOf returns the option that asks for a protocol.
func protocolOf(p int) *pickle.EncodeOptions {
	if p == 0 {
		p = pickle.ProtocolZero
	}
	return &pickle.EncodeOptions{Protocol: p}
}

// TestPythonToGoToPython has Python make random values; what Go reads of their
// pickles and writes at another protocol must be equal for Python, with the
// same objects shared.
func TestPythonToGoToPython(t *testing.T) {
	eachPython(t, func(t *testing.T, py *python) {
		objects := 0
		eachSeed(t, func(seed uint64, random *rand.Rand) {
			from, to := random.IntN(py.highest()+1), random.IntN(py.highest()+1)
			data := py.generate(t, seed, from, false)
			if data == nil {
				return
			}
			v, err := pickle.Loads(data, &pickle.DecodeOptions{Encoding: pickle.EncodingLenient})
			if err != nil {
				t.Fatalf("protocol %d: %v\n%s", from, err, hexOf(data))
			}
			again, err := pickle.Marshal(v, protocolOf(to))
			if err != nil {
				t.Fatalf("protocol %d to %d: %v\n%s", from, to, err, hexOf(data))
			}
			compared, err := py.ask(t, 'C', again)
			if err != nil {
				t.Fatalf("protocol %d to %d: %v\n%s\n%s", from, to, err, hexOf(data), hexOf(again))
			}
			n, _ := strconv.Atoi(string(compared))
			objects += n
		})
		t.Logf("%d objects with identity compared", objects)
	})
}

// TestGoToPythonToGo makes random values in Go; what Python reads and writes
// again must be equal for Go, with the same objects shared.
func TestGoToPythonToGo(t *testing.T) {
	eachPython(t, func(t *testing.T, py *python) {
		objects := 0
		eachSeed(t, func(seed uint64, random *rand.Rand) {
			g := generator{Rand: random, py: py}
			v := g.value(0)
			to, back := g.IntN(py.highest()+1), g.IntN(py.highest()+1)
			data, err := pickle.Marshal(v, protocolOf(to))
			if err != nil {
				t.Fatal(err)
			}
			again, err := py.ask(t, 'R', append([]byte{byte(back)}, data...))
			if tooDeep(err) {
				return
			}
			if err != nil {
				t.Fatalf("protocol %d: %v\n%s", to, err, hexOf(data))
			}
			got, err := pickle.Loads(again, &pickle.DecodeOptions{Encoding: pickle.EncodingLenient})
			if err != nil {
				t.Fatalf("protocol %d to %d: %v\n%s", to, back, err, hexOf(again))
			}
			if err := sameGraph(v, got); err != nil {
				t.Fatalf("protocol %d to %d: %v\n%s\n%s", to, back, err, hexOf(data), hexOf(again))
			}
			objects += g.size
		})
		t.Logf("%d objects made", objects)
	})
}

// TestReprAsPython compares Repr with repr on values of builtin types.
func TestReprAsPython(t *testing.T) {
	eachPython(t, func(t *testing.T, py *python) {
		if py.major == 2 {
			t.Skip("Python 2 spells text otherwise")
		}
		eachSeed(t, func(seed uint64, _ *rand.Rand) {
			data := py.generate(t, seed, 4, true)
			if data == nil {
				return
			}
			v, err := pickle.Loads(data, nil)
			if err != nil {
				t.Fatal(err)
			}
			want, err := py.ask(t, 'P', nil)
			if err != nil {
				t.Fatal(err)
			}
			if !comparableRepr(v, map[any]bool{}) {
				return
			}
			if got := pickle.Repr(v); got != string(want) {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
		})
	})
}
