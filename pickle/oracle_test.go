package pickle_test

import (
	"math/rand/v2"
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

// TestPythonToGoToPython has Python make random values; what Go reads of their pickles and writes at another protocol must be equal
// for Python, with the same objects shared.
func TestPythonToGoToPython(t *testing.T) {
	eachPython(t, func(t *testing.T, py *python) {
		random := rand.New(rand.NewPCG(1, uint64(py.minor)))
		for seed := range uint64(rounds(t)) {
			from, to := random.IntN(py.highest()+1), random.IntN(py.highest()+1)
			data := py.generate(t, seed, from, false)
			if data == nil {
				continue
			}
			v, err := pickle.Unmarshal(data, &pickle.DecodeOptions{Encoding: pickle.Lenient})
			if err != nil {
				t.Fatalf("seed %d, protocol %d: %v\n%s", seed, from, err, hex(data))
			}
			again, err := pickle.Marshal(v, protocolOf(to))
			if err != nil {
				t.Fatalf("seed %d, protocol %d to %d: %v\n%s", seed, from, to, err, hex(data))
			}
			if _, err := py.ask(t, 'C', again); err != nil {
				t.Fatalf("seed %d, protocol %d to %d: %v\n%s\n%s", seed, from, to, err, hex(data), hex(again))
			}
		}
	})
}

// TestGoToPythonToGo makes random values in Go; what Python reads and writes again must be equal for Go, with the same
// objects shared.
func TestGoToPythonToGo(t *testing.T) {
	eachPython(t, func(t *testing.T, py *python) {
		for seed := range uint64(rounds(t)) {
			g := generator{Rand: rand.New(rand.NewPCG(seed, 2)), py: py}
			v := g.value(0)
			to, back := g.IntN(py.highest()+1), g.IntN(py.highest()+1)
			data, err := pickle.Marshal(v, protocolOf(to))
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			again, err := py.ask(t, 'R', append([]byte{byte(back)}, data...))
			if tooDeep(err) {
				continue
			}
			if err != nil {
				t.Fatalf("seed %d, protocol %d: %v\n%s", seed, to, err, hex(data))
			}
			got, err := pickle.Unmarshal(again, &pickle.DecodeOptions{Encoding: pickle.Lenient})
			if err != nil {
				t.Fatalf("seed %d, protocol %d to %d: %v\n%s", seed, to, back, err, hex(again))
			}
			if err := sameGraph(v, got); err != nil {
				t.Fatalf("seed %d, protocol %d to %d: %v\n%s\n%s", seed, to, back, err, hex(data), hex(again))
			}
		}
	})
}

// TestReprAsPython compares Repr with repr on values of builtin types.
func TestReprAsPython(t *testing.T) {
	eachPython(t, func(t *testing.T, py *python) {
		if py.major == 2 {
			t.Skip("Python 2 spells text otherwise")
		}
		for seed := range uint64(rounds(t)) {
			v, err := pickle.Unmarshal(py.generate(t, seed, 4, true), nil)
			if err != nil {
				t.Fatal(err)
			}
			want, err := py.ask(t, 'P', nil)
			if err != nil {
				t.Fatal(err)
			}
			if !comparableRepr(v, map[any]bool{}) {
				continue
			}
			if got := pickle.Repr(v); got != string(want) {
				t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, got, want)
			}
		}
	})
}
